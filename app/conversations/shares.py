"""Links by which anybody reads one conversation as it was, until its owner revokes them."""

import base64
import binascii
import hmac
from collections.abc import Sequence
from uuid import UUID

from app.conversations.transcripts import read_message_bodies
from app.schemas.conversations import MessageBody
from app.schemas.shares import SharedAnswerBody, SharedConversationBody, SharedMessageBody
from storage_config.postgres.database import Session
from storage_config.records.access import list_closed_urls
from storage_config.records.branches import list_path
from storage_config.records.messages import MAX_MESSAGES
from storage_config.records.shares import ConversationShare, find_share

SECRET_BYTES = 32
_ID_BYTES = 16
_NOBODY: tuple[str, ...] = ()  # the groups of a reader who shows nothing


def sign_link(share: ConversationShare) -> str:
    """What stands in the link: the share's id, signed (HMAC-SHA256) with a secret of its own that every replica reads.

    The same for as long as it is shared; another one once it is shared anew.
    """
    return base64.urlsafe_b64encode(share.id.bytes + _signature(share)).decode()


async def read_shared(session: Session, token: str) -> SharedConversationBody | None:
    """What the link shows to whoever has it, at most the last 200 messages; None for a forged or revoked one.

    It is what a reader who shows nothing may read, whoever asks: a link is passed on.
    """
    named = _read_token(token)
    found = await find_share(session, share_id=named[0]) if named else None
    if named is None or found is None or not hmac.compare_digest(named[1], _signature(found[0])):
        return None
    share, conversation = found
    path = await list_path(session, conversation_id=conversation.id, limit=MAX_MESSAGES, until=share.message_id)
    messages = await read_message_bodies(session, conversation.id, path, _NOBODY)
    closed = await list_closed_urls(session, corpus=conversation.corpus, urls=_pages(messages), groups=_NOBODY)
    return SharedConversationBody(
        corpus=conversation.corpus,
        title=conversation.title,
        shared_at=share.created_at,
        messages=_shown(messages, closed),
    )


def _signature(share: ConversationShare) -> bytes:
    signed = share.id.bytes + share.conversation_id.bytes + share.message_id.bytes
    return hmac.digest(share.secret, signed, "sha256")


def _read_token(token: str) -> tuple[UUID, bytes] | None:
    """The id and the signature that a link says."""
    try:
        said = base64.b64decode(token.encode(), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return (UUID(bytes=said[:_ID_BYTES]), said[_ID_BYTES:]) if len(said) > _ID_BYTES else None


def _pages(messages: Sequence[MessageBody]) -> set[str]:
    """The addresses of the pages that answers name, without the sections."""
    answers = [message.answer for message in messages if message.answer is not None]
    urls = [one.url for answer in answers for one in answer.sources]
    urls += [one.url for answer in answers for one in answer.closest]
    return {_page(url) for url in urls}


def _page(url: str) -> str:
    return url.partition("#")[0]


def _shown(messages: Sequence[MessageBody], closed: set[str]) -> list[SharedMessageBody]:
    """The messages, without answers that rest on pages for others, nor those after: a model may have repeated them."""
    shown, is_withheld = [], False
    for message in messages:
        answer = message.answer
        rests = any(_page(source.url) in closed for source in answer.sources) if answer else message.withheld
        is_withheld = is_withheld or rests
        withheld = is_withheld and message.role == "assistant"
        shown.append(
            SharedMessageBody(
                role=message.role,
                text="" if withheld else message.text,
                created_at=message.created_at,
                answer=None if withheld or answer is None else _answer(message, closed),
                withheld=withheld,
            )
        )
    return shown


def _answer(message: MessageBody, closed: set[str]) -> SharedAnswerBody:
    assert message.answer is not None
    told = message.answer.model_dump(include=set(SharedAnswerBody.model_fields))
    told["closest"] = [section for section in told["closest"] if _page(section["url"]) not in closed]
    return SharedAnswerBody.model_validate(told)
