"""A page that is about to be written: its nodes beside the points that it has."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from llama_index.core.schema import BaseNode, Document

from pipelines.ingestion.plan import PagePlan
from pipelines.retrieval.section_nodes import payload_of
from storage_config.vectors.points import Payload


@dataclass(slots=True)
class PreparedPage:
    """A page's nodes beside the points that it has: what to embed, to move (payload only) and to delete."""

    plan: PagePlan
    document: Document
    document_id: UUID
    nodes: list[BaseNode] = field(default_factory=list)
    new: list[BaseNode] = field(default_factory=list)
    moved: list[BaseNode] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)

    def compare(self, points: Mapping[str, Payload]) -> None:
        """Sorts the nodes into new and moved ones, and finds the points that no node stands for."""
        for node in self.nodes:
            if node.node_id not in points:
                self.new.append(node)
            elif points[node.node_id] != payload_of(node):
                self.moved.append(node)
        wanted = {node.node_id for node in self.nodes}
        self.stale = [point for point in points if point not in wanted]
