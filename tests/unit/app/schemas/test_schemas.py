"""The two kinds of chat bodies."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from app.schemas.questions import ChatRequest, NativeRequest, UseChatRequest

ADAPTER: TypeAdapter[NativeRequest | UseChatRequest] = TypeAdapter(ChatRequest)


def _text(text: str) -> dict[str, str]:
    return {"type": "text", "text": text}


ID = "01975f3e-0000-7000-8000-000000000000"
USER = {"role": "user", "parts": [{"type": "text", "text": "Hello"}]}
USE_CHAT = {"id": "chat-1", "messages": [USER], "trigger": "submit-message"}


def test_a_native_body_has_defaults() -> None:
    body = ADAPTER.validate_python({"question": "Why?"})
    assert isinstance(body, NativeRequest)
    assert (body.stream, body.corpus, body.page, body.filters.source_quality) == (True, None, None, [])


def test_a_native_body_may_carry_messages() -> None:
    body = ADAPTER.validate_python({"messages": [USER], "corpus": "docs"})
    assert isinstance(body, NativeRequest)
    assert body.messages is not None
    assert body.messages[0].text == "Hello"


@pytest.mark.parametrize(
    "body",
    [
        {"question": "Why?", "unknown": 1},
        {"question": "Why?", "messages": [USER]},
        {"question": "Why?", "message_id": ID},
        {"question": "Why?", "parent_id": ID},
        {"question": "Why?", "conversation_id": ID, "parent_id": ID, "message_id": ID},
        {"question": "Why?", "conversation_id": ID, "message_id": "nanoid"},
        {"conversation_id": ID, "parent_id": ID},
        {},
        {"question": "Why?", "page": {"url": "javascript:alert(1)"}},
        {"question": "Why?", "page": {"url": "https://e.org", "more": 1}},
        {"question": "Why?", "filters": {"source_quality": ["excellent"]}},
        {"question": "Why?", "conversation_id": "not-a-uuid"},
        {"question": "Wh\x00y?"},
        {"question": "x" * 100_001},
        {"question": 7},
        {"messages": []},
        {"messages": [{"role": "robot", "parts": []}]},
        {"messages": [USER] * 501},
        [],
        "question",
    ],
)
def test_a_native_body_is_strict(body: Any) -> None:
    with pytest.raises(ValidationError):
        ADAPTER.validate_python(body)


def test_a_body_of_use_chat_may_carry_more() -> None:
    message = {
        "id": "m1",
        "role": "user",
        "metadata": {"a": 1},
        "parts": [
            {"type": "step-start"},
            {"type": "text", "text": "Hel", "state": "done"},
            {"type": "text", "text": "lo"},
        ],
    }
    body = ADAPTER.validate_python({**USE_CHAT, "messages": [message], "messageId": None, "more": {"x": [1]}})
    assert isinstance(body, UseChatRequest)
    assert body.messages[0].text == "Hello"
    assert body.id == "chat-1"


@pytest.mark.parametrize("key", ["id", "trigger"])
def test_either_key_tells_use_chat(key: str) -> None:
    body = {name: value for name, value in USE_CHAT.items() if name in (key, "messages")}
    assert isinstance(ADAPTER.validate_python(body), UseChatRequest)


def test_use_chat_takes_our_options_in_its_body() -> None:
    body = ADAPTER.validate_python(
        {**USE_CHAT, "corpus": "docs", "filters": {"source_quality": ["book"]}, "stream": False}
    )
    assert (body.corpus, body.filters.source_quality, body.stream) == ("docs", ["book"], False)


def test_a_part_of_data_is_no_text() -> None:
    message = {
        "role": "assistant",
        "parts": [{"type": "data-claim", "text": "no", "data": {}}, {"type": "text", "text": " yes "}],
    }
    body = ADAPTER.validate_python({**USE_CHAT, "messages": [message, USER]})
    assert body.messages is not None
    assert body.messages[0].text == "yes"


def test_parts_of_sources_are_what_an_answer_cites_and_what_a_file_holds_is_not_read() -> None:
    message = {
        "role": "assistant",
        "parts": [
            {"type": "text", "text": "yes"},
            {"type": "source-url", "sourceId": "1", "url": "https://docs.example/a#b", "title": "A"},
            {"type": "source-url", "url": {"not": "a text"}},
            {"type": "source-url", "url": "https://docs.example/" + "x" * 3_000},
            {"type": "file", "mediaType": "image/png", "url": "data:image/png;base64," + "A" * 200_000},
        ],
    }
    body = ADAPTER.validate_python({**USE_CHAT, "messages": [message, USER]})
    assert body.messages is not None
    assert body.messages[0].cited == ("https://docs.example/a#b",)
    asked = {
        "role": "user",
        "parts": [{"type": "text", "text": "a"}, {"type": "source-url", "url": "https://e.example"}],
    }
    many = {
        **message,
        "content": "x",
        "parts": [{"type": "source-url", "url": f"https://e.example/\x00{n}"} for n in range(999)],
    }
    body = ADAPTER.validate_python({**USE_CHAT, "messages": [asked, many, USER]})
    assert body.messages is not None
    assert body.messages[0].cited == ()
    assert len(body.messages[1].cited) == 50
    assert "\x00" not in "".join(body.messages[1].cited)


def test_use_chat_may_send_its_last_message_only() -> None:
    body = ADAPTER.validate_python({"id": "chat-1", "message": USER})
    assert isinstance(body, UseChatRequest)
    assert [message.text for message in body.messages] == ["Hello"]
    with pytest.raises(ValidationError):
        ADAPTER.validate_python({"message": USER})
