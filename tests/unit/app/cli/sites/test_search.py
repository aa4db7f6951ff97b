"""The site of a repository is found from its root, whatever its generator and wherever it stands."""

import shlex
from pathlib import Path

import pytest

from app.cli.init import write_corpus_file
from app.cli.sites.search import describe_site
from pipelines.corpus import HtmlSource, MarkdownSource, OpenApiSource, SitemapSource, read_corpora
from storage_config.errors import ConfigurationError
from tests.support.source_files import put, write


def test_docusaurus_in_a_folder_of_the_repository_with_its_docs_beside(tmp_path: Path) -> None:
    write(tmp_path / "README.md")
    write(tmp_path / "docs" / "intro.md")
    write(
        tmp_path / "website" / "docusaurus.config.js",
        """
        // url: 'https://old.site',
        /* baseUrl: '/old/' */
        const config = {
          url: process.env.URL || 'https://my.site', baseUrl: "/p/", trailingSlash: true,
          presets: [['classic', {
            blog: { path: '../blog', routeBasePath: 'news' },
            docs: { sidebarPath: require.resolve('./sidebars.js'), versions: { path: { path: 'x' } }, path: '../docs' },
          }]],
        };
        """,
    )
    site = describe_site(tmp_path)
    assert (site.flavour, site.path, site.base_url) == ("docusaurus", "docs", "https://my.site/p/docs")
    assert site.trailing_slash is True
    write_corpus_file(tmp_path / "footnoted.toml", site, overwrite=False)
    (spec,) = read_corpora(tmp_path / "footnoted.toml").values()
    assert isinstance(spec.source, MarkdownSource)
    assert spec.source.trailing_slash is True


def test_a_route_that_is_no_literal_is_not_guessed(tmp_path: Path) -> None:
    write(tmp_path / "docs" / "intro.md")
    write(
        tmp_path / "docusaurus.config.ts",
        "export default { url: 'https://my.site', baseUrl: base(), presets: [['c', { docs: { path: 'docs' } }]] }",
    )
    assert describe_site(tmp_path).base_url is None


def test_docs_of_a_plugin_where_the_preset_has_none(tmp_path: Path) -> None:
    for name in ("guide", "api"):
        write(tmp_path / name / "intro.md")
    write(
        tmp_path / "docusaurus.config.js",
        """module.exports = { url: 'https://my.site', baseUrl: '/', presets: [['classic', { docs: false }]], plugins: [
        ['@docusaurus/plugin-content-docs', { id: 'guide', path: 'guide', routeBasePath: 'learn' }],
        ['@docusaurus/plugin-content-docs', { id: 'api', path: 'api', routeBasePath: 'api' }]] }""",
    )
    site = describe_site(tmp_path)
    assert (site.path, site.base_url, site.others) == ("guide", "https://my.site/learn", ("api",))


@pytest.mark.parametrize("marks", ["---\nsidebar_position: 2\n---\n# A\n", "import Tabs from '@theme/Tabs';\n\n# A\n"])
def test_pages_written_for_docusaurus_are_no_plain_ones(tmp_path: Path, marks: str) -> None:
    write(tmp_path / "docs" / "a" / "one.mdx", marks)
    assert describe_site(tmp_path).flavour == "docusaurus"
    write(tmp_path / "docs" / "a" / "one.mdx", "# sidebar_position: is a word\n\nimport it\n")
    assert describe_site(tmp_path).flavour == "plain"
    write(tmp_path / "docs" / "a" / "_category_.json", "{}")
    assert describe_site(tmp_path).flavour == "docusaurus"


