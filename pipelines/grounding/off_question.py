"""Whether an answer that its passages carry answers another question than the one that was asked."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet

from pipelines.grounding.evidence import HEAD, Evidence, Lexed
from pipelines.grounding.lexical_features import Rarity

# Below this part of what is asked, by rarity, nothing that was said speaks of it.
_SPOKEN_OF = 0.2
# The passages must speak of so much of it: a question in another language, or in words that the pages do not use,
# says nothing about the answer.
_ASKED_OF_PASSAGES = 0.5
# "And how do I turn it off?" leans on what was said before.
_MIN_ASKED = 3


def is_off_question(
    question: Lexed, said: Iterable[Lexed], passages: Iterable[Lexed | Evidence], rarity: Rarity
) -> bool:
    """Whether what was said (claims, quotes, headings) holds next to nothing of a question that the passages hold."""
    asked = [
        (stem, word[:HEAD] if len(word) >= HEAD else None)
        for word, stems in zip(question.words, question.stems, strict=True)
        for stem in stems
    ]
    if len(asked) < _MIN_ASKED:
        return False
    rarities = {stem: rarity.of(stem) for stem, _ in asked}
    spoken = _holds(asked, said, rarities, at_least=_SPOKEN_OF)
    return not spoken and _holds(asked, passages, rarities, at_least=_ASKED_OF_PASSAGES)


def _holds(
    asked: list[tuple[int, str | None]],
    texts: Iterable[Lexed | Evidence],
    rarities: Mapping[int, float],
    *,
    at_least: float,
) -> bool:
    """Whether the texts hold so large a part of what is asked, by rarity, in some form; no more of them are read."""
    total = sum(rarities[stem] for stem, _ in asked)
    if not total:
        return True
    lacking = set(asked)
    for text in texts:
        stems, heads = _forms_of(text)
        lacking = {(stem, head) for stem, head in lacking if stem not in stems and head not in heads}
        held = sum(rarities[stem] for stem, head in asked if (stem, head) not in lacking)
        if held / total >= at_least:
            return True
    return False


def _forms_of(text: Lexed | Evidence) -> tuple[AbstractSet[int], AbstractSet[str]]:
    if isinstance(text, Evidence):
        return text.stems, text.heads
    return set(text.content()), {word[:HEAD] for word in text.words if len(word) >= HEAD}
