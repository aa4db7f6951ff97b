"""Russian."""

from pipelines.languages.language import Language

RUSSIAN = Language(
    name="russian",
    code="ru",
    openers="а|и|но|тогда|например",
    pointers=r"он|она|оно|они|его|её|ее|их|им|это\w*|эт[иа]|этих|тот|та|те|друг\w*|ещё|еще|больше",
    asks="кто|что|когда|где|почему|как|какой|какие|можно",
    articles="",
    tasks=r"объясни\w*|поясни\w*|значит|пример\w*|переведи\w*",
    leans="это|они",
    kinds={
        "number": r"\bсколько\b",
        "date": r"\bкогда\b",
        "how_to": r"^как\b",
        "person": r"^кто\b",
        "place": r"^где\b",
        "reason": r"^почему\b",
        "definition": "^что такое",
    },
    negations=frozenset(["не", "нет", "без", "никогда"]),
    quoted="**Цитаты из документации:**",
    nothing_quoted="**В документации нет ничего, что можно процитировать в ответ**",
    refusal="В документации нет ответа на этот вопрос. Ближайшие разделы перечислены ниже.",
)
