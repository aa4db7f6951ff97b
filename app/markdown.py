"""Other people's words in markdown that we write: comments, mails."""


def as_code(text: str, *, limit: int) -> str:
    """At most `limit` characters of the text, on one line, as a code span: no markup, and nobody and nothing is linked.

    It may stand in a table.
    """
    words = " ".join(text.split())
    words = words if len(words) <= limit else f"{words[: limit - 1]}…"
    return "`" + words.replace("`", "'").replace("|", "\\|") + "`"
