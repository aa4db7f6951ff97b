"""Portuguese."""

from pipelines.languages.language import Language

PORTUGUESE = Language(
    name="portuguese",
    code="pt",
    common=(
        "o a os as é são um uma de do da dos das e ou não para em no na com que se ao por como quê quando "
        "onde qual quais quem posso pode eu você meu minha há entre este esta isto mais fazer está quanto "
        "quantos quantas tenho tem têm até desde sobre sem"
    ),
    openers="e|mas|então|por exemplo",
    pointers=(
        r"eles?|elas?|est[ae]s?|ess[ae]s?|isto|isso|aquil?o|aquel\w*|outr[ao]s?|mesm[ao]s?|mais|seus?"
        "|suas?"
    ),
    asks="quem|quando|onde|como|qual|posso",
    articles="o|os|as",
    tasks=r"explica\w*|exemplo|resum\w*",
    leans="isto",
    asks_definition="o que (?:é|são|significa)|defina|explique",
    determiners="um|uma|o|a|os|as",
    copulas="é|são|significa|refere-se a",
    naming="chamad[ao]s?|conhecid[ao]s? como",
    kinds={
        "comparison": r"\b(diferenças?|compar\w*)\b",
        "value": r"\bpor padrão\b|\bquais valores\b",
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
    abbreviations=("p.ex ex aprox máx mín etc sr sra dr incl vs prof eng av obs ltda i.e d.c a.c srta"),
    before_numbers="n|núm|fig|cap|pág|art|tel|vol|ed",
    quoted="**Citado da documentação:**",
    nothing_quoted="**Não há nada na documentação que se possa citar em resposta**",
    greetings="olá|oi|bom dia|boa (?:tarde|noite)",
    thanks="obrigad[oa]|muito obrigad[oa]|valeu|perfeito|ótimo|tchau|adeus",
    about_assistant=(
        "quem (?:é você|és tu|é vc)|o que você (?:é|pode fazer|sabe fazer|faz)"
        "|qual (?:é )?(?:o )?seu nome|ajuda|me ajude|como (?:você )?funciona"
    ),
    hello="Olá! Pergunte-me o que quiser sobre esta documentação.",
    welcome="De nada. Pergunte sempre que algo não estiver claro.",
    called="Sou {}.",
    introduction=(
        "Respondo a perguntas a partir desta documentação e mostro, para cada frase, a secção de onde ela vem."
    ),
    examples="Por exemplo:",
    example_question="O que diz a documentação sobre “{}”?",
    refusal="A documentação não responde a isto. As secções mais próximas estão indicadas abaixo.",
)
