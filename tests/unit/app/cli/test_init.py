"""`footnoted init` looks at a folder and writes a file that the reader of corpus files takes."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.init import write_corpus_file
from app.cli.main import app
from app.cli.sites.guess import SiteGuess
from app.cli.sites.search import describe_site
from pipelines.corpus import HtmlSource, MarkdownSource, PdfSource, read_corpora
from storage_config.errors import ConfigurationError
from tests.support.source_files import put


def page(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "intro.md").write_text("# Hello\n")


def test_docusaurus_is_known_by_its_configuration(tmp_path: Path) -> None:
    page(tmp_path / "handbook")
    (tmp_path / "docusaurus.config.ts").write_text(
        "export default { url: 'https://my.site', baseUrl: '/project/', "
        "presets: [['classic', { docs: { path: 'handbook', routeBasePath: 'book' } }]] }"
    )
    site = describe_site(tmp_path)
    assert (site.flavour, site.path, site.base_url) == ("docusaurus", "handbook", "https://my.site/project/book")


def test_docusaurus_blog_is_not_taken_for_its_docs(tmp_path: Path) -> None:
    page(tmp_path / "blog")
    page(tmp_path / "docs")
    (tmp_path / "docusaurus.config.js").write_text(
        "module.exports = { url: 'https://my.site', baseUrl: '/', presets: [['classic', "
        "{ blog: { path: 'blog', routeBasePath: 'news' }, docs: { routeBasePath: '/' } }]] }"
    )
    site = describe_site(tmp_path)
    assert (site.path, site.base_url) == ("docs", "https://my.site")


def test_docusaurus_defaults(tmp_path: Path) -> None:
    page(tmp_path / "docs")
    (tmp_path / "docusaurus.config.js").write_text('module.exports = { url: "https://my.site", baseUrl: "/" }')
    site = describe_site(tmp_path)
    assert (site.path, site.base_url) == ("docs", "https://my.site/docs")


def test_mkdocs_is_known_by_its_configuration(tmp_path: Path) -> None:
    page(tmp_path / "pages")
    (tmp_path / "mkdocs.yml").write_text("site_name: x\nsite_url: https://my.site/p/\ndocs_dir: pages\n")
    site = describe_site(tmp_path)
    assert (site.flavour, site.path, site.base_url) == ("mkdocs", "pages", "https://my.site/p/")


def test_a_folder_of_markdown_is_plain(tmp_path: Path) -> None:
    page(tmp_path / "docs" / "deep")
    assert describe_site(tmp_path).path == "docs"
    assert describe_site(tmp_path).base_url is None


def test_a_built_site_is_known_by_its_first_page(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# How to build this site\n")
    (tmp_path / "_build" / "html").mkdir(parents=True)
    index = tmp_path / "_build" / "html" / "index.html"
    index.write_text('<head><link rel="canonical" href="https://my.site/docs/index.html"></head>')
    site = describe_site(tmp_path)
    assert (site.kind, site.path, site.base_url) == ("html", "_build/html", "https://my.site/docs")
    assert site.what == "a built HTML site"
    write_corpus_file(tmp_path / "footnoted.toml", site, overwrite=False)
    (spec,) = read_corpora(tmp_path / "footnoted.toml").values()
    assert isinstance(spec.source, HtmlSource)
    assert spec.base_url == "https://my.site/docs"
    index.write_text("<head></head>")
    assert describe_site(tmp_path).base_url is None


@pytest.mark.parametrize(
    ("files", "path"),
    [
        (("README.md", "docs/index.html"), "docs"),
        (("docs/index.de.html", "docs/ch01.de.html"), "docs"),
        (("cover.htm", "chapters/one.htm"), "."),
        (("html/start.html", "paper.pdf", "notes/talk.html"), "html"),
        (("chapters/a.html", "chapters/b.html", "chapters/c.html", "src/shell.html"), "."),
        (("build/start.html",), "build"),
        (("build/html/start.html",), "build/html"),
        (("src/index.html",), "src"),
    ],
)
def test_html_pages_are_a_site_wherever_they_stand_and_whatever_they_are_called(
    tmp_path: Path, files: tuple[str, ...], path: str
) -> None:
    put(tmp_path, **dict.fromkeys(files, "<h1>A page</h1><p>Text.</p>"))
    site = describe_site(tmp_path)
    assert (site.kind, site.path) == ("html", path)


@pytest.mark.parametrize("shell", ["src/index.html", "pages/index.html", "build/start.html"])
def test_the_shell_of_an_app_is_no_site_where_there_are_pages(tmp_path: Path, shell: str) -> None:
    put(tmp_path, **{"README.md": "# A", "guide/a.md": "# B", "guide/b.md": "# C", shell: "<h1>App</h1>"})
    site = describe_site(tmp_path)
    assert (site.kind, site.path) == ("markdown", ".")


def test_reports_and_fixtures_are_no_pages_of_a_repository(tmp_path: Path) -> None:
    pages = ("cover.html", "chapters/one.html", "coverage/report.html", "tests/fixtures/f.html")
    put(tmp_path, **dict.fromkeys(pages, "<h1>A page</h1>"))
    assert describe_site(tmp_path).exclude == ("coverage/**", "tests/**")
    (tmp_path / "index.html").write_text("<h1>A site</h1>")  # whose chapters may be called so
    assert describe_site(tmp_path).exclude == ()


def test_a_folder_of_pdf_files(tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "one.pdf").write_bytes(b"%PDF-1.7")
    site = describe_site(tmp_path)
    assert (site.kind, site.path, site.what) == ("pdf", ".", "a collection of PDF files")
    write_corpus_file(tmp_path / "footnoted.toml", site, overwrite=False)
    (spec,) = read_corpora(tmp_path / "footnoted.toml").values()
    assert isinstance(spec.source, PdfSource)


def test_a_folder_without_pages_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no markdown, HTML or PDF file"):
        describe_site(tmp_path)


@pytest.mark.parametrize("name", ["My Site!", "ünï", "a" * 40])
def test_what_is_written_can_be_read(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    page(folder / "docs")
    path = folder / "footnoted.toml"
    write_corpus_file(path, describe_site(folder), overwrite=False)
    (spec,) = read_corpora(path).values()
    assert isinstance(spec.source, MarkdownSource)
    assert spec.source_folders == ((folder / "docs").resolve(),)


def test_every_commented_default_is_a_valid_line(tmp_path: Path) -> None:
    page(tmp_path / "docs")
    path = tmp_path / "footnoted.toml"
    write_corpus_file(path, SiteGuess("site", "plain", "docs", "https://my.site"), overwrite=False)
    lines = [line.removeprefix("# ") if " = " in line else line for line in path.read_text().splitlines()]
    path.write_text("\n".join(lines))
    assert read_corpora(path)["site"].grounding == "flag"


@pytest.mark.parametrize(
    ("files", "quality"),
    [
        (("docs/intro.md",), "official"),
        (("mkdocs.yml", "docs/intro.md"), "official"),
        (("html/index.html", "html/objects.inv"), "official"),
        (("docs/conf.py", "docs/index.rst"), "official"),
        (("docs.json", "intro.mdx"), "official"),
        (("openapi.json",), "official"),
        (("papers/one.pdf",), None),
    ],
)
def test_the_pages_of_a_site_are_its_own_word(tmp_path: Path, files: tuple[str, ...], quality: str | None) -> None:
    said = {"docs/conf.py": "extensions = []", "openapi.json": '{"openapi": "3.1.0"}', "docs.json": '"navigation"'}
    for name in files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(said.get(name, ""))
    write_corpus_file(tmp_path / "footnoted.toml", describe_site(tmp_path), overwrite=False)
    (spec,) = read_corpora(tmp_path / "footnoted.toml", need_folders=False).values()
    assert [(rule.match, rule.quality) for rule in spec.source_quality] == ([("**", quality)] if quality else [])


def test_a_file_that_is_there_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "footnoted.toml"
    path.write_text("mine")
    with pytest.raises(ConfigurationError, match="--force"):
        write_corpus_file(path, SiteGuess("site", "plain", "docs", None), overwrite=False)
    assert path.read_text() == "mine"


def test_it_says_which_files_are_left_out(tmp_path: Path) -> None:
    page(tmp_path / "docs")
    (tmp_path / "docs" / "changes.md").write_text("# Changes\n\n1.0\n")
    said = CliRunner().invoke(app, ["init", "--config", str(tmp_path / "footnoted.toml")])
    assert said.exit_code == 0
    assert "**/changes.md" in said.output
    assert 'exclude = ["**/changes.md"]' in (tmp_path / "footnoted.toml").read_text()
