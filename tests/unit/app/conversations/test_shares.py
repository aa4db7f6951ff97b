"""Links of shared conversations: what is signed, and what of a conversation is shown."""

import base64
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.conversations.shares import _read_token, _shown, _signature, sign_link
from app.schemas.conversations import MessageBody
from storage_config.records.ids import new_id
from storage_config.records.shares import ConversationShare
from tests.support.fakes import build_source

NOW = datetime(2026, 11, 1, tzinfo=UTC)
SHARE = ConversationShare(new_id(), new_id(), new_id(), bytes(range(32)), NOW)


def message(role: str, text: str, *, url: str | None = None, withheld: bool = False, **answer: Any) -> MessageBody:
    source = build_source(url=url or "https://example.org/docs/ranking#part-1")
    said: dict[str, Any] = {
        "id": new_id(), "conversation_id": new_id(), "status": "answered", "text": text, "claims": [], "closest": [],
        "flags": [], "model": "m", "usage": {"prompt_tokens": 1, "completion_tokens": 1, "calls": 1, "cost": None},
        "timings": {}, "contact": None, "suggestions": [],
        "sources": [{**{name: getattr(source, name) for name in source.__slots__}, "page_state": "as_cited"}],
        **answer,
    }  # fmt: skip
    told = said if role == "assistant" and not withheld else None
    members: dict[str, Any] = {
        "id": new_id(),
        "parent_id": None,
        "role": role,
        "text": text,
        "created_at": NOW,
        "siblings": [],
    }
    return MessageBody.model_validate({**members, "answer": told, "feedback": None, "withheld": withheld})


def test_a_link_is_its_id_and_a_signature_of_all_that_is_shared() -> None:
    token = sign_link(SHARE)
    assert len(token) == 64
    assert _read_token(token) == (SHARE.id, _signature(SHARE))
    for other in ({"secret": bytes(32)}, {"conversation_id": new_id()}, {"message_id": new_id()}, {"id": new_id()}):
        assert _signature(replace(SHARE, **other)) != _signature(SHARE)


@pytest.mark.parametrize("token", ["", "none", "ä", "=" * 64, base64.urlsafe_b64encode(bytes(16)).decode()])
def test_what_is_no_link_names_nothing(token: str) -> None:
    assert _read_token(token) is None


def test_an_answer_from_closed_pages_is_withheld_with_those_after_it() -> None:
    said = [
        message("user", "One?"), message("assistant", "Open."),
        message("user", "Two?"), message("assistant", "Closed.", url="https://example.org/staff#pay"),
        message("user", "Three?"), message("assistant", "As said: closed."),
    ]  # fmt: skip
    shown = _shown(said, {"https://example.org/staff"})
    assert [one.text for one in shown] == ["One?", "Open.", "Two?", "", "Three?", ""]
    assert [one.withheld for one in shown] == [False, False, False, True, False, True]
    assert shown[1].answer is not None
    assert shown[3].answer is shown[5].answer is None
    kept = [message("assistant", "", withheld=True), message("assistant", "As said.")]
    assert [one.withheld for one in _shown(kept, set())] == [True, True]


def test_a_refusal_names_no_closed_section() -> None:
    closest: list[dict[str, Any]] = [
        {"title": url, "url": f"https://example.org/{url}#x", "heading_path": []} for url in ("open", "staff")
    ]
    refused = message("assistant", "No.", status="refused", sources=[], closest=closest)
    (shown,) = _shown([refused], {"https://example.org/staff"})
    assert shown.answer is not None
    assert [section.title for section in shown.answer.closest] == ["open"]
