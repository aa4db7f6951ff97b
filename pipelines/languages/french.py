"""French."""

from pipelines.languages.language import Language

FRENCH = Language(
    name="french",
    code="fr",
    openers="et|mais|ou|alors|qu'en est|par exemple",
    pointers=(
        "il|elle|ils|elles|leurs?|lui|celui|celle|ceux|celles|ceci|cela|ça|ces?|cet|cette|autres?|même|plus|encore"
    ),
    asks=r"qui|que|quand|où|pourquoi|comment|quel\w*|est|peut",
    articles="le|la|les",
    tasks=r"explique\w*|expliquer|signifie|veut dire|exemple|résume\w*|tradui\w*|texte",
    leans="il|elle|ils|elles|cela|ces",
    kinds={
        "code": r"\bexemple\b",
        "number": r"\bcombien\b",
        "date": r"\bquand\b",
        "how_to": r"^comment\b",
        "person": r"^qui\b",
        "place": r"^où\b",
        "reason": r"^pourquoi\b",
        "definition": "^qu'est-ce",
    },
    negations=frozenset(["ne", "pas", "jamais", "aucun", "aucune", "sans"]),
    quoted="**Extraits de la documentation :**",
    nothing_quoted="**Rien dans la documentation ne peut être cité en réponse**",
    refusal="La documentation ne répond pas à cette question. Les sections les plus proches figurent ci-dessous.",
)
