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


# What Sphinx and others write below a function: "Added in version 2.0.", "Changed in version 8.1: ...".
_VERSION_NOTE = re.compile(r"\W{0,3}(?:added|new|changed|modified|removed) in (?:version )?v?\d", re.IGNORECASE)
_ASKS_VERSION = re.compile(
    r"\b(?:when|version|versions|since|release|releases|added|new|news|changed?|changes|removed|introduced|history)\b"
    r"|\d\.\d",
    re.IGNORECASE,
)
_DEPRECATION = re.compile(r"\W{0,3}deprecated (?:since|in|as of)\b", re.IGNORECASE)


def is_version_note(text: str) -> bool:
    """Whether a sentence only says since which version something is as it is."""
    return _VERSION_NOTE.match(text) is not None


def asks_for_version(question: str) -> bool:
    """Whether notes on versions may be what a question asks for."""
    return _ASKS_VERSION.search(question) is not None


def is_deprecation(text: str) -> bool:
    """Whether a sentence says that what its section is about should no longer be used."""
    return _DEPRECATION.match(text) is not None


def is_aside(heading: str, question: str) -> bool:
    """Whether a passage's headings say that it is beside the matter, unless the question is about such a section."""
    found = _ASIDE_HEADING.search(heading)
    return found is not None and found.group().lower() not in question.lower()
