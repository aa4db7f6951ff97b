"""Pages become nodes: heading-aware, bounded in tokens, each an exact slice of its page with its place in it."""

import asyncio
import json
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from llama_index.core.node_parser import NodeParser
from llama_index.core.schema import (
    BaseNode,
    Document,
    MetadataMode,
    NodeRelationship,
    ObjectType,
    RelatedNodeInfo,
    TextNode,
    TransformComponent,
)
from pydantic import Field, model_validator

from pipelines.splitting.pieces import PagePiece, Shape, UncutPage, cut_pages
from pipelines.splitting.tokens import MINILM_EMBEDDING
from pipelines.types import CuratedAnswer
from storage_config.records.text_hash import hash_text

# Never change it: every stored point's id hangs on it.
_NAMESPACE = uuid.UUID("6f1c8c1e-6d8e-5f0a-9c55-0f2b6a0b7c11")

_BREADCRUMB = "breadcrumb"
_OF_THE_PAGE = ("document_id", "uri", "title", "version", "locale", "tags", "access", "source_quality",
    "bibliography")  # fmt: skip
_KEYS = (
    *_OF_THE_PAGE,
    "url",
    "heading_path",
    "anchor",
    "start",
    "end",
    "before",
    "after",
    "table_head",
    "text_hash",
    "ordinal",
    "question",
)


class SectionSplitter(NodeParser):
    """Cuts the readers' Documents into TextNodes.

    A node never spans two sections, is the slice `page_text[start:end]` without white space around it, and with its
    breadcrumb and special tokens never exceeds `max_tokens` of MiniLM's tokenizer. A section that fits is one
    node; a longer one is cut as `pipelines.splitting.cutting` describes, and a node then repeats whole sentences of the
    block before it, at most `overlap_tokens`. Only the breadcrumb (`Title > H2 > H3`), and for rows that a cut parted
    from their table's head that head (`table_head`), is added to what is embedded:
    `node.get_content(MetadataMode.EMBED)`. Ids are arbitrary until `NodeIds` gives the lasting ones.

    What belongs to a node beyond its own text stands in `before` and `after`: see `pipelines.splitting.surroundings`.

    A Document's metadata must hold `uri`, `url` (without #) and `headings` (`types.Heading` as dicts); `title`,
    `version`, `locale`, `tags`, `access`, `source_quality`, `bibliography` and `document_id` are passed on to its
    nodes. `answers` (`types.CuratedAnswer` as dicts) make a node each.
    """

    max_tokens: int = Field(default=256, ge=64, description="Bound of what is embedded of a node.")
    overlap_tokens: int = Field(default=32, ge=0, description="Bound of what a node repeats of the one before.")
    embedding: str = Field(default=MINILM_EMBEDDING, description="The embedding model, in whose tokens is counted.")
    language: str = Field(default="en", description="ISO 639-1 code, for the boundaries of sentences.")
    include_prev_next_rel: bool = False

    @model_validator(mode="after")
    def _overlap_is_smaller(self) -> "SectionSplitter":
        if self.overlap_tokens > self.max_tokens // 2:
            raise ValueError("overlap_tokens must be at most half of max_tokens")
        return self

    @classmethod
    def class_name(cls) -> str:
        """LlamaIndex's name for serialisation."""
        return "SectionSplitter"

    def _parse_nodes(self, nodes: Sequence[BaseNode], show_progress: bool = False, **kwargs: Any) -> list[BaseNode]:
        texts = [page.get_content() for page in nodes]
        shape = Shape(self.max_tokens, self.overlap_tokens, self.embedding, self.language)
        pages = [
            UncutPage(text, page.metadata.get("title") or "", page.metadata.get("headings", ()))
            for page, text in zip(nodes, texts, strict=True)
        ]
        return [
            node
            for page, text, pieces in zip(nodes, texts, self.cut(shape, pages), strict=True)
            for node in self._nodes_of(page, text, pieces)
        ]

    async def _aparse_nodes(
        self, nodes: Sequence[BaseNode], show_progress: bool = False, **kwargs: Any
    ) -> list[BaseNode]:
        return await asyncio.to_thread(self._parse_nodes, nodes, show_progress, **kwargs)

    def _postprocess_parsed_nodes(self, nodes: list[BaseNode], parent_doc_map: dict[str, Document]) -> list[BaseNode]:
        """Nothing: LlamaIndex would search for the offsets again and copy the page's metadata into every node."""
        return nodes

    def cut(self, shape: Shape, pages: Sequence[UncutPage]) -> list[list[PagePiece]]:
        """Where the pages are cut."""
        return cut_pages(shape, pages)

    def _nodes_of(self, page: BaseNode, text: str, pieces: Sequence[PagePiece]) -> list[BaseNode]:
        text_hash = hash_text(text)
        nodes: list[BaseNode] = []
        for piece in pieces:
            crumb, head = piece.breadcrumb, piece.table_head
            metadata = _place(page, piece, piece.start, piece.end) | {
                "before": text[piece.low : piece.start],
                "after": text[piece.end : piece.high],
                "table_head": head or None,
                "ordinal": len(nodes),
                "text_hash": text_hash,
                _BREADCRUMB: f"{crumb}\n\n{head}" if head else crumb,
            }
            nodes.append(_build_node(page, text[piece.start : piece.end], metadata))
        # Behind the page's own nodes, whose ordinals they do not move.
        return [*nodes, *_answer_nodes(page, text, text_hash, len(nodes))]


