"""Versions and languages of a site: what init says of them is what the readers need."""

from pathlib import Path

from llama_index.core.schema import Document

from app.cli.init import write_corpus_file
from app.cli.sites.search import describe_site
from pipelines.corpus import CorpusSpec, MarkdownSource, read_corpora
from pipelines.readers.sources import read_documents
from tests.support.docusaurus_site import BUILT, write_docusaurus_site
from tests.support.mkdocs_sites import BUILT_BY_SUFFIX, BY_SUFFIX, SITE, write_pages


def write(path: Path, text: str = "# Hello\n") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def read_spec(root: Path, *, init: bool = True) -> CorpusSpec:
    """The corpus file that is there, or that init writes now."""
    if init:
        write_corpus_file(root / "footnoted.toml", describe_site(root), overwrite=True)
    (spec,) = read_corpora(root / "footnoted.toml").values()
    assert isinstance(spec.source, MarkdownSource)
    return spec


def read_pages(root: Path, *, init: bool = True) -> dict[str, str]:
    """Addresses of the pages by their uris, as the corpus file has them read."""
    pages = read_documents(read_spec(root, init=init), max_page_chars=100_000)
    return {page.metadata["uri"]: page.metadata["url"] for page in pages if isinstance(page, Document)}


def test_the_current_version_of_versioned_docs_is_read(tmp_path: Path) -> None:
    write(tmp_path / "docs" / "intro.md")
    write(tmp_path / "versioned_docs" / "version-2.1" / "intro.md")
    write(tmp_path / "versions.json", '["2.1", "2.0"]')
    config = "module.exports = { url: 'https://my.site', baseUrl: '/', presets: [['c', { docs: { path: 'docs'%s } }]] }"
    write(tmp_path / "docusaurus.config.js", config % "")
    site = describe_site(tmp_path)
    assert (site.path, site.versions, site.site) == ("docs", ("next", "2.0"), {})
    assert site.note == "Read is the version that readers get by default, 2.1."
    assert read_pages(tmp_path) == {"intro.md": "https://my.site/docs/intro"}
    write(tmp_path / "docusaurus.config.js", config % ", lastVersion: 'current'")
    assert describe_site(tmp_path).site == {"default_version": "current"}
    assert describe_site(tmp_path).versions == ("2.1", "2.0")
    write(tmp_path / "docusaurus.config.js", config % ", disableVersioning: true")
    assert (describe_site(tmp_path).site, describe_site(tmp_path).versions) == ({"default_version": "current"}, ())


def test_the_current_version_is_read_whatever_the_docs_folder_is_called(tmp_path: Path) -> None:
    write(tmp_path / "handbook" / "intro.md")
    write(tmp_path / "versioned_docs" / "version-2.1" / "intro.md")
    write(tmp_path / "versions.json", '["2.1"]')
    docs = "docs: { path: 'handbook' }"
    write(
        tmp_path / "docusaurus.config.js",
        f"module.exports = {{ url: 'https://my.site', baseUrl: '/', presets: [['c', {{ {docs} }}]] }}",
    )
    site = describe_site(tmp_path)
    assert (site.path, site.base_url) == ("handbook", "https://my.site/docs")
    assert read_pages(tmp_path) == {"intro.md": "https://my.site/docs/intro"}


def test_versions_of_a_plugin_are_those_of_its_id(tmp_path: Path) -> None:
    for folder in ("guide", "versioned_docs/version-9", "guide_versioned_docs/version-1"):
        write(tmp_path / folder / "intro.md")
    write(tmp_path / "versions.json", '["9"]')
    write(tmp_path / "guide_versions.json", '["1"]')
    write(
        tmp_path / "docusaurus.config.js",
        """module.exports = { url: 'https://my.site', baseUrl: '/', presets: [['classic', { docs: false }]], plugins: [
        ['@docusaurus/plugin-content-docs', { id: 'guide', path: 'guide', routeBasePath: 'learn' }]] }""",
    )
    assert (describe_site(tmp_path).path, describe_site(tmp_path).versions) == ("guide", ("next",))
    assert read_pages(tmp_path) == {"intro.md": "https://my.site/learn/intro"}
    (tmp_path / "guide").rename(tmp_path / "manual")
    config = tmp_path / "docusaurus.config.js"
    config.write_text(config.read_text().replace("path: 'guide'", "path: 'manual'"))
    assert describe_site(tmp_path).site == {"plugin": "guide"}
    assert read_pages(tmp_path) == {"intro.md": "https://my.site/learn/intro"}


def test_docs_beside_the_preset_do_not_have_its_versions(tmp_path: Path) -> None:
    for folder in ("docs", "api", "versioned_docs/version-9"):
        write(tmp_path / folder / f"{folder[:3]}.md")
    write(tmp_path / "versions.json", '["9"]')
    write(tmp_path / "footnoted.toml",
          '[corpora.api]\nbase_url = "https://my.site/api"\nsource = { kind = "markdown", path = "api", '
          'flavour = "docusaurus" }\n')  # fmt: skip
    assert read_pages(tmp_path, init=False) == {"api.md": "https://my.site/api/api"}


