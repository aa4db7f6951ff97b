"""Attacks on what is for others: every way to ask, against real stores, by readers of no group, of one, and of all."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest

from app.auth.api_keys import ApiKeys
from pipelines.bootstrap import Resources, open_resources
from storage_config.settings import Settings, read_settings
from tests.support.models import model_folder
from tests.support.serving import OpenWorld, open_client

API = "/api/v1"
SITE = "https://pumps.example.org/docs"
# Words that only pages for others have, and whom these are for.
WORDS = {"zanzibar": {"staff"}, "quagmire": {"board"}, "obelisk": {"board"}}
CORPORA = """
[corpora.pumps]
source = { kind = "markdown", path = "docs" }
base_url = "https://pumps.example.org/docs"
access_rules = [{ match = "internal/**", access = ["board"] }]

[corpora.vault]
source = { kind = "markdown", path = "vault" }
base_url = "https://vault.example.org"
access = ["board"]
"""
PAGES = {
    "docs/open.md": "# Pumps\n\n## Heat\n\nThe pump runs at 40 degrees.\n\n## Noise\n\nThe pump hums at 30 decibels.\n",
    "docs/staff.md": "---\ntitle: Zanzibar plan\naccess: [staff]\ntags: [money]\n---\n# Zanzibar plan\n\n"
    "## Zanzibar cost\n\nThe pump of zanzibar costs 900 euro.\n",
    "docs/internal/merger.md": "# Quagmire merger\n\n## Price\n\nThe pump of quagmire is sold for 5 million euro.\n",
    "vault/stone.md": "# Obelisk\n\n## Height\n\nThe obelisk pump is 12 metres high.\n",
}  # fmt: skip


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    for name, text in PAGES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "footnoted.toml").write_text(CORPORA, encoding="utf-8")
    data = tmp_path / "data"
    data.mkdir()
    (data / "models").symlink_to(model_folder(), target_is_directory=True)
    return read_settings(config=tmp_path / "footnoted.toml", data_dir=data, DATABASE_URL=database_url)


@dataclass(frozen=True)
class Reader:
    """Who asks: what they show, and the groups that they are of; None for an owner."""

    headers: Mapping[str, str]
    groups: frozenset[str] | None

    def may_see(self, word: str) -> bool:
        return self.groups is None or bool(WORDS[word] & self.groups)


async def readers_of(resources: Resources) -> dict[str, Reader]:
    keys = ApiKeys(resources.database)
    readers = {"nobody": Reader({}, frozenset())}
    for name, role, groups in (
        ("reader", "reader", ()),
        ("writer", "writer", ()),
        ("look-alike", "reader", ("Staff", "staff2", "boards")),
        ("staff", "reader", ("staff",)),
        ("board", "reader", ("board", "x")),
    ):
        made = await keys.create(name=name, role=role, groups=groups)  # type: ignore[arg-type]
        readers[name] = Reader({"authorization": f"Bearer {made.secret}"}, frozenset(groups))
    readers["owner"] = Reader({"authorization": f"Bearer {resources.local_token}"}, None)
    return readers


def rpc(name: str, **arguments: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": arguments}}


def requests(documents: Mapping[str, str]) -> list[tuple[str, str, Any]]:
    """Method, path and body of whatever a reader may send; questions name nothing that is for others."""
    closed = [f"{SITE}/staff.md", f"{SITE}/internal/merger.md", "https://vault.example.org/stone.md"]
    asked: list[dict[str, Any]] = []
    for question in ("What does the pump cost?", "Hello"):
        asked += [{"question": question, "corpus": "pumps"}, {"question": question}]
    for url in closed:
        for scope in ("page", "section", "selection"):
            page = {"url": f"{url}#price", "selected_text": "The pump of"}
            asked.append({"question": "Explain this", "corpus": "pumps", "scope": scope, "page": page})
    filters = {"path": ["internal"], "tags": ["money"]}
    asked += [{"question": "The pump?", "corpus": "pumps", "filters": {key: value}} for key, value in filters.items()]
    asked.append({"question": "How high is the pump?", "corpus": "vault"})
    found: list[tuple[str, str, Any]] = []
    for body in asked:
        rest = {key: value for key, value in body.items() if key not in ("question", "corpus")}
        found += [("POST", f"{API}/chat", {**body, "stream": stream}) for stream in (False, True)]
        found.append(("POST", f"{API}/search", {"query": body["question"], "corpus": body.get("corpus"), **rest}))
        messages = [{"role": "user", "content": body["question"]}]
        found.append(("POST", "/v1/chat/completions", {"model": body.get("corpus"), "messages": messages, **rest}))
        found.append(("POST", "/mcp", rpc("ask_docs", **body)))
        found.append(("POST", "/mcp", rpc("search_docs", query=body["question"], corpus=body.get("corpus"), **rest)))
    found += [
        ("POST", "/mcp", rpc("read_section", url=url)) for url in [*closed, f"{SITE}/internal/", f"{SITE}/staf.md"]
    ]
    paths = ["/llms.txt", "/llms-full.txt", "/v1/models", "/v1/models/vault", f"{API}/corpora", f"{API}/documents"]
    paths += [f"/{name}/{file}" for name in ("pumps", "vault") for file in ("llms.txt", "llms-full.txt")]
    paths += [f"{API}/documents?corpus={name}" for name in ("pumps", "vault")]
    paths += [f"{API}/documents/{document_id}" for document_id in documents.values()]
    paths += [f"{API}/suggestions?corpus=pumps&url={url}" for url in [*closed, f"{SITE}/open.md"]]
    paths += [f"{API}/suggestions?corpus=vault", f"{API}/conversations", f"{API}/me", f"{API}/health"]
    return found + [("GET", path, None) for path in paths]


async def documents_of(client: httpx.AsyncClient, owner: Reader) -> dict[str, str]:
    listed: dict[str, str] = {}
    for corpus in ("pumps", "vault"):
        answered = await client.get(f"{API}/documents?corpus={corpus}", headers=owner.headers)
        listed |= {item["url"]: item["id"] for item in answered.json()["items"]}
    return listed


async def test_no_way_to_ask_tells_what_is_for_others(settings: Settings) -> None:
    async with open_resources(settings) as resources:
        for corpus in resources.corpora.values():
            await corpus.ingestion.ingest()
        readers = await readers_of(resources)
        told: dict[str, set[str]] = {name: set() for name in readers}
        async with open_client(OpenWorld(resources)) as client:
            documents = await documents_of(client, readers["owner"])
            for name, reader in readers.items():
                for method, path, body in requests(documents):
                    headers = {**reader.headers, "accept": "application/json, text/event-stream"}
                    answered = await client.request(method, path, json=body, headers=headers)
                    assert answered.status_code < 500, (path, answered.text)
                    text = answered.text.lower()
                    seen = {word for word in WORDS if word in text}
                    assert all(reader.may_see(word) for word in seen), (name, path, body, text[:500])
                    sent = "vault" in json.dumps([path, body]) or path == f"{API}/me"  # what they sent themselves
                    if not reader.may_see("obelisk") and not sent:
                        assert "vault" not in text, (name, path, body)
                    told[name] |= seen
        # What is theirs is told, or nothing would be shown by this.
        assert told["owner"] == set(WORDS)
        assert (told["staff"], told["board"]) == ({"zanzibar"}, {"quagmire", "obelisk"})
        assert told["nobody"] == told["reader"] == told["writer"] == told["look-alike"] == set()


async def test_a_page_for_others_is_as_one_that_there_is_not(settings: Settings) -> None:
    async with open_resources(settings) as resources:
        for corpus in resources.corpora.values():
            await corpus.ingestion.ingest()
        readers = await readers_of(resources)
        async with open_client(OpenWorld(resources)) as client:
            documents = await documents_of(client, readers["owner"])
            unknown = str(UUID(int=7))
            for url in (f"{SITE}/staff.md", "https://vault.example.org/stone.md"):
                pair = []
                for document_id in (documents[url], unknown):
                    answered = await client.get(f"{API}/documents/{document_id}", headers=readers["reader"].headers)
                    body = {key: value for key, value in answered.json().items() if key != "request_id"}
                    pair.append((answered.status_code, str(body).replace(document_id, "")))
                assert pair[0] == pair[1]
                assert pair[0][0] == 404
            for path, body in (
                (f"{API}/chat", {"question": "Why?", "corpus": "vault", "stream": False}),
                (f"{API}/search", {"query": "Why?", "corpus": "vault"}),
            ):
                closed = await client.post(path, json=body)
                made_up = await client.post(path, json={**body, "corpus": "nowhere"})
                assert (closed.status_code, closed.json()["corpora"]) == (422, ["pumps"])
                assert closed.json()["detail"] == made_up.json()["detail"]
            # Of one corpus that may be known of the name need not be said.
            alone = await client.post(f"{API}/search", json={"query": "heat"})
            assert alone.json()["corpus"] == "pumps"
            writer = readers["writer"].headers
            removed = await client.delete(f"{API}/documents/{documents[f'{SITE}/staff.md']}", headers=writer)
            assert removed.status_code == 404


async def test_what_was_answered_is_withheld_once_its_pages_are_for_others(settings: Settings) -> None:
    async with open_resources(settings) as resources:
        await resources.corpora["pumps"].ingestion.ingest()
        staff = (await readers_of(resources))["staff"]
        body = {"question": "What does the pump of zanzibar cost?", "corpus": "pumps", "stream": False}
        async with open_client(OpenWorld(resources)) as client:
            answered = (await client.post(f"{API}/chat", json=body, headers=staff.headers)).json()
            assert "900 euro" in answered["text"]
            heat = {**body, "question": "At how many degrees does the pump run?"}
            open_one = (await client.post(f"{API}/chat", json=heat, headers=staff.headers)).json()
            assert "40 degrees" in open_one["text"]
            of_both = [answered["conversation_id"], open_one["conversation_id"]]
            for one in of_both:
                assert '"withheld":false' in (await read(client, one, staff)).text
        # The key loses its group.
        assert settings.database_url is not None
        with psycopg.connect(settings.database_url.get_secret_value(), autocommit=True) as admin:
            admin.execute("UPDATE api_keys SET scopes = '[\"reader\"]' WHERE scopes ? 'group:staff'")
        async with open_client(OpenWorld(resources)) as client:
            told = (await read(client, of_both[0], staff)).json()
            question, withheld = told["messages"]
            assert question["text"] == body["question"]
            assert (withheld["text"], withheld["answer"], withheld["withheld"]) == ("", None, True)
            parent = f"{API}/conversations/{of_both[0]}/branches?parent={question['id']}"
            (branch,) = (await client.get(parent, headers=staff.headers)).json()["items"]
            assert branch["text"] == ""
            assert "900 euro" not in (await client.get(f"{API}/me", headers=staff.headers)).text
            assert "40 degrees" in (await read(client, of_both[1], staff)).text
            # A page that was for everybody is closed.
            page = settings.config.parent / "docs" / "open.md"
            page.write_text(f"---\naccess: board\n---\n{PAGES['docs/open.md']}", encoding="utf-8")
            report = await resources.corpora["pumps"].ingestion.ingest()
            assert (report.changed, report.nodes_embedded) == (1, 0)
            assert "40 degrees" not in (await read(client, of_both[1], staff)).text
            again = await client.post(f"{API}/chat", json={**heat, "stream": False}, headers=staff.headers)
            assert again.json()["status"] == "refused"
            assert "40 degrees" not in again.text


async def read(client: httpx.AsyncClient, conversation_id: str, reader: Reader) -> httpx.Response:
    return await client.get(f"{API}/conversations/{conversation_id}", headers=reader.headers)


async def test_a_page_that_does_not_say_clearly_whom_it_is_for_is_not_published(settings: Settings) -> None:
    folder = settings.config.parent / "docs"
    shutil.rmtree(folder / "internal")
    broken = {
        "empty": "access:", "number": "access: 7", "map": "access: {a: b}", "list": "access: [[staff]]",
        "comma": "access: 'a,,b'", "yaml": "access: [staff\ntitle: x",
        "quoted": '"access": [staff', "case": "Access: 7",
    }  # fmt: skip
    for name, said in broken.items():
        (folder / f"{name}.md").write_text(f"---\n{said}\n---\n# Page\n\nThe obelisk stands here.\n", encoding="utf-8")
    (folder / "opened.md").write_text("---\naccess: []\n---\n# Page\n\nEverybody reads.\n", encoding="utf-8")
    async with open_resources(settings) as resources:
        report = await resources.corpora["pumps"].ingestion.ingest()
        assert {failure.path for failure in report.errors} == {f"{name}.md" for name in broken}
        assert report.added == 3
        async with open_client(OpenWorld(resources)) as client:
            assert "obelisk" not in (await client.get("/pumps/llms-full.txt")).text.lower()
            assert "Everybody reads." in (await client.get("/pumps/llms-full.txt")).text


async def test_a_shared_conversation_tells_nobody_of_pages_for_others(settings: Settings) -> None:
    async with open_resources(settings) as resources:
        for corpus in resources.corpora.values():
            await corpus.ingestion.ingest()
        readers = await readers_of(resources)
        staff, board = readers["staff"].headers, readers["board"].headers
        async with open_client(OpenWorld(resources)) as client:

            async def ask(headers: Mapping[str, str], question: str, **more: Any) -> str:
                body = {"question": question, "corpus": "pumps", "stream": False, **more}
                answer = (await client.post(f"{API}/chat", json=body, headers=headers)).json()
                assert answer["status"] == "answered", answer
                return str(answer["conversation_id"])

            async def share(headers: Mapping[str, str], conversation: str) -> str:
                link = await client.put(f"{API}/conversations/{conversation}/share", headers=headers)
                return f"{API}/shared/{link.json()['token']}"

            heat = "At how many degrees does the pump run?"
            mixed = await ask(staff, heat)
            await ask(staff, "What does the pump of zanzibar cost?", conversation_id=mixed)
            await ask(staff, heat, conversation_id=mixed)
            link = await share(staff, mixed)
            # Whoever opens it is told the same: those who may read everything, too.
            for reader in readers.values():
                shown = await client.get(link, headers=reader.headers)
                answers = [one for one in shown.json()["messages"] if one["role"] == "assistant"]
                assert [one["withheld"] for one in answers] == [False, True, True]
                assert "40 degrees" in answers[0]["text"]
                assert "900 euro" not in shown.text
            vault = await share(board, await ask(board, "How high is the obelisk pump?", corpus="vault"))
            for reader in readers.values():
                assert (await client.get(vault, headers=reader.headers)).status_code == 404
            page = settings.config.parent / "docs" / "open.md"
            page.write_text(f"---\naccess: board\n---\n{PAGES['docs/open.md']}", encoding="utf-8")
            await resources.corpora["pumps"].ingestion.ingest()
            assert "40 degrees" not in (await client.get(link)).text
