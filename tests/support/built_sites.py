"""Built sites with versions and locales, as their generators lay them out."""

from collections.abc import Mapping
from pathlib import Path

# As `mike set-default latest` (mike 2.2.0) writes it.
_REDIRECT = """<!DOCTYPE html>
<html>
<head>
  <meta charset="utf-8">
  <title>Redirecting</title>
  <noscript>
    <meta http-equiv="refresh" content="1; url=latest/" />
  </noscript>
  <script>
    window.location.replace(
      "latest/" + window.location.search + window.location.hash
    );
  </script>
</head>
<body>
  Redirecting to <a href="latest/">latest/</a>...
</body>
</html>
"""
_MIKE = (
    '[{"version": "dev", "title": "Next", "aliases": []}, {"version": "2.0", "title": "2.0", "aliases": ["latest"]}, '
    '{"version": "1.0", "title": "1.0", "aliases": []}]'
)
SITE = "https://my.site/p"


def write_mike_branch(root: Path) -> Path:
    """The branch that mike publishes after `deploy 1.0`, `deploy 2.0 latest`, `deploy dev`, `set-default latest`."""
    for version in ("1.0", "2.0", "dev"):
        canonical = f"{SITE}/{version}/"
        _write(root / version / "index.html", page("Home", f"Home of {version}.", canonical=canonical))
        _write(root / version / "guide/setup/index.html",
               page("Setup", f"Set up {version}.", canonical=f"{canonical}guide/setup/"))  # fmt: skip
        _write(root / version / "404.html", page("Not found", "Nothing here."))
    (root / "latest").symlink_to("2.0")
    _write(root / "versions.json", _MIKE)
    _write(root / "index.html", _REDIRECT)
    return root


def write_pages(root: Path, pages: Mapping[str, str]) -> Path:
    """Pages by their files; each says the language `xx` of a text that begins with `xx:`, else English."""
    for name, text in pages.items():
        lang, colon, words = text.partition(":")
        _write(root / name, page(Path(name).stem, words if colon else text, lang=lang if colon else "en"))
    return root


def write_docusaurus_build(root: Path) -> Path:
    """A build of Docusaurus 3.10.2 with versions, two languages and two sets of docs, as far as its heads go."""
    places = {"docs": ("default", "2.0"), "docs/1.0": ("default", "1.0"), "docs/next": ("default", "current"),
              "api": ("api", "3"), "api/1.0": ("api", "1.0")}  # fmt: skip
    for lang, above in (("en", ""), ("fr", "fr/")):
        for place, (docs, version) in places.items():
            head = (
                '<meta name="generator" content="Docusaurus v3.10.2">'
                f'<meta data-rh="true" name="docusaurus_version" content="{version}">'
                f'<meta data-rh="true" name="docusaurus_tag" content="docs-{docs}-{version}">'
            )
            for name in ("intro", "guide/setup"):
                text = f"This is {name} of {version}."
                _write(root / above / place / name / "index.html", page(name, text, lang=lang, head=head))
    return root


def page(title: str, text: str, *, lang: str = "en", canonical: str | None = None, head: str = "") -> str:
    """A page of HTML."""
    link = f'<link rel="canonical" href="{canonical}">' if canonical else head
    return (
        f'<!doctype html>\n<html lang="{lang}" class="no-js"><head><title>{title}</title>{link}</head>'
        f"<body><main><h1>{title}</h1><p>{text}</p></main></body></html>\n"
    )


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
