"""Italian."""

from pipelines.languages.language import Language

ITALIAN = Language(
    name="italian",
    code="it",
    common=(
        "il lo la gli le è sono un una uno di del della dei e o non per su con che si al alla in nel nella "
        "come cosa perché quando dove quale quali chi posso può io tu mi se c'è tra questo questa più fare a "
        "quanto quanti quante ho ha hanno devo senza fino"
    ),
    openers="e|ma|allora|che ne|per esempio",
    pointers="lui|lei|loro|ess[aeio]|quest[aeio]|quell[aeio]|altr[aeio]|stess[aeio]|più|suo|sua|suoi|sue",
    asks="chi|che|cosa|quando|dove|come|quale|perché|posso",
    articles="il|lo|gli",
    tasks=r"spiega\w*|esempio|riassum\w*|testo",
    leans="questo",
    asks_definition="(?:che )?cos['’](?:è|e)|che cosa (?:è|sono)|definisci|spiega",
    determiners="un|uno|una|il|lo|la|i|gli|le",
    copulas="è|sono|significa|indica",
    naming="chiamat[aoei]|dett[aoei]",
    kinds={
        "comparison": r"\b(differenz\w|confront\w*)\b",
        "value": r"\bpredefinit\w\b|\bdi default\b|\bquali valori\b",
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
    abbreviations=("p.es es ca max min ecc sig dott prof incl cfr vs dott.ssa ing sig.ra sigg n.b spett"),
    before_numbers="n|fig|cap|pag|art|tel|vol|ed",
    quoted="**Citazioni dalla documentazione:**",
    nothing_quoted="**Nella documentazione non c'è nulla da citare in risposta**",
    greetings="ciao|salve|buongiorno|buonasera|buon giorno",
    thanks="grazie|grazie mille|molte grazie|perfetto|ottimo|arrivederci",
    about_assistant=("chi sei|cosa sei|come ti chiami|(?:che )?cosa (?:puoi|sai) fare|aiuto|aiutami|come funzioni"),
    hello="Ciao! Mi chieda qualsiasi cosa su questa documentazione.",
    welcome="Prego. Chieda pure se qualcos'altro non è chiaro.",
    called="Sono {}.",
    introduction=(
        "Rispondo alle domande a partire da questa documentazione e mostro per ogni frase la sezione da cui proviene."
    ),
    examples="Per esempio:",
    example_question="Che cosa dice la documentazione su «{}»?",
    refusal="La documentazione non risponde a questa domanda. Le sezioni più vicine sono elencate sotto.",
)