def test_mkdocs_with_tags_of_its_own_inherited_values_and_flat_urls(tmp_path: Path) -> None:
    write(tmp_path / "project" / "handbook" / "index.md")
    write(tmp_path / "base.yml", "site_url: !ENV [SITE, 'https://my.site/p']\nuse_directory_urls: false\n")
    write(
        tmp_path / "project" / "mkdocs.yml",
        "INHERIT: ../base.yml\ndocs_dir: 'handbook'\nmarkdown_extensions:\n"
        "  - pymdownx.emoji: {emoji_index: !!python/name:material.extensions.emoji.twemoji ''}\n",
    )
    site = describe_site(tmp_path)
    assert (site.flavour, site.path, site.base_url) == ("mkdocs", "project/handbook", "https://my.site/p")
    assert site.trailing_slash is False


def test_what_is_no_page_is_left_out(tmp_path: Path) -> None:
    for name in ("README.md", "CONTRIBUTING.md", "guide.md", "node_modules/x/README.md", "deep/CHANGELOG.md",
                 "build/old.md", "examples/one/README.md", "deep/security.md"):  # fmt: skip
        write(tmp_path / name)
    site = describe_site(tmp_path)
    assert site.path == "."
    assert set(site.exclude) == {
        "README.md", "**/CONTRIBUTING.md", "**/node_modules/**", "**/CHANGELOG.md", "build/**", "examples/**",
    }  # fmt: skip
    write_corpus_file(tmp_path / "footnoted.toml", site, overwrite=False)
    (spec,) = read_corpora(tmp_path / "footnoted.toml").values()
    assert isinstance(spec.source, MarkdownSource)
    assert set(spec.source.exclude) == set(site.exclude)


def test_chapters_of_docs_may_be_called_like_folders_of_a_repository(tmp_path: Path) -> None:
    for name in ("examples/one.md", "build/two.md", "contributing.md", "security.md", "README.md"):
        write(tmp_path / "docs" / name)
    assert describe_site(tmp_path).exclude == ()


def test_a_readme_alone_is_a_page(tmp_path: Path) -> None:
    write(tmp_path / "README.md")
    assert describe_site(tmp_path).exclude == ()


def test_the_site_nearest_to_the_root_of_a_monorepo_and_the_others_named(tmp_path: Path) -> None:
    write(tmp_path / "node_modules" / "theme" / "mkdocs.yml", "site_url: https://wrong.site")
    write(tmp_path / "tests" / "mkdocs.yml", "site_url: https://wrong.site")
    for name in ("b", "a"):
        write(tmp_path / "packages" / name / "docs" / "index.md")
        write(tmp_path / "packages" / name / "mkdocs.yml", f"site_url: https://{name}.site")
    write(tmp_path / "apps" / "web" / "inner" / "docusaurus.config.js", "module.exports = {}")
    site = describe_site(tmp_path)
    assert (site.path, site.base_url) == ("packages/a/docs", "https://a.site")
    assert "packages/b/docs" in site.others


