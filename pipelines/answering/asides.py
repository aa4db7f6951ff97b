"""Sections beside the matter: what will be learned, what to read next, what to hand in."""

import re

_ASIDE_HEADING = re.compile(
    r"\b(learning (objectives|outcomes|goals)|objectives?|how to read (this|these)"
    r"|(additional |related |external )?resources"
    r"|(further|additional) (reading|information)|more information|references|see also|next (steps|lesson)"
    r"|table of contents"
    r"|check your (understanding|knowledge)|quiz"
    r"|exercises?|assessment|rubric|deliverables|what you(['’]ll| will) learn|external links|learn more)\b",
    re.IGNORECASE,
)


def is_aside(heading: str, question: str) -> bool:
    """Whether a passage's headings say that it is beside the matter, unless the question is about such a section."""
    found = _ASIDE_HEADING.search(heading)
    return found is not None and found.group().lower() not in question.lower()
