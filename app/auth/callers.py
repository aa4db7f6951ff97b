"""Who is asking, whatever they showed to prove it."""

from dataclasses import dataclass

from storage_config.vocabulary import CALLER_ROLES, CallerKind, CallerRole

ANONYMOUS_SUBJECT = "anonymous"  # the owner of what is asked without signing in
LOCAL_SUBJECT = "command-line"  # the owner of what this machine's operator asks
MAX_KEY_NAME = 120
MAX_GROUPS = 64
KEY_PREFIX, VISITOR_PREFIX = "key:", "visitor:"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking. `subject` owns the conversations: a user's id, `key:<id>` or `visitor:<id>`.

    `groups` are those that pages may be for: a user's roles as their issuer names them, or those of a key.
    """

    subject: str
    role: CallerRole
    kind: CallerKind
    groups: tuple[str, ...] = ()

    @property
    def reads(self) -> tuple[str, ...] | None:
        """The groups whose pages the caller may read beside those for everybody; None for an owner, who reads all."""
        return None if self.may("owner") else self.groups

    def may(self, role: CallerRole) -> bool:
        """Whether the caller has the role, or one above it."""
        return CALLER_ROLES.index(self.role) >= CALLER_ROLES.index(role)


LOCAL_OWNER = Caller(LOCAL_SUBJECT, "owner", "local")


def groups_in(names: str | None) -> tuple[str, ...]:
    """The groups of names between commas, each once."""
    return tuple(dict.fromkeys(name for one in (names or "").split(",") if (name := one.strip())))[:MAX_GROUPS]


def is_reserved(subject: str) -> bool:
    """Whether a subject is one of ours, which no issuer of users may claim."""
    return subject in (ANONYMOUS_SUBJECT, LOCAL_SUBJECT) or subject.startswith((KEY_PREFIX, VISITOR_PREFIX))


def highest(roles: list[CallerRole]) -> CallerRole | None:
    """The role that may do what all of them may; None for none."""
    return max(roles, key=CALLER_ROLES.index, default=None)