@pytest.mark.parametrize(
    ("files", "generator", "path", "base_url", "build"),
    [
        ({"docs/conf.py": "extensions = []\nhtml_baseurl = 'https://my.site/d/'", "docs/index.rst": "x"},
         "Sphinx", "docs/_build/html", "https://my.site/d", "sphinx-build -b html docs docs/_build/html"),
        ({"docs/conf.py": "extensions = []\nhtml_baseurl = os.environ.get('CANONICAL_URL', '')", "docs/index.rst": "x"},
         "Sphinx", "docs/_build/html", None, "sphinx-build -b html docs docs/_build/html"),
        ({"docs/source/conf.py": "html_theme = 'furo'", "docs/source/index.md": "x"},
         "Sphinx", "docs/build/html", None, "sphinx-build -b html docs/source docs/build/html"),
        ({"hugo.toml": 'baseURL = "https://my.site/"', "content/a.md": "x"},
         "Hugo", "public", "https://my.site", "hugo -s ."),
        ({"site/config.yaml": "baseURL: https://my.site/x/", "site/content/a.md": "x"},
         "Hugo", "site/public", "https://my.site/x", "hugo -s site"),
        ({"web/next.config.mjs": "import nextra from 'nextra'", "web/pages/a.mdx": "x"},
         "Nextra", "web/out", None, "npx next build web"),
        ({"package.json": '{"dependencies": {"nextra": "4"}}', "next.config.js": "module.exports = {}"},
         "Nextra", "out", None, "npx next build ."),
        ({"docs/astro.config.mjs": "import starlight from 'starlight'\nexport default c({ site: 'https://my.site' })"},
         "Starlight", "docs/dist", "https://my.site", "npx astro build --root docs"),
        ({"_config.yml": "title: x", "_toc.yml": "root: x", "x.md": "x"},
         "Jupyter Book", "_build/html", None, "jupyter-book build ."),
        ({"docs/one.adoc": "= One", "docs/two.adoc": "= Two", "docs/README.md": "x"},
         "AsciiDoc", "docs/_build/html", None, "asciidoctor -R docs -D docs/_build/html 'docs/**/*.adoc'"),
        ({"docs/index.rst": "One\n==="}, "reStructuredText", "docs/_build/html", None, None),
        ({"_config.yml": "url: https://my.site\nbaseurl: /b", "index.md": "x"},
         "Jekyll", "_site", "https://my.site/b", "bundle exec jekyll build -s . -d _site"),
    ],
)  # fmt: skip
def test_a_format_that_is_not_read_is_named_and_read_as_it_is_built(
    tmp_path: Path, files: dict[str, str], generator: str, path: str, base_url: str | None, build: str | None
) -> None:
    put(tmp_path, **files)
    site = describe_site(tmp_path)
    assert (site.generator, site.kind, site.path, site.base_url) == (generator, "html", path, base_url)
    assert site.build == tuple(shlex.split(build or ""))
    (tmp_path / path).mkdir(parents=True, exist_ok=True)
    write_corpus_file(tmp_path / "footnoted.toml", site, overwrite=False)
    (spec,) = read_corpora(tmp_path / "footnoted.toml").values()
    assert isinstance(spec.source, HtmlSource)
    assert spec.source.build == site.build
    text = (tmp_path / "footnoted.toml").read_text()
    assert f"# {generator} is not read itself" in text


def test_a_hosted_generator_is_read_by_its_sitemap(tmp_path: Path) -> None:
    put(tmp_path, **{"docs.json": '{"$schema": "https://mintlify.com/docs.json"}', "intro.mdx": "x"})
    site = describe_site(tmp_path)
    assert (site.generator, site.kind) == ("Mintlify", "sitemap")
    write_corpus_file(tmp_path / "footnoted.toml", site, overwrite=False)
    (spec,) = read_corpora(tmp_path / "footnoted.toml").values()
    assert isinstance(spec.source, SitemapSource)
    assert spec.has_placeholder_url


def test_configurations_of_others_are_not_taken_for_a_site(tmp_path: Path) -> None:
    put(tmp_path, **{
        "conf.py": "DEBUG = True", "next.config.js": "module.exports = {}", "config.json": '{"baseURL": "/"}',
        "docs/a.md": "# A\n",
    })  # fmt: skip
    assert (describe_site(tmp_path).kind, describe_site(tmp_path).path) == ("markdown", "docs")


def test_vitepress_by_its_configuration(tmp_path: Path) -> None:
    write(tmp_path / "docs" / "src" / "index.md")
    write(
        tmp_path / "docs" / ".vitepress" / "config.mts",
        "export default defineConfig({ base: '/p/', srcDir: './src', cleanUrls: true, "
        "sitemap: { hostname: 'https://my.site' } })",
    )
    site = describe_site(tmp_path)
    assert (site.flavour, site.path, site.base_url) == ("vitepress", "docs/src", "https://my.site/p")
    assert site.trailing_slash is False