def test_versions_and_languages_are_suggested_as_the_configuration_says_them(tmp_path: Path) -> None:
    write_docusaurus_site(tmp_path)
    write(
        tmp_path / "docusaurus.config.js",
        """export default { url: 'https://my.site', baseUrl: '/p/',
        i18n: { defaultLocale: 'en', locales: ['en', 'fr', "de"], localeConfigs: { fr: { label: 'Français' } } },
        presets: [['classic', { docs: { path: 'docs', versions: { current: { label: 'Next', path: 'next' } } } }]] }""",
    )
    site = describe_site(tmp_path)
    assert (site.versions, site.locales) == (("next", "1.0"), ("fr",))  # de has no folder
    assert site.site == {"version_paths": {"current": "next"}}
    write_corpus_file(tmp_path / "footnoted.toml", site, overwrite=False)
    text = (tmp_path / "footnoted.toml").read_text()
    assert '# versions = ["next", "1.0"]\n# locales = ["fr"]\n' in text
    (tmp_path / "footnoted.toml").write_text(
        text.replace("# versions =", "versions =").replace("# locales =", "locales =")
    )
    assert set(read_pages(tmp_path, init=False).values()) == {url for url in BUILT if "/api/" not in url}


def test_a_default_language_that_is_not_english_and_a_route_are_said(tmp_path: Path) -> None:
    for folder in ("web/handbook", "web/i18n/en/docusaurus-plugin-content-docs/current"):
        write(tmp_path / folder / "a.md")
    write(
        tmp_path / "web" / "docusaurus.config.js",
        """export default { url: 'https://my.site', baseUrl: '/', i18n: { defaultLocale: 'ja', locales: ['ja', 'en'] },
        presets: [['classic', { docs: { path: 'handbook', routeBasePath: '/book' } }]] }""",
    )
    site = describe_site(tmp_path)
    assert (site.locales, site.site) == (("en",), {"default_locale": "ja", "route": "book"})
    write_corpus_file(tmp_path / "footnoted.toml", site, overwrite=False)
    text = (tmp_path / "footnoted.toml").read_text()
    (tmp_path / "footnoted.toml").write_text(text.replace("# locales =", "locales ="))
    assert set(read_pages(tmp_path, init=False).values()) == {"https://my.site/book/a", "https://my.site/en/book/a"}


def test_the_locales_of_a_starlight_site_are_those_of_its_configuration(tmp_path: Path) -> None:
    pages = tmp_path / "src" / "content" / "docs"
    for folder in (".", "fr", "zh-cn", "api"):
        write(pages / folder / "index.md")
    config = """import starlight from '@astrojs/starlight'
export default defineConfig({ site: 'https://my.site', integrations: [starlight({ title: 'T', %s })] })"""
    root = "locales: { root: { label: 'English', lang: 'en' }, fr: { label: 'F' }, 'zh-cn': { label: 'Z' }, it: {} }"
    write(tmp_path / "astro.config.mjs", config % root)
    site = describe_site(tmp_path)
    assert site.locales == ("fr", "zh-cn")  # it has no folder
    assert site.site == {"default_locale": "root", "locales": ("fr", "zh-cn")}
    assert set(read_pages(tmp_path).values()) == {"https://my.site/", "https://my.site/api/"}
    folders = "defaultLocale: 'fr', locales: { fr: { label: 'F' }, 'zh-cn': { label: 'Z' } }"
    write(tmp_path / "astro.config.mjs", config % folders)
    assert describe_site(tmp_path).site == {"default_locale": "fr", "locales": ("fr", "zh-cn")}
    write(tmp_path / "astro.config.mjs", config % "")
    assert (describe_site(tmp_path).locales, describe_site(tmp_path).site) == ((), {})
    assert len(read_pages(tmp_path)) == 4


def test_the_languages_of_a_mkdocs_site_are_those_of_its_plugin(tmp_path: Path) -> None:
    write_pages(tmp_path / "docs", BY_SUFFIX)
    write(
        tmp_path / "mkdocs.yml",
        """site_url: https://my.site/p/
plugins:
  - search
  - mike
  - i18n:
      docs_structure: suffix
      languages:
        - {locale: en, default: true}
        - {locale: fr, name: Français}
        - {locale: it, build: false}
        - {locale: de, build: false}
""",
    )
    site = describe_site(tmp_path)
    assert site.locales == ("fr",)
    assert site.site == {"default_locale": "en", "locales": ("fr", "it", "de")}
    assert site.note == "Its versions are on the branch that mike publishes: check it out and read it as html."
    assert {url.removeprefix(f"{SITE}/") for url in read_pages(tmp_path).values()} == BUILT_BY_SUFFIX[None]
