"""Spanish."""

from pipelines.languages.language import Language

SPANISH = Language(
    name="spanish",
    code="es",
    common=(
        "el la los las es son un una unos unas de del y o no para en con que se lo al por su sus como cómo "
        "qué por cuándo dónde cuál cuáles quién puedo puede yo tú mi si hay entre este esta esto está están "
        "más hacer a cuánto cuántos cuántas tengo tiene tienen hasta desde sobre sin"
    ),
    openers="y|pero|o sea|entonces|qué hay de|por ejemplo",
    pointers=r"él|ella|ellos|ellas|ello|est[aeo]s?|es[aeo]s?|aquel\w*|otr[ao]s?|mism[ao]s?|más|su|sus|lo",
    asks=r"qué|quién|cuándo|dónde|cómo|cuál\w*|por|puedo",
    articles="el|los|las",
    tasks=r"explica\w*|significa|ejemplo|resum\w*",
    leans="esto|estos",
    asks_definition="qué (?:es|son|significa)|define|explica",
    determiners="un|una|el|la|los|las",
    copulas="es|son|significa|se refiere a",
    naming="llamad[ao]s?|conocid[ao]s? como",
    kinds={
        "comparison": r"\b(diferencias?|compar\w*)\b",
        "value": r"\bpor defecto\b|\bpredeterminad\w*\b|\bqué valores\b",
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
    abbreviations=("p.ej ej aprox máx mín etc sr sra srta dr dra ud uds incl vs prof av admón ee.uu a.c d.c"),
    before_numbers="n|núm|fig|cap|pág|págs|art|tel|vol|ed",
    quoted="**Citado de la documentación:**",
    nothing_quoted="**No hay nada en la documentación que se pueda citar como respuesta**",
    greetings="hola|buenos días|buenas(?: (?:tardes|noches))?|qué tal",
    thanks="gracias|muchas gracias|mil gracias|genial|perfecto|estupendo|adiós|hasta luego",
    about_assistant=(
        "quién eres|qué eres|cómo te llamas|qué (?:puedes|sabes) hacer|ayuda|ayúdame"
        "|en qué (?:me )?puedes ayudar(?:me)?|cómo funcionas"
    ),
    hello="¡Hola! Pregúnteme lo que quiera sobre esta documentación.",
    welcome="De nada. Pregunte cuando algo más no esté claro.",
    called="Soy {}.",
    introduction=(
        "Respondo preguntas a partir de esta documentación y muestro para cada frase la sección de la que viene."
    ),
    examples="Por ejemplo:",
    example_question="¿Qué dice la documentación sobre «{}»?",
    refusal="La documentación no responde a esto. Abajo figuran las secciones más cercanas.",
    opposites=(
        "antes/después encima/debajo más/menos todos/algunos siempre/veces primero/último con/sin "
        "activar/desactivar activado/desactivado máximo/mínimo aumentar/disminuir abrir/cerrar añadir/eliminar "
        "público/privado local/remoto automático/manual verdadero/falso mismo/diferente obligatorio/opcional "
        "incluir/excluir síncrono/asíncrono mayor/menor permitir/prohibir"
    ),
    denying="evitar impedir fallar faltar imposible raramente salvo excepto excluir prohibir",
    denying_prefixes="(?:in|im|ir|des|no-?)",
    before_objects="el la los las un una unos unas este esta de del a al en con por para sobre",
    joins="y|pero|o|así que|mientras|aunque|sino|que|porque",
    contrasts="pero|mientras|aunque|sino",
)