def test_a_book_is_read_as_markdown_unless_others_work_on_its_pages(tmp_path: Path) -> None:
    write(tmp_path / "guide" / "chapters" / "SUMMARY.md", "- [One](one.md)\n")
    config = '[book]\nsrc = "chapters"\n[output.html]\ncname = "my.site"\nsite-url = "/b/"\n[preprocessor.links]\n'
    write(tmp_path / "guide" / "book.toml", config)
    site = describe_site(tmp_path)
    assert (site.kind, site.flavour, site.path, site.base_url) == (
        "markdown", "mdbook", "guide/chapters", "https://my.site/b",
    )  # fmt: skip
    write(tmp_path / "guide" / "book.toml", f"{config}[preprocessor.other]\n")
    site = describe_site(tmp_path)
    assert (site.kind, site.path, site.generator) == ("html", "guide/book", "mdBook")


def test_starlight_is_read_as_markdown(tmp_path: Path) -> None:
    write(tmp_path / "docs" / "src" / "content" / "docs" / "index.mdx")
    config = tmp_path / "docs" / "astro.config.mjs"
    write(
        config,
        "export default defineConfig({ site: 'https://my.site', base: '/p', trailingSlash: 'never', ...starlight() })",
    )
    site = describe_site(tmp_path)
    assert (site.flavour, site.path, site.base_url) == ("starlight", "docs/src/content/docs", "https://my.site/p")
    assert site.trailing_slash is False


@pytest.mark.parametrize(
    ("files", "path", "others"),
    [
        ({"README.md": "x", "notebooks/a.ipynb": "{}"}, "notebooks", ()),
        (
            {"docs/a.md": "x", "docs/b.ipynb": "{}", "docs/openapi.yaml": "openapi: 3.1.0\n"},
            "docs",
            ("docs/openapi.yaml",),
        ),
    ],
)
def test_notebooks_are_pages(tmp_path: Path, files: dict[str, str], path: str, others: tuple[str, ...]) -> None:
    put(tmp_path, **files)
    site = describe_site(tmp_path)
    assert (site.kind, site.path, site.others) == ("markdown", path, others)
    write_corpus_file(tmp_path / "footnoted.toml", site, overwrite=False)
    (spec,) = read_corpora(tmp_path / "footnoted.toml").values()
    assert isinstance(spec.source, MarkdownSource)
    assert "**/*.ipynb" in spec.source.include


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("openapi.json", '{\n  "openapi": "3.0.3", "info": {}}', True),
        ("openapi.json", '{"openapi":"3.1.0"}', True),
        ("api/swagger.yml", "# ours\nopenapi: '3.1.0'\n", True),
        ("swagger.yaml", "swagger: '2.0'\n", False),
    ],
)
def test_an_openapi_document_alone_is_the_source(tmp_path: Path, name: str, text: str, found: bool) -> None:
    write(tmp_path / name, text)
    if not found:
        with pytest.raises(ConfigurationError):
            describe_site(tmp_path)
        return
    site = describe_site(tmp_path)
    assert (site.kind, site.path) == ("openapi", name)
    write_corpus_file(tmp_path / "footnoted.toml", site, overwrite=False)
    (spec,) = read_corpora(tmp_path / "footnoted.toml").values()
    assert isinstance(spec.source, OpenApiSource)


def test_a_configuration_of_zensical_has_the_values_of_mkdocs(tmp_path: Path) -> None:
    write(tmp_path / "handbook" / "index.md")
    told = 'site_url = "https://my.site/p"\ndocs_dir = "handbook"\nuse_directory_urls = false\n'
    write(tmp_path / "zensical.toml", f"[project]\n{told}")
    site = describe_site(tmp_path)
    assert (site.flavour, site.path, site.base_url) == ("mkdocs", "handbook", "https://my.site/p")
    assert site.trailing_slash is False
    write(tmp_path / "zensical.toml", "[project\n")
    with pytest.raises(ConfigurationError, match=r"zensical\.toml: is no TOML"):
        describe_site(tmp_path)
