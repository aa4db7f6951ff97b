"""Dutch."""

from pipelines.languages.language import Language

DUTCH = Language(
    name="dutch",
    code="nl",
    openers="en|maar|dus|hoe zit|bijvoorbeeld",
    pointers=(
        r"hij|zij|ze|hem|haar|hun|deze|die|dit|dat|ander\w*|zelfde|meer|nog|ermee|ervan|hiervan"
        "|daarvan"
    ),
    asks="wie|wat|waar|hoe|waarom|welke|kan",
    articles="de|het",
    tasks=r"leg uit|uitleg\w*|betekent|voorbeeld",
    leans="dit|dat",
    kinds={
        "code": r"\bvoorbeeld\b",
        "number": r"\bhoeveel\b",
        "date": r"\bwanneer\b",
        "how_to": r"^hoe\b",
        "person": r"^wie is\b",
        "place": r"^waar\b",
        "reason": r"^waarom\b",
        "definition": "^wat (is|zijn)",
    },
    negations=frozenset(["niet", "geen", "nooit", "zonder"]),
    quoted="**Geciteerd uit de documentatie:**",
    nothing_quoted="**In de documentatie staat niets dat hierop te citeren is**",
    refusal="De documentatie beantwoordt dit niet. De dichtstbijzijnde secties staan hieronder.",
)
