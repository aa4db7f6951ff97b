"""German."""

from pipelines.languages.language import Language

GERMAN = Language(
    name="german",
    code="de",
    openers="und|aber|oder|also|was ist mit|wie sieht es|wie steht es|zum beispiel",
    pointers=(
        r"sie|ihn|ihm|ihnen|ihre?[nmrs]?|seine?[nmrs]?|dies\w*|jene\w*|davon|dafür|damit|dabei|darin"
        r"|dazu|darauf|dort|das|andere\w*|weitere\w*|mehr|noch"
    ),
    asks=r"wer|wie|was|wann|wo|warum|welche\w*|kann|ist|sind|gibt",
    articles="der|die|das",
    tasks=(
        r"erklär\w*|erläuter\w*|bedeute\w*|beispiel\w*|einfach\w*|worten|bitte|zusammenfass\w*"
        r"|übersetz\w*|text"
    ),
    leans=r"dies\w*|es|sie",
    kinds={
        "code": r"\b(beispiel|befehl)\b",
        "number": r"\bwie ?viele?\b",
        "date": r"\bwann\b",
        "how_to": "^wie (kann|muss|soll|wird|werde|installier)",
        "person": r"^wer\b",
        "place": r"^wo\b",
        "reason": r"^warum\b",
        "definition": "^was (ist|sind|bedeutet)",
    },
    negations=frozenset(["nicht", "kein", "keine", "keinen", "keiner", "keines", "nie", "niemals", "ohne"]),
    quoted="**Aus der Dokumentation zitiert:**",
    nothing_quoted="**In der Dokumentation steht nichts, was sich hierzu zitieren lässt**",
    refusal="Die Dokumentation beantwortet das nicht. Die nächstliegenden Abschnitte stehen unten.",
    capitals_are_names=False,
)