class NodeIds(TransformComponent):
    """Gives nodes the ids that last: uuid5 of corpus, page uri, embedded text and number among equal ones.

    An unchanged node thus keeps its id wherever it moves to on its page, and the same text on another page or in
    another corpus never shares one. Equal texts are numbered in the order of their page.
    """

    corpus: str

    def __call__(self, nodes: Sequence[BaseNode], **kwargs: Any) -> list[BaseNode]:
        """The same nodes, with their ids."""
        seen: Counter[tuple[str, str]] = Counter()
        for node in nodes:
            uri, embedded = node.metadata["uri"], node.get_content(MetadataMode.EMBED)
            name = json.dumps([self.corpus, uri, embedded, seen[uri, embedded]])
            node.id_ = str(uuid.uuid5(_NAMESPACE, name))
            seen[uri, embedded] += 1
        return list(nodes)


def _place(page: BaseNode, place: PagePiece | CuratedAnswer, start: int, end: int) -> dict[str, Any]:
    """What a node says about itself: its page, its section and its offsets."""
    url = page.metadata["url"]
    return {key: page.metadata[key] for key in _OF_THE_PAGE if key in page.metadata} | {
        "url": f"{url}#{place.anchor}" if place.anchor else url,
        "heading_path": list(place.heading_path),
        "anchor": place.anchor,
        "start": start,
        "end": end,
    }


def _answer_nodes(page: BaseNode, text: str, text_hash: str, ordinal: int) -> Iterator[TextNode]:
    """A node for each question that the owner wrote an answer for: the answer whole, found by its question alone."""
    for number, given in enumerate(page.metadata.get("answers", ())):
        answer = CuratedAnswer(**given)
        metadata = _place(page, answer, answer.start, answer.end) | {
            "before": "",
            "after": "",
            "table_head": None,
            "ordinal": ordinal + number,
            "text_hash": text_hash,
            "source_quality": "official",  # it is the owner's own word
            "question": answer.question,
            _BREADCRUMB: answer.question,
        }
        node = _build_node(page, text[answer.start : answer.end], metadata)
        node.text_template = "{metadata_str}"
        yield node


def _build_node(page: BaseNode, text: str, metadata: dict[str, Any]) -> TextNode:
    return TextNode(
        text=text,
        start_char_idx=metadata["start"],
        end_char_idx=metadata["end"],
        metadata=metadata,
        excluded_embed_metadata_keys=list(_KEYS),
        excluded_llm_metadata_keys=list(_KEYS),
        metadata_template="{value}",
        text_template="{metadata_str}\n\n{content}",
        # Only the id: LlamaIndex would otherwise carry the page's whole metadata in every node.
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=page.id_, node_type=ObjectType.DOCUMENT)},
    )
