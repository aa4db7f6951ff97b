"""Dutch."""

from pipelines.languages.language import Language

DUTCH = Language(
    name="dutch",
    code="nl",
    common=(
        "de het een is zijn was van en of niet voor op met dat dit als door te in er hoe wat waarom wanneer "
        "waar welke wie kan ik je jij wij we mijn wordt worden heeft hebben moet bij naar over tussen ook"
    ),
    openers="en|maar|dus|hoe zit|bijvoorbeeld",
    pointers=(
        r"hij|zij|ze|hem|haar|hun|deze|die|dit|dat|ander\w*|zelfde|meer|nog|ermee|ervan|hiervan"
        "|daarvan"
    ),
    asks="wie|wat|waar|hoe|waarom|welke|kan",
    articles="de|het",
    tasks=r"leg uit|uitleg\w*|betekent|voorbeeld",
    leans="dit|dat",
    asks_definition="wat (?:is|zijn|betekent)|definieer|leg uit wat",
    determiners="een|de|het",
    copulas="is|zijn|betekent|verwijst naar",
    naming="genoemd|bekend als",
    kinds={
        "comparison": r"\b(verschil\w*|vergelijk\w*)\b",
        "value": r"\bstandaard\w*\b|\bwelke waarden\b",
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
    abbreviations=(
        "bijv bv o.a d.w.z ca max min enz incl excl dhr mevr dr m.b.t i.v.m evt resp m.a.w o.l.v a.u.b vgl zgn "
        "m.i.v n.a.v i.p.v"
    ),
    before_numbers="nr|fig|hfst|blz|art|tel",
    quoted="**Geciteerd uit de documentatie:**",
    nothing_quoted="**In de documentatie staat niets dat hierop te citeren is**",
    greetings="hallo|hoi|hey|goede(?:morgen|middag|navond)|goede (?:morgen|middag|avond)|dag",
    thanks="bedankt|dank (?:je|u)(?: wel)?|hartelijk dank|top|super|prima|tot ziens|doei",
    about_assistant=(
        "wie (?:ben je|bent u|ben jij)|wat (?:ben je|kun je(?: doen)?|kan je(?: doen)?)|hoe heet je"
        "|help|hulp|hoe werk je"
    ),
    hello="Hallo! Vraag me alles over deze documentatie.",
    welcome="Graag gedaan. Vraag gerust als er nog iets onduidelijk is.",
    called="Ik ben {}.",
    introduction=("Ik beantwoord vragen uit deze documentatie en laat bij elke zin zien uit welke sectie die komt."),
    examples="Bijvoorbeeld:",
    example_question="Wat zegt de documentatie over “{}”?",
    refusal="De documentatie beantwoordt dit niet. De dichtstbijzijnde secties staan hieronder.",
)
