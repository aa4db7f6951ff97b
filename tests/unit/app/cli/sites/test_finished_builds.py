"""A build that is there is read as it stands, and its changelog is left out like that of markdown pages."""

from pathlib import Path, PurePosixPath

import pytest

from app.cli.init import write_corpus_file
from app.cli.sites.search import describe_site
from pipelines.corpus import HtmlSource, read_corpora
from pipelines.readers.source_folder import matches
from tests.support.source_files import put

_SPHINX = {"docs/conf.py": "extensions = []", "docs/index.rst": "x"}


def _source(root: Path) -> HtmlSource:
    """As the file that is written declares it."""
    write_corpus_file(root / "footnoted.toml", describe_site(root), overwrite=True)
    (spec,) = read_corpora(root / "footnoted.toml", need_folders=False).values()
    assert isinstance(spec.source, HtmlSource)
    return spec.source


@pytest.mark.parametrize(
    ("files", "built", "mark", "build"),
    [
        (_SPHINX, "html", "objects.inv", "sphinx-build -b html docs html"),
        (_SPHINX, "public", ".buildinfo", "sphinx-build -b html docs public"),
        (_SPHINX, "docs/_build/html", "", "sphinx-build -b html docs docs/_build/html"),
        (_SPHINX, "docs/_build/dirhtml", "objects.inv", ""),
        ({"docs/source/conf.py": "html_theme = 'furo'"}, "docs/build/html", "",
         "sphinx-build -b html docs/source docs/build/html"),
        ({"docs/index.rst": "One\n==="}, "site", "objects.inv", ""),
        ({"web/hugo.toml": "title = 'x'", "web/content/a.md": "x"}, "web/public", "", "hugo -s web"),
    ],
)  # fmt: skip
def test_a_finished_build_is_read_and_its_command_kept_as_a_comment(
    tmp_path: Path, files: dict[str, str], built: str, mark: str, build: str
) -> None:
    page = '<link rel="canonical" href="https://my.site/d/index.html">'
    put(tmp_path, **files, **{f"{built}/index.html": page}, **({f"{built}/{mark}": ""} if mark else {}))
    site = describe_site(tmp_path)
    assert (site.path, site.is_built, site.base_url) == (built, True, "https://my.site/d")
    assert _source(tmp_path).build == ()
    text = (tmp_path / "footnoted.toml").read_text()
    assert "its finished build is" in text
    words = ", ".join(f'"{word}"' for word in build.split())
    assert (f"# build = [{words}]" in text) if build else ("build = " not in text)


@pytest.mark.parametrize(
    ("generator", "found"), [("Hugo 0.168.0", True), ("MkDocs 1.6", False), (None, False)]
)  # fmt: skip
def test_only_what_the_generator_made_is_its_build(tmp_path: Path, generator: str | None, found: bool) -> None:
    head = f'<meta name="generator" content="{generator}">' if generator else ""
    put(
        tmp_path, **{"web/hugo.toml": "title = 'x'", "web/content/a.md": "x", "site/index.html": f"<head>{head}</head>"}
    )
    site = describe_site(tmp_path)
    assert (site.path, site.is_built, site.build) == (
        ("site", True, ()) if found else ("web/public", False, ("hugo", "-s", "web"))
    )


def test_a_page_of_something_else_is_no_build_of_sphinx(tmp_path: Path) -> None:
    put(tmp_path, **_SPHINX, **{"public/index.html": "<div id=app></div>"})
    assert (describe_site(tmp_path).path, describe_site(tmp_path).is_built) == ("docs/_build/html", False)


@pytest.mark.parametrize("others", [{}, _SPHINX])
def test_of_built_pages_releases_are_left_out(tmp_path: Path, others: dict[str, str]) -> None:
    pages = ("index", "api/changes", "changelog", "release-notes", "release_notes-1.2", "news/index", "CONTRIBUTING",
             "changing", "release-process", "contributing", "newsletter/index")  # fmt: skip
    put(tmp_path, **others, **{f"html/{name}.html": "x" for name in pages}, **{"html/objects.inv": ""})
    assert set(_source(tmp_path).exclude) == {
        "**/changes.html", "**/changelog.html", "**/release-notes.html", "**/release_notes-1.2.html",
        "**/news/index.html", "**/CONTRIBUTING.html",
    }  # fmt: skip


def test_of_pages_that_are_not_built_yet_they_are_known_by_their_sources(tmp_path: Path) -> None:
    put(tmp_path, **_SPHINX, **{"docs/changelog.md": "x", "docs/changelog.toml": "x", "docs/guide.rst": "x"})
    excluded = _source(tmp_path).exclude
    assert excluded == ("**/changelog{.html,/index.html}",)
    named = [name for name in ("changelog.html", "a/changelog.html", "changelog/index.html", "changelog/1.html")
             if matches(PurePosixPath(name), excluded)]  # fmt: skip
    assert named == ["changelog.html", "a/changelog.html", "changelog/index.html"]


def test_markdown_pages_of_releases_have_the_same_names(tmp_path: Path) -> None:
    put(tmp_path, **{f"docs/{name}.md": "x" for name in ("index", "changes", "news", "release-notes-2.0", "changing")})
    assert set(describe_site(tmp_path).exclude) == {"**/changes.md", "**/news.md", "**/release-notes-2.0.md"}
