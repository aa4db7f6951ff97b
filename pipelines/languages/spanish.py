"""Spanish."""

from pipelines.languages.language import Language

SPANISH = Language(
    name="spanish",
    code="es",
    openers="y|pero|o sea|entonces|qué hay de|por ejemplo",
    pointers=r"él|ella|ellos|ellas|ello|est[aeo]s?|es[aeo]s?|aquel\w*|otr[ao]s?|mism[ao]s?|más|su|sus|lo",
    asks=r"qué|quién|cuándo|dónde|cómo|cuál\w*|por|puedo",
    articles="el|los|las",
    tasks=r"explica\w*|significa|ejemplo|resum\w*",
    leans="esto|estos",
    kinds={
        "code": r"\b(ejemplo|comando)\b",
        "number": r"\bcu[aá]nt[oa]s?\b",
        "date": r"\bcu[aá]ndo\b",
        "how_to": r"^c[oó]mo\b",
        "person": "^qui[eé]n",
        "place": r"^d[oó]nde\b",
        "reason": r"^por ?qu[eé]\b",
        "definition": r"^qu[eé] (es|son)\b",
    },
    negations=frozenset(["no", "nunca", "jamás", "ningún", "ninguna", "sin"]),
    quoted="**Citado de la documentación:**",
    nothing_quoted="**No hay nada en la documentación que se pueda citar como respuesta**",
    refusal="La documentación no responde a esto. Abajo figuran las secciones más cercanas.",
)
