"""Portuguese."""

from pipelines.languages.language import Language

PORTUGUESE = Language(
    name="portuguese",
    code="pt",
    openers="e|mas|então|por exemplo",
    pointers=(
        r"eles?|elas?|est[ae]s?|ess[ae]s?|isto|isso|aquil?o|aquel\w*|outr[ao]s?|mesm[ao]s?|mais|seus?"
        "|suas?"
    ),
    asks="quem|quando|onde|como|qual|posso",
    articles="o|os|as",
    tasks=r"explica\w*|exemplo|resum\w*",
    leans="isto",
    kinds={
        "code": r"\b(exemplo|comando)\b",
        "number": r"\bquant[ieoa]s?\b",
        "date": r"\bquando\b",
        "how_to": r"^como\b",
        "person": r"^quem\b",
        "place": r"^onde\b",
        "reason": r"^por ?qu[eê]\b",
        "definition": "^o que",
    },
    negations=frozenset(["não", "sem", "nenhum", "nunca"]),
    quoted="**Citado da documentação:**",
    nothing_quoted="**Não há nada na documentação que se possa citar em resposta**",
    refusal="A documentação não responde a isto. As secções mais próximas estão indicadas abaixo.",
)
