"""MkDocs sites in several languages, and the addresses that mkdocs-static-i18n 1.3.1 on MkDocs 1.6.1 gave them.

Both were built with en as the default language, fr and de, and `site_url: https://my.site/p/`.
"""

from collections.abc import Mapping
from pathlib import Path

SITE = "https://my.site/p"
BY_SUFFIX = {
    "index.md": "# Home", "index.fr.md": "# Accueil", "guide/a.en.md": "# A", "guide/a.fr.md": "# A en français",
    "guide/b.md": "# B", "guide/c.de.md": "# C nur", "guide/README.md": "# Readme",
}  # fmt: skip
BY_FOLDER = {
    "en/index.md": "# Home", "en/guide/a.md": "# A", "en/guide/b.md": "# B", "fr/index.md": "# Accueil",
    "fr/guide/a.md": "# A en français", "de/index.md": "# Start", "de/nur.md": "# Nur", "shared.md": "# Shared",
}  # fmt: skip
BUILT_BY_SUFFIX = {
    None: {"", "guide/", "guide/a/", "guide/b/"},
    "fr": {"fr/", "fr/guide/", "fr/guide/a/", "fr/guide/b/"},
    "de": {"de/", "de/guide/", "de/guide/a/", "de/guide/b/", "de/guide/c/"},
}
BUILT_BY_FOLDER = {
    None: {"", "guide/a/", "guide/b/", "shared/"},
    "fr": {"fr/", "fr/guide/a/", "fr/guide/b/", "fr/shared/"},
    "de": {"de/", "de/guide/a/", "de/guide/b/", "de/nur/", "de/shared/"},
}


def write_pages(docs: Path, pages: Mapping[str, str]) -> None:
    """Writes the pages, each with a sentence of its own."""
    for name, title in pages.items():
        path = docs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{title}\n\nThis is {name}.\n", encoding="utf-8")
