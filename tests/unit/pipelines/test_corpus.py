"""The corpus file: what it may say, and errors that name file, key and what is allowed."""

from pathlib import Path
from typing import Any

import pytest

from pipelines.corpus import CorpusSpec, MarkdownSource, choose_corpus, corpus_fingerprint, read_corpora
from pipelines.errors import UnknownCorpus
from storage_config.errors import ConfigurationError

MINIMAL = """
[corpora.handbook]
source = { kind = "markdown", path = "docs" }
base_url = "https://example.org/docs/"
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    return tmp_path


def read(site: Path, text: str) -> dict[str, CorpusSpec]:
    path = site / "footnoted.toml"
    path.write_text(text, encoding="utf-8")
    return read_corpora(path)


def test_a_minimal_file_gets_the_defaults(site: Path) -> None:
    spec = read(site, MINIMAL)["handbook"]
    assert spec.name == "handbook"
    assert spec.base_url == "https://example.org/docs"
    assert spec.source_folders == ((site / "docs").resolve(),)
    assert (spec.chunk.max_tokens, spec.chunk.overlap_tokens) == (256, 32)
    assert (spec.embedding, spec.llm, spec.rerank, spec.grounding) == ("local/minilm", ("extractive",), "none", "flag")
    assert isinstance(spec.source, MarkdownSource)
    assert spec.source.flavour == "plain"


def test_everything_can_be_said(site: Path) -> None:
    spec = read(
        site,
        """
        [corpora.handbook]
        source = { kind = "markdown", path = "docs", include = ["**/*.mdx"], trailing_slash = true }
        base_url = "https://example.org"
        chunk = { max_tokens = 128, overlap_tokens = 0 }
        embedding = "cohere/embed-v4.0"
        embedding_dimension = 512
        llm = ["vendor/one", "vendor/two:free"]
        rerank = "cohere/rerank-v3.5"
        grounding = "strict"
        source_quality = [ { match = "references/**", quality = "peer_reviewed" } ]
        citation_style = "ieee"
        """,
    )["handbook"]
    assert spec.llm == ("vendor/one", "vendor/two:free")
    assert spec.source_quality[0].quality == "peer_reviewed"


def test_only_an_ingestion_needs_the_folder(site: Path) -> None:
    (site / "footnoted.toml").write_text(MINIMAL.replace('"docs"', '"gone"'))
    assert read_corpora(site / "footnoted.toml", need_folders=False)["handbook"].name == "handbook"


def test_several_corpora_keep_their_order(site: Path) -> None:
    assert list(read(site, MINIMAL + MINIMAL.replace("handbook", "api"))) == ["handbook", "api"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("base_url", "base_urls"), ["corpora.handbook.base_urls", "Did you mean base_url?", "base_url: is missing"]),
        (('path = "docs"', 'path = "docs", flavor = "plain"'), ["source.flavor", "Did you mean flavour?"]),
        (('kind = "markdown"', 'kind = "word"'), ["corpora.handbook.source.kind", "markdown, html, pdf", "not 'word'"]),
        (('path = "docs"', 'path = "nowhere"'), ["corpora.handbook.source.path", "nowhere"]),
        (
            ("https://example.org/docs/", "example.org"),
            ["handbook.base_url", "begin with https://", "not 'example.org'"],
        ),
        (("[corpora.handbook]", '[corpora."Hand Book"]'), ["Hand Book", "lower-case letters"]),
        (('base_url = "', "base_url = "), ["is no TOML", "base_url = https"]),
        (('kind = "markdown", ', ""), ["corpora.handbook.source.kind", "is missing", "sitemap"]),
        (
            ("[corpora.handbook]", '[corpora.handbook]\nrerank = "yes"'),
            ["none, cohere/MODEL or cross-encoder/FOLDER"],
        ),
        (("[corpora.handbook]", "[corpus.handbook]"), ["corpus", "Allowed: corpora"]),
        (("[corpora.handbook]", '[corpora.handbook]\nname = "x"'), ["corpora.handbook.name", "unknown key"]),
        (("[corpora.handbook]", '[corpora.handbook]\ngrounding = "maybe"'), ["'flag', 'strict' or 'off'", "maybe"]),
        (("[corpora.handbook]", '[corpora.handbook]\nllm = ["gpt"]'), ["gpt", "extractive"]),
        (("[corpora.handbook]", "[corpora.handbook]\nllm = []"), ["corpora.handbook.llm"]),
        (
            ("[corpora.handbook]", "[corpora.handbook]\nllm_options = { temperatur = 1 }"),
            ["llm_options.temperatur", "Did you mean temperature?"],
        ),
        (
            ("[corpora.handbook]", "[corpora.handbook]\nllm_options = { temperature = 3 }"),
            ["llm_options.temperature", "less than or equal to 2"],
        ),
        (("[corpora.handbook]", '[corpora.handbook]\nllm = ["a/b", "extractive"]'), ["stands alone"]),
        (("[corpora.handbook]", "[corpora.handbook]\nembedding_dimension = 512"), ["384"]),
        (("[corpora.handbook]", "[corpora.handbook]\nchunk = { max_tokens = 9 }"), ["chunk.max_tokens", "64"]),
        (
            ("[corpora.handbook]", "[corpora.handbook]\nchunk = { max_tokens = 100, overlap_tokens = 60 }"),
            ["half of max_tokens"],
        ),
        (
            ("[corpora.handbook]", '[corpora.handbook]\nsource_quality = [{ match = "**", quality = "good" }]'),
            ["source_quality.0.quality", "'peer_reviewed'"],
        ),
        (("[corpora.handbook]", "[corpora.handbook"), ["footnoted.toml", "line 2"]),
    ],
)
def test_an_error_names_file_key_and_what_is_allowed(site: Path, change: tuple[str, str], named: list[str]) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read(site, MINIMAL.replace(*change))
    for part in ["footnoted.toml", *named]:
        assert part in str(raised.value)


def test_every_problem_is_named_at_once(site: Path) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read(site, MINIMAL + 'grounding = "x"\nrerank = "y"\n')
    assert "grounding" in str(raised.value)
    assert "rerank" in str(raised.value)


def test_a_missing_file_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="footnoted init"):
        read_corpora(tmp_path / "footnoted.toml")


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "footnoted.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigurationError, match=r"footnoted\.toml"):
        read_corpora(tmp_path / "footnoted.toml")


def fingerprint(spec: CorpusSpec, **changes: Any) -> str:
    shape: dict[str, Any] = {"embed_model_hash": "a", "dimension": 384, "bm25": {"k": 1.2}}
    return corpus_fingerprint(spec, **{**shape, **changes})


def test_the_fingerprint_follows_what_shapes_vectors_and_nothing_else(site: Path) -> None:
    spec = read(site, MINIMAL)["handbook"]
    answered_otherwise = spec.model_copy(update={"grounding": "strict", "llm": ("a/b",), "citation_style": "ieee"})
    assert fingerprint(spec) == fingerprint(answered_otherwise)
    split_otherwise = spec.model_copy(update={"chunk": spec.chunk.model_copy(update={"max_tokens": 128})})
    shapes = {
        fingerprint(spec),
        fingerprint(split_otherwise),
        fingerprint(spec, embed_model_hash="b"),
        fingerprint(spec, dimension=512),
        fingerprint(spec, bm25={"k": 1.3}),
    }
    assert len(shapes) == 5


@pytest.mark.parametrize(("name", "names", "chosen"), [(None, ["a"], "a"), ("b", ["a", "b"], "b")])
def test_the_corpus_that_is_meant(name: str | None, names: list[str], chosen: str) -> None:
    assert choose_corpus(name, names) == chosen


@pytest.mark.parametrize(("name", "names"), [(None, ["a", "b"]), ("c", ["a", "b"]), ("c", ["a"]), (None, [])])
def test_a_corpus_that_is_not_named_is_told_the_names(name: str | None, names: list[str]) -> None:
    with pytest.raises(UnknownCorpus) as caught:
        choose_corpus(name, names)
    assert caught.value.names == tuple(names)


@pytest.mark.parametrize(
    ("url", "placeholder"),
    [
        ("https://example.org/docs", True),
        ("https://your-site.example.com", True),
        ("https://my.site/example.org", False),
        ("https://myexample.org", False),
    ],
)
def test_an_address_that_is_nobodys_is_known(tmp_path: Path, url: str, placeholder: bool) -> None:
    source = MarkdownSource(kind="markdown", path=Path())
    spec = CorpusSpec(name="site", folder=tmp_path, source=source, base_url=url)
    assert spec.has_placeholder_url is placeholder
