"""How a corpus's owner wants answers to sound, declared in `[corpora.NAME.voice]`: words, never rules."""

import re
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from pipelines.source_specs import Declared
from storage_config.vocabulary import Level

# Replaced by the id of the conversation in which somebody was helped badly.
CONVERSATION_ID = "{conversation_id}"
_MAX_TERMS = 200
_MAX_SYNONYMS = 20
_WORD = re.compile(r"[^,;\x00-\x1f]{1,60}")

Line = Annotated[str, Field(max_length=60, pattern=r"^[^\x00-\x1f]*$")]
Words = Annotated[str, Field(max_length=600)]


# What may be asked on a page, by its path behind the corpus's base url; "/" is the site.
SuggestedQuestions = Annotated[
    Mapping[str, Annotated[tuple[Annotated[str, Field(min_length=2, max_length=120)], ...], Field(max_length=8)]],
    Field(max_length=2_000),
]


class VoiceSpec(Declared):
    """The owner's words. `terms` are preferred words, each with others that readers use for the same.

    `name`, `tone`, `level` and the preferred words steer an LLM; `terms` are found by all of their words, whoever
    answers. `greeting` and `refusal` are said instead of ours, in every language. `contact` is where to ask on;
    `{conversation_id}` in it becomes the conversation's.
    """

    name: Line = ""
    tone: Words = ""
    level: Level | None = None  # where the reader names none
    terms: Annotated[Mapping[str, tuple[str, ...]], Field(max_length=_MAX_TERMS)] = {}
    greeting: Words = ""
    refusal: Words = ""
    contact: Annotated[str, Field(max_length=500)] = ""

    @field_validator("terms")
    @classmethod
    def _are_words(cls, value: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
        for preferred, others in value.items():
            if len(others) > _MAX_SYNONYMS:
                raise ValueError(f"{preferred!r} has more than {_MAX_SYNONYMS} other words")
            for word in (preferred, *others):
                if not (word.strip() and _WORD.fullmatch(word)):
                    raise ValueError(f"{word!r}: a word or phrase has 1 to 60 characters, no comma and no semicolon")
        return value

    @field_validator("contact")
    @classmethod
    def _is_link(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in ("https", "http", "mailto"):
            raise ValueError("must be an https://, http:// or mailto: link")
        if re.search(r"[\s<>\"]", value):
            raise ValueError("a link has no blanks, quotes or < >")
        return value

    @property
    def synonyms(self) -> tuple[str, ...]:
        """For each term its words between commas, as the other words of a language are written."""
        return tuple(", ".join((preferred, *others)) for preferred, others in self.terms.items() if others)

    @property
    def wishes(self) -> str:
        """What a model is asked for, a line each; empty where nothing was declared that concerns it."""
        lines = [f"Name: {self.name}"] if self.name else []
        lines += [f"Tone: {' '.join(self.tone.split())}"] if self.tone.strip() else []
        lines += [f"Word: {one}{_instead(others)}" for one, others in self.terms.items()]
        return "\n".join(lines)


def contact_for(link: str, conversation_id: str) -> str:
    """The contact with the id of the conversation in it, where it asks for one."""
    return link.replace(CONVERSATION_ID, conversation_id)


def _instead(others: tuple[str, ...]) -> str:
    return f" (not: {'; '.join(others)})" if others else ""
