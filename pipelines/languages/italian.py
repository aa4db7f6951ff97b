"""Italian."""

from pipelines.languages.language import Language

ITALIAN = Language(
    name="italian",
    code="it",
    openers="e|ma|allora|che ne|per esempio",
    pointers="lui|lei|loro|ess[aeio]|quest[aeio]|quell[aeio]|altr[aeio]|stess[aeio]|più|suo|sua|suoi|sue",
    asks="chi|che|cosa|quando|dove|come|quale|perché|posso",
    articles="il|lo|gli",
    tasks=r"spiega\w*|esempio|riassum\w*|testo",
    leans="questo",
    kinds={
        "code": r"\b(esempio|comando)\b",
        "number": r"\bquant[ieoa]s?\b",
        "date": r"\bquando\b",
        "how_to": r"^come\b",
        "person": r"^chi\b",
        "place": r"^dove\b",
        "reason": r"^perch[eé]\b",
        "definition": "^cos'|^che cos",
    },
    negations=frozenset(["non", "mai", "senza"]),
    quoted="**Citazioni dalla documentazione:**",
    nothing_quoted="**Nella documentazione non c'è nulla da citare in risposta**",
    refusal="La documentazione non risponde a questa domanda. Le sezioni più vicine sono elencate sotto.",
)
