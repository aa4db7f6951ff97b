"""API keys as the API and the command line show them."""

from app.auth.api_keys import NewKey, groups_of, role_of
from app.schemas.credentials import KeyBody, NewKeyBody
from storage_config.records.api_keys import ApiKey


def build_new_key_body(made: NewKey) -> NewKeyBody:
    """The key with its secret."""
    return NewKeyBody(id=made.id, name=made.name, role=made.role, groups=list(made.groups), key=made.secret)


def build_key_body(key: ApiKey) -> KeyBody:
    """The key without its secret."""
    return KeyBody(
        id=key.id,
        name=key.name,
        role=role_of(key.scopes),
        groups=list(groups_of(key.scopes)),
        created_at=key.created_at,
        revoked_at=key.revoked_at,
        last_used_at=key.last_used_at,
    )
