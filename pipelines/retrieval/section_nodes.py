"""A section as a LlamaIndex node and as the payload of its point: the one place that maps them."""

from llama_index.core.schema import BaseNode, MetadataMode, NodeRelationship, NodeWithScore, RelatedNodeInfo, TextNode

from pipelines.retrieval.curated import QUESTION
from pipelines.types import Passage
from storage_config.vectors.points import Payload

PAYLOAD_KEYS = (
    "document_id", "uri", "url", "title", "heading_path", "anchor", "start", "end", "before", "after",
    "table_head", "text_hash", "source_quality", "bibliography", "ordinal", "fingerprint",
)  # fmt: skip
# Only of pages that have them: a point without a version or locale is of the default one,
# one without access is for everybody, and one with a question answers that and is found by nothing else.
OPTIONAL_KEYS = ("version", "locale", "tags", "access", QUESTION)
BREADCRUMB = "breadcrumb"


def payload_of(node: BaseNode) -> Payload:
    """What a node's point keeps: its metadata by our keys (None where it lacks one) and its text.

    Two nodes of equal payload and id need no writing.
    """
    payload: Payload = {key: node.metadata.get(key) for key in PAYLOAD_KEYS}
    payload |= {key: node.metadata[key] for key in OPTIONAL_KEYS if node.metadata.get(key)}
    payload["heading_path"] = list(payload["heading_path"] or ())
    payload["text"] = node.get_content(MetadataMode.NONE)
    return payload


def node_of(node_id: str, payload: Payload) -> TextNode:
    """The node behind a point. What models read of it is again the breadcrumb and the text, as when it was embedded."""
    metadata = {key: payload.get(key) for key in PAYLOAD_KEYS}
    metadata |= {key: payload[key] for key in OPTIONAL_KEYS if payload.get(key)}
    breadcrumb = " > ".join([str(payload.get("title") or ""), *(payload.get("heading_path") or ())])
    metadata[BREADCRUMB] = "\n\n".join(filter(None, [breadcrumb, payload.get("table_head")]))
    uri = str(payload.get("uri") or "")
    return TextNode(
        id_=node_id,
        text=str(payload.get("text") or ""),
        metadata=metadata,
        excluded_embed_metadata_keys=[*PAYLOAD_KEYS, *OPTIONAL_KEYS],
        excluded_llm_metadata_keys=[*PAYLOAD_KEYS, *OPTIONAL_KEYS],
        metadata_template="{value}",
        text_template="{metadata_str}\n\n{content}",
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=uri)},
    )


def node_of_passage(passage: Passage) -> NodeWithScore:
    """What a search found as LlamaIndex's retrievers give it: the node with its surroundings and its place."""
    metadata = {
        "url": passage.url,
        "title": passage.title,
        "heading_path": list(passage.heading_path),
        "source_quality": passage.quality,
    }
    node = TextNode(
        id_=passage.node_id,
        text=passage.text,
        metadata=metadata,
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=passage.uri)},
    )
    return NodeWithScore(node=node, score=passage.score)
