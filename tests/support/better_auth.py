"""A real Better Auth server (npm) on loopback, with the configuration that docs/better-auth.md gives."""

import os
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg

from storage_config.records.ids import new_id
from tests.conftest import ROOT

NODE = ROOT / "tests" / "contract" / "node"
SECRET, AUDIENCE = "7c1f0e9d8b3a5f6e4d2c-of-the-contract-tests", "footnoted"
_PASSWORD = "correct horse battery staple"
_STARTS_SECONDS = 60


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who signed in, with all that they may show."""

    id: str
    email: str
    session_token: str
    signed_token: str
    cookie: str
    jwt: str


@dataclass(frozen=True, slots=True)
class BetterAuth:
    """The server and its database."""

    url: str
    database_url: str

    async def sign_up(self, role: str | None = None) -> User:
        """A new user, whose role the site's owner set, with a session."""
        email = f"{new_id().hex}@example.org"
        body = {"email": email, "password": _PASSWORD, "name": "Reader"}
        async with self._client() as client:
            answer = await _post(client, "/api/auth/sign-up/email", body)
            if role is not None:
                self.execute('UPDATE "user" SET role = %s WHERE email = %s', role, email)
            return await _read_user(client, answer)

    async def sign_in(self, email: str) -> User:
        """The user with another session."""
        async with self._client() as client:
            answer = await _post(client, "/api/auth/sign-in/email", {"email": email, "password": _PASSWORD})
            return await _read_user(client, answer)

    async def sign_out(self, user: User) -> None:
        """Ends the user's session."""
        async with self._client() as client:
            await _post(client, "/api/auth/sign-out", {}, cookie=user.cookie)

    async def sign(self, **claims: Any) -> str:
        """A JWT of the server's own key with these claims."""
        async with self._client() as client:
            return str((await _post(client, "/test/sign", claims)).json()["token"])

    def execute(self, statement: str, *values: Any) -> None:
        """Does in Better Auth's database what its operator would."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            connection.execute(statement.encode(), values)

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url, headers={"origin": self.url})


async def _read_user(client: httpx.AsyncClient, answer: httpx.Response) -> User:
    said, token = answer.json(), (await client.get("/api/auth/token")).raise_for_status().json()["token"]
    return User(
        id=said["user"]["id"],
        email=said["user"]["email"],
        session_token=said["token"],
        signed_token=answer.headers["set-auth-token"],
        cookie="; ".join(f"{name}={value}" for name, value in client.cookies.items()),
        jwt=token,
    )


async def _post(client: httpx.AsyncClient, path: str, body: Any, cookie: str | None = None) -> httpx.Response:
    answer = await client.post(path, json=body, headers={"cookie": cookie} if cookie else {})
    answer.raise_for_status()
    return answer


def read_configuration() -> str:
    """The JavaScript of the document."""
    (code,) = re.findall(r"```js\n(.*?)```", (ROOT / "docs" / "better-auth.md").read_text(encoding="utf-8"), re.DOTALL)
    return str(code)


@contextmanager
def run_better_auth(folder: Path, database_url: str) -> Iterator[BetterAuth]:
    """The server, over tables of its own in that database, until the block ends."""
    configuration = folder / "auth.mjs"
    configuration.write_text(read_configuration(), encoding="utf-8")
    (folder / "node_modules").symlink_to(NODE / "node_modules")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    own = {"BETTER_AUTH_URL": url, "BETTER_AUTH_AUDIENCE": AUDIENCE, "BETTER_AUTH_SECRET": SECRET}
    process = subprocess.Popen(
        ["node", "--preserve-symlinks", str(NODE / "better_auth.mjs"), str(configuration), str(port)],
        env={**os.environ, **own, "DATABASE_URL": database_url, "BETTER_AUTH_TELEMETRY": "0"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"
        yield BetterAuth(url, database_url)
    finally:
        process.terminate()
        process.communicate(timeout=_STARTS_SECONDS)
