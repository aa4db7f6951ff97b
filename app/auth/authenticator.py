"""From what a request shows to who is asking."""

import hmac

from starlette.requests import HTTPConnection

from app.auth.callers import ANONYMOUS_SUBJECT, LOCAL_SUBJECT, Caller
from app.errors import NotSignedIn

_OPEN_READER = Caller(ANONYMOUS_SUBJECT, "reader", "anonymous")
_LOCAL_OWNER = Caller(LOCAL_SUBJECT, "owner", "local")


class Authenticator:
    """Identifies callers. `local_token` is known to who may read the data folder, and lets them do everything."""

    def __init__(self, *, local_token: str | None) -> None:
        self._local_token = local_token

    async def identify(self, request: HTTPConnection) -> Caller:
        """Who is asking. Raises NotSignedIn where a credential is shown that is none of ours."""
        credential = request.headers.get("authorization")
        if credential is None:
            return _OPEN_READER
        scheme, _, token = credential.partition(" ")
        if scheme.lower() == "bearer" and self._is_local(token.strip()):
            return _LOCAL_OWNER
        raise NotSignedIn

    def _is_local(self, token: str) -> bool:
        return self._local_token is not None and hmac.compare_digest(token.encode(), self._local_token.encode())
