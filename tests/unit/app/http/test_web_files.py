"""Files in memory, compressed for whom that suits."""

import gzip
from pathlib import Path

import pytest

from app.http.web_files import accepts_gzip, read_web_files
from app.routes import web
from storage_config.settings import Settings
from tests.support.fakes import answered_script
from tests.support.serving import build_world, open_client

WEB = Path(web.__file__).parents[1] / "web"
NOTHING = {"accept-encoding": "identity"}


@pytest.mark.parametrize(
    ("field", "accepted"),
    [
        ("gzip", True),
        ("gzip, deflate, br, zstd", True),
        ("deflate, GZIP;q=0.5", True),
        ("x-gzip", True),
        ("*", True),
        ("br;q=1.0, *;q=0.1", True),
        ("gzip ; q=0.001", True),
        ("", False),
        ("identity", False),
        ("br, zstd", False),
        ("gzip;q=0", False),
        ("gzip;q=0.000, *", False),
        ("gzip; Q=0", False),
        ("*;q=0", False),
        ("gzip;q=plenty", False),
        ("gzipped", False),
        (";;,,=;q", False),
    ],
)
def test_gzip_is_for_whom_says_so(field: str, accepted: bool) -> None:
    assert accepts_gzip(field) is accepted


def test_only_files_that_browsers_load_are_read(tmp_path: Path) -> None:
    for name in ("a.mjs", "b.css", "c.py", ".env", "d.pem"):
        (tmp_path / name).write_text(name)
    (tmp_path / "inner").mkdir()
    assert {name: file.media_type for name, file in read_web_files(tmp_path).items()} == {
        "a.mjs": "text/javascript", "b.css": "text/css",
    }  # fmt: skip


async def test_every_file_comes_compressed_or_as_it_is() -> None:
    files = read_web_files(WEB)
    assert len(files) > 20
    async with open_client(build_world(answered_script())) as client:
        for name, file in files.items():
            async with client.stream("GET", f"/assets/{name}", headers={"accept-encoding": "gzip"}) as response:
                sent = b"".join([chunk async for chunk in response.aiter_raw()])
            plain = await client.get(f"/assets/{name}", headers=NOTHING)
            assert response.headers["content-encoding"] == "gzip"
            assert int(response.headers["content-length"]) == len(sent)
            assert gzip.decompress(sent) == plain.content == file.body
            assert "content-encoding" not in plain.headers
            assert response.headers["etag"] != plain.headers["etag"]
            assert response.headers["vary"] == plain.headers["vary"] == "accept-encoding, Origin"
            assert response.headers["content-type"] == plain.headers["content-type"]


@pytest.mark.parametrize("path", ["/", "/shared", "/owner", "/assets/answer.mjs"])
@pytest.mark.parametrize("encoding", ["gzip", "identity"])
async def test_what_a_client_has_is_not_sent_again(path: str, encoding: str) -> None:
    async with open_client(build_world(answered_script())) as client:
        client.headers["accept-encoding"] = encoding
        first = await client.get(path)
        tag = first.headers["etag"]
        again = [
            await client.get(path, headers={"if-none-match": known})
            for known in (tag, f'"other", {tag}', f"W/{tag}", "*")
        ]
        other = await client.get(path, headers={"if-none-match": '"other"'})
    assert {response.status_code for response in again} == {304}
    assert all(response.content == b"" for response in again)
    # What a cache takes over into its copy is as it was there.
    for name in ("etag", "vary", "content-security-policy", "cache-control"):
        assert {response.headers.get(name) for response in again} == {first.headers.get(name)}
    assert (other.status_code, other.content) == (200, first.content)


async def test_one_encoding_is_not_taken_for_the_other() -> None:
    async with open_client(build_world(answered_script())) as client:
        gzipped = await client.get("/assets/answer.mjs", headers={"accept-encoding": "gzip"})
        plain = await client.get(
            "/assets/answer.mjs", headers={"accept-encoding": "identity", "if-none-match": gzipped.headers["etag"]}
        )
    assert plain.status_code == 200
    assert plain.content == gzipped.content


async def test_a_page_of_another_origin_reads_a_compressed_file() -> None:
    origin = "https://docs.example.org"
    settings = Settings(_env_file=None, allowed_origins=[origin])
    async with open_client(build_world(answered_script(), settings=settings)) as client:
        response = await client.get("/assets/answer.mjs", headers={"origin": origin})
    assert response.headers["access-control-allow-origin"] == origin
    assert response.headers["vary"] == "accept-encoding, Origin"
