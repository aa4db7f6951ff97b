import pytest
from pydantic import TypeAdapter

from app.schemas.stream_parts import UiMessagePart
from pipelines.errors import VendorBroken
from tests.support.fakes import Step, answered_script, failed_script, refused_script
from tests.support.serving import build_world, open_client, read_parts

PART: TypeAdapter[UiMessagePart] = TypeAdapter(UiMessagePart)


@pytest.mark.parametrize(
    ("script", "kinds"),
    [
        (answered_script(), {"start", "data-progress", "text-delta", "data-claim", "source-url", "data-sources"}),
        (refused_script(), {"data-refusal", "message-metadata", "finish"}),
        (failed_script(VendorBroken("x", vendor="openrouter")), {"error"}),
    ],
)
async def test_what_is_sent_is_what_the_document_says(script: list[Step], kinds: set[str]) -> None:
    async with open_client(build_world(script)) as client:
        *parts, done = read_parts((await client.post("/api/v1/chat", json={"question": "Why?"})).text)
    assert done == "[DONE]"
    for part in parts:
        PART.validate_python(part)
    assert kinds <= {part["type"] for part in parts}
