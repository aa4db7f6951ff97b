"""What the pages lack: questions that found no good answer, grouped by meaning, and sections that nobody is led to."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipelines.splitting.sections import read_sections
from pipelines.types import Heading
from storage_config.records.insights import AskedQuestion, PageText

if TYPE_CHECKING:  # who only looks for sections loads no model's library
    from llama_index.core.base.embeddings.base import BaseEmbedding

# The cosine, of vectors taken from the centre of all questions, from which on two groups become one. On 84 hand-made
# questions of 26 meanings about two sites: 84 % of the pairs in a group mean the same, 61 % of the pairs that mean the
# same are in one group. Lower, groups grow by the site's own words; higher, other words already make another group.
SAME_MEANING = 0.45
# With few questions their own mean is no centre yet: this many more stand in the origin.
_CENTRE_WEIGHT = 10
_MAX_EXAMPLES = 5

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class QuestionCluster:
    """Questions of one meaning. `question` is the most central of them, `examples` the next ones, at most 5.

    `questions` are different spellings, `asked` and `refused` count how often any of them was.
    """

    question: str
    questions: int
    asked: int
    refused: int
    last_asked: datetime
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SectionPlace:
    """A section of a page; `url` has its #anchor."""

    url: str
    title: str
    heading_path: tuple[str, ...]


class QuestionClusterer:
    """Groups questions by meaning, with the embeddings that the corpus is searched with.

    Vectors are taken from the centre of all of them (a site's questions all sound alike), then groups are joined,
    always the two with the highest average cosine between their members (UPGMA, Sokal and Michener 1958), while that is
    at least `SAME_MEANING`. The same questions in any order give the same groups.
    """

    def __init__(self, embed_model: "BaseEmbedding") -> None:
        self._embed_model = embed_model

    async def cluster(self, questions: Sequence[AskedQuestion]) -> tuple[QuestionCluster, ...]:
        """The groups, most asked first. Takes n² memory: 1 MB for 500. Raises VendorError of the embedding model."""
        ordered = sorted(questions, key=lambda question: question.text)
        if not ordered:
            return ()
        embedded = await self._embed_model.aget_text_embedding_batch([question.text for question in ordered])
        return await asyncio.to_thread(_build_clusters, ordered, np.array(embedded, dtype=np.float32))


def _build_clusters(questions: Sequence[AskedQuestion], vectors: Vectors) -> tuple[QuestionCluster, ...]:
    cosines = _cosines(vectors)
    clusters = [
        _describe([questions[index] for index in members], cosines[np.ix_(members, members)])
        for members in group(cosines, SAME_MEANING)
    ]
    return tuple(
        sorted(clusters, key=lambda cluster: (-cluster.asked, -cluster.last_asked.timestamp(), cluster.question))
    )


def _cosines(vectors: Vectors) -> Vectors:
    centred = vectors - vectors.sum(axis=0) / (len(vectors) + _CENTRE_WEIGHT)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    centred = centred / np.maximum(lengths, np.finfo(np.float32).eps)
    cosines: Vectors = centred @ centred.T
    return cosines


def group(similarities: Vectors, threshold: float) -> list[list[int]]:
    """Groups of indices by average linkage; `similarities` is symmetric, shape (n, n)."""
    average = similarities.copy()
    np.fill_diagonal(average, -np.inf)
    groups = [[index] for index in range(len(average))]
    while len(average) > 1:
        one, other = divmod(int(average.argmax()), len(average))  # the first of equals, so one < other
        if average[one, other] < threshold:
            break
        sizes = len(groups[one]), len(groups[other])
        joined = (sizes[0] * average[one] + sizes[1] * average[other]) / sum(sizes)
        average[one], average[:, one] = joined, joined
        average[one, one] = -np.inf
        average[other], average[:, other] = -np.inf, -np.inf
        groups[one] += groups[other]
        groups[other] = []
    return [sorted(members) for members in groups if members]


def _describe(questions: Sequence[AskedQuestion], cosines: Vectors) -> QuestionCluster:
    weights = np.array([question.asked for question in questions])
    central = np.argsort(-(cosines @ weights), kind="stable")
    named, *others = (questions[int(index)].text for index in central)
    return QuestionCluster(
        question=named,
        questions=len(questions),
        asked=sum(question.asked for question in questions),
        refused=sum(question.refused for question in questions),
        last_asked=max(question.last_asked for question in questions),
        examples=tuple(others[:_MAX_EXAMPLES]),
    )


def sections_of(page: PageText) -> Iterator[SectionPlace]:
    """The sections of a page that hold something to read, as its passages name them."""
    headings = [Heading(**heading) for heading in page.headings]
    for section in read_sections(page.text, headings):
        url = f"{page.url}#{section.anchor}" if section.anchor else page.url
        yield SectionPlace(url, page.title, section.heading_path)
