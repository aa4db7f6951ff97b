"""A Docusaurus site with versions, translations and a second set of docs, and the addresses that its build has.

`BUILT` are the folders of pages that Docusaurus 3.10.2 wrote for these files, with url `https://my.site`, baseUrl
`/p/`, locales en (the default) and fr, the second set at the route `api` with its current version at the path `dev`.
"""

from pathlib import Path

SITE = "https://my.site/p"
DOCS, API = f"{SITE}/docs", f"{SITE}/api"
_PAGES = {
    "docs": ("guide/", "guide/setup", "intro", "other/place"),
    "docs/next": ("guide/", "guide/setup", "intro", "only-next", "other/place"),
    "docs/1.0": ("guide/", "guide/setup", "intro", "old", "other/place"),
    "api/dev": ("", "call"),
    "api/3": ("",),
}
BUILT = {
    f"{SITE}/{locale}{folder}/{page}"
    for locale in ("", "fr/")
    for folder, pages in _PAGES.items()
    for page in pages
}  # fmt: skip


def write_docusaurus_site(root: Path) -> Path:
    """Writes the site and returns its folder."""
    for folder, version in (
        ("docs", "next"),
        ("versioned_docs/version-2.0", "2.0"),
        ("versioned_docs/version-1.0", "1.0"),
    ):
        _write(root / folder / "intro.md", _page("Intro", version))
        _write(root / folder / "guide/01-setup.md", _page("Setup guide", version))
        _write(root / folder / "guide/index.md", _page("Guide", version))
        _write(root / folder / "slugged.mdx", f"---\nslug: /other/place\n---\n# Slugged {version}\n\nA place apart.\n")
    _write(root / "docs/only-next.md", _page("Only next", "next"))
    _write(root / "versioned_docs/version-1.0/old.md", _page("Old", "1.0"))
    for folder, version in (("current", "next"), ("version-2.0", "2.0")):
        translated = root / "i18n/fr/docusaurus-plugin-content-docs" / folder
        _write(translated / "intro.md", _page("Introduction", f"{version} en français"))
        _write(translated / "seulement.md", _page("Seulement", f"{version} en français"))  # shown by nothing
    _write(root / "versions.json", '["2.0", "1.0"]')
    _write(root / "api/index.md", _page("Api", "next"))
    _write(root / "api/call.md", _page("Call", "next"))
    _write(root / "api_versioned_docs/version-3/index.md", _page("Api", "3"))
    _write(root / "api_versions.json", '["3"]')
    return root


def _page(title: str, version: str) -> str:
    return (
        f"---\ntitle: {title}\n---\n# {title}\n\nThis is {title} of {version}.\n\n## Setup\n\nSet it up in {version}.\n"
    )


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
