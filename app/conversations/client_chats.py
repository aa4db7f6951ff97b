"""Which conversation is meant by the id that a client made up for its chat."""

from uuid import UUID, uuid5

from app.auth.callers import ANONYMOUS_SUBJECT

# Namespace of the ids of conversations that a client's chat id stands for.
_CLIENT_CHATS = UUID("5b0c9a5e-6d0f-4c58-9f1d-0c5f8f7d2a11")


def conversation_of(chat_id: str, owner: str) -> UUID | None:
    """A UUID is the conversation itself; any other id stands for one of its owner.

    Everyone who is not signed in is one owner, and anybody may send an id that another made up: it stands for none.
    """
    try:
        return UUID(chat_id)
    except ValueError:
        pass
    return uuid5(_CLIENT_CHATS, f"{owner}\n{chat_id}") if owner != ANONYMOUS_SUBJECT else None
