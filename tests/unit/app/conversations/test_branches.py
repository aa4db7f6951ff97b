"""Where a question stands, from what its client says. The homes of conversations are compared in `tests/contract`."""

import pytest

from app.conversations.branches import MessagePosition, Place, place_question
from app.conversations.client_chats import conversation_of
from app.errors import MessageNotFound
from storage_config.records.branches import NamedMessage
from storage_config.records.ids import new_id
from storage_config.records.messages import LATEST

ASKED = NamedMessage(new_id(), None, "q1", "user", "One?")
ANSWER = NamedMessage(new_id(), ASKED.id, None, "assistant", "Yes.")


def test_an_anchor_speaks_of_what_it_names() -> None:
    assert MessagePosition().names == ()
    assert MessagePosition(message="a", parent="b", question="c", after="d").names == ("a", "b", "c", "d")


def test_without_a_word_of_the_client_the_latest_answer_is_followed() -> None:
    assert place_question(MessagePosition(), "Why?", []) == Place(LATEST)
    assert place_question(MessagePosition(after="made up", question="q9", again=True), "Why?", []) == Place(LATEST)


def test_a_question_sent_again_unchanged_gets_another_answer() -> None:
    assert place_question(MessagePosition(message="q1"), "One?", [ASKED]) == Place(None, ASKED)


def test_the_name_of_a_new_question_is_not_a_place() -> None:
    """A client may call every question the same."""
    position = MessagePosition(question="q1", after=str(ANSWER.id))
    assert place_question(position, "One?", [ANSWER, ASKED]) == Place(ANSWER.id)


def test_a_question_is_no_parent() -> None:
    with pytest.raises(MessageNotFound):
        place_question(MessagePosition(parent=str(ASKED.id)), "Two?", [ASKED])


def test_the_conversation_of_a_chat_id() -> None:
    made = new_id()
    assert conversation_of(str(made), "anonymous") == made
    mine = conversation_of("chat", "me")
    assert mine == conversation_of("chat", "me")
    assert mine not in (None, conversation_of("chat", "you"), conversation_of("chat-2", "me"))
    assert conversation_of("chat", "anonymous") is None
