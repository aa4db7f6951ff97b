"""What a site calls itself, in the configuration of its generator."""

import re
from collections.abc import Callable
from pathlib import Path

from app.cli.sites.files import read_text
from app.cli.sites.literals import values_of, without_comments

_FOLDERS = (".", "docs", "website", "site", "doc", "docs/source", "documentation")
_JS = ("js", "mjs", "ts", "mts", "cjs", "cts")


def _in_javascript(text: str) -> str | None:
    return next((value.text for value in values_of(without_comments(text), "title") if value.text), None)


def _on_a_line(key: str, sign: str) -> Callable[[str], str | None]:
    """How to find `key: title` or `key = "title"` at the beginning of a line."""
    # YAML's texts need no quotes; its comments begin behind a space, and its `~` and `null` are no texts.
    nothing = r"(?:~|null|Null|NULL)[ \t]*(?:#.*)?$"
    bare = rf"|(?!{nothing})([^\s\"'#!&*\[{{(](?:[^\n#]|(?<=\S)#)*)" if sign == ":" else ""
    line = re.compile(rf"^{key}[ \t]*{sign}[ \t]*(?:\"([^\"\n]+)\"|'([^'\n]+)'{bare})", re.MULTILINE)

    def find(text: str) -> str | None:
        found = line.search(text)
        return next((one.strip() for one in found.groups() if one), None) if found else None

    return find


_TITLES: tuple[tuple[tuple[str, ...], Callable[[str], str | None]], ...] = (
    (tuple(f"docusaurus.config.{end}" for end in _JS), _in_javascript),
    (("mkdocs.yml", "mkdocs.yaml", "zensical.yml"), _on_a_line("site_name", ":")),
    (tuple(f".vitepress/config.{end}" for end in _JS), _in_javascript),
    (tuple(f"astro.config.{end}" for end in _JS), _in_javascript),
    (("book.toml",), _on_a_line("title", "=")),
    (("_config.yml", "hugo.yaml", "hugo.yml"), _on_a_line("title", ":")),
    (("hugo.toml",), _on_a_line("title", "=")),
    (("conf.py",), _on_a_line("project", "=")),
)


def title_of_site(root: Path) -> str | None:
    """The title that the first configuration found gives the site; None where none gives it as a plain text."""
    for names, find in _TITLES:
        for path in (root / folder / name for folder in _FOLDERS for name in names):
            if path.is_file() and (title := find(read_text(path))):
                return title
    return None
