"""VitePress: the anchors of its headings and the files that its pages include.

Anchors follow the npm packages that it renders with: `slugify` of @mdit-vue/shared, markdown-it-anchor's numbering and
the ids of markdown-it-attrs. Includes are `<!--@include: ./part.md{3,9}-->` and `<<< @/code.ts#region`.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, MutableMapping
from pathlib import PurePosixPath
from typing import Any

from pipelines.readers.front_matter import FrontMatterError, split_front_matter
from pipelines.readers.lines import BLANK, Line, LineHeading, fence_of
from pipelines.readers.markdown.included_files import IncludedFiles
from pipelines.readers.markdown.includes import MAX_DEPTH
from pipelines.readers.markdown.inlines import inline_tokens, shown_text
from pipelines.readers.source_folder import SourceFolder

_CONTROL = re.compile(r"[\u0000-\u001f]")
_COMBINING = re.compile(r"[\u0300-\u036f]")
_SPECIAL = re.compile(
    r"""[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff~`!@#$%^&*()\-_+=[\]{}|\\;:"'“”‘’<>,.?/]+"""
)
_ATTRIBUTES = re.compile(r"(?<!\s)\s*\{([^{}\n]*)\}\s*$")
_ID = re.compile(r"(?:^|\s)#([^\s.#]+)")

_INCLUDE = re.compile(r"<!--[ \t]*@include:[ \t]*(?P<path>[^\s{}#>]+)(?:#(?P<region>[\w-]+))?"
                      r"(?:\{(?P<first>\d*),?(?P<last>\d*)\})?[ \t]*-->")  # fmt: skip
_SNIPPET = re.compile(r"(?P<indent> {0,3})<<<[ \t]*+(?P<path>[^\s{}\[\]#]++)(?:#(?P<region>[\w-]++))?[ \t]*+"
                      r"(?:\{[^{}]*\})?[ \t]*+(?:\[[^\[\]]*\])?[ \t]*+")  # fmt: skip
_REGION = re.compile(r"#(?P<end>end)?[ \t]?region\b[ \t]*(?P<name>[\w*-]+)?")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
# A container. What the page shows of it is its title, whatever its name: one that the rule of directives knows.
_CONTAINER = re.compile(
    r"(?P<indent>[ \t]*):{3,}[ \t]*"
    r"(?:info|note|tip|important|warning|caution|danger|details|raw|v-pre|code-group)"
    r"(?P<title>[ \t][^{}]*+)?(?:\{[^{}]*\})?[ \t]*"
)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,500}>")
_CONTENTS = re.compile(r"[ \t]*\[\[toc\]\][ \t]*", re.IGNORECASE)


def vitepress_slug(text: str) -> str:
    """The anchor of a heading's text, before duplicates are numbered."""
    slug = _COMBINING.sub("", unicodedata.normalize("NFKD", text))
    slug = _SPECIAL.sub("-", _CONTROL.sub("", slug)).strip("-")
    return re.sub(r"^([0-9])", r"_\1", slug).lower()


class VitePressAnchors:
    """The anchors of one page."""

    def __init__(self) -> None:
        self._next: dict[str, int] = {}

    def heading(self, level: int, content: str, env: MutableMapping[str, Any]) -> LineHeading:
        """An id in braces is taken as it is; of the others the second `setup` becomes `setup-1`."""
        attributes = _ATTRIBUTES.search(content)
        if attributes is not None:
            content = content[: attributes.start()]
        tokens = inline_tokens(content, env)
        named = _ID.search(attributes[1]) if attributes else None
        if named is not None:
            self._next.setdefault(named[1], 1)
            return LineHeading(level, shown_text(tokens), named[1])
        text = "".join(token.content for token in tokens if token.type != "html_inline")
        return LineHeading(level, shown_text(tokens), self._unique(vitepress_slug(text)) or None)

    def _unique(self, slug: str) -> str:
        anchor = slug
        while anchor in self._next:
            anchor = f"{slug}-{self._next[slug]}"
            self._next[slug] += 1
        self._next[anchor] = 1
        return anchor


def home_lines(values: Mapping[str, Any]) -> list[Line]:
    """What a page of the layout `home` shows of its front matter: its hero, and the features below."""
    if values.get("layout") != "home":
        return []
    hero = values.get("hero") if isinstance(values.get("hero"), dict) else {}
    title = " ".join(filter(None, (_plain(hero, "name"), _plain(hero, "text"))))
    lines = [Line(f"# {title}", heading=LineHeading(1, title, None)), BLANK] if title else []
    lines += [Line(_plain(hero, "tagline")), BLANK]
    features = values.get("features")
    for feature in features if isinstance(features, list) else ():
        if named := _plain(feature, "title"):
            lines += [Line(f"## {named}", heading=LineHeading(2, named, None)), BLANK]
        lines += [Line(_plain(feature, "details")), BLANK]
    return lines


def _plain(values: Any, key: str) -> str:
    """The text of a value that may hold tags."""
    value = values.get(key) if isinstance(values, dict) else None
    return " ".join(_TAG.sub("", value).split()) if isinstance(value, str) else ""


def expand_vitepress(source: str, path: PurePosixPath, folder: SourceFolder, warnings: list[str]) -> str:
    """The page with its includes in place, at most `folder.max_chars` long; what is dropped is told in `warnings`."""
    files = IncludedFiles(path, folder)
    expanded = "\n".join(_VitePressExpansion(folder, files).lines(source, path, 0))
    warnings += files.warnings()
    return expanded


class _VitePressExpansion:
    def __init__(self, folder: SourceFolder, files: IncludedFiles) -> None:
        self._folder, self._files = folder, files

    def lines(self, source: str, path: PurePosixPath, depth: int) -> Iterator[str]:
        fence: str | None = None
        for line in source.split("\n"):
            mark = _FENCE.match(line)
            if mark and (fence is None or mark[1].startswith(fence)):
                fence = mark[1] if fence is None else None
            if included := _INCLUDE.fullmatch(line.strip()):
                yield from self._include(included, path, depth)
            elif fence is None and (snippet := _SNIPPET.fullmatch(line)):
                yield from self._snippet(snippet, path)
            elif fence is None and (opened := _CONTAINER.fullmatch(line)):
                title = (opened["title"] or "").strip()
                yield self._files.bounded(f"{opened['indent']}:::note {title}".rstrip())
            elif fence is not None or not _CONTENTS.fullmatch(line):
                yield self._files.bounded(line)

    def _include(self, found: re.Match[str], path: PurePosixPath, depth: int) -> Iterator[str]:
        place = self._find(found["path"], path)
        text = self._files.read(place) if depth < MAX_DEPTH else None
        if text is not None and found["region"]:
            text = _region(text, found["region"])
        if text is None or place is None:
            self._files.drop(found["path"])
            return
        if found["first"] or found["last"]:
            text = "\n".join(text.split("\n")[max(int(found["first"] or 1), 1) - 1 : int(found["last"] or len(text))])
        else:
            try:
                text = split_front_matter(text)[1]
            except FrontMatterError:
                self._files.drop(found["path"])
                return
        yield from self.lines(text.strip("\n"), place, depth + 1)

    def _snippet(self, found: re.Match[str], path: PurePosixPath) -> Iterator[str]:
        text = self._files.read(self._find(found["path"], path))
        if text is not None and found["region"]:
            text = _region(text, found["region"])
        if text is None:
            self._files.drop(found["path"])
            return
        fence = fence_of(text)
        yield f"{found['indent']}{fence}{PurePosixPath(found['path']).suffix.removeprefix('.')}"
        for line in text.strip("\n").split("\n"):
            yield self._files.bounded(line)
        yield f"{found['indent']}{fence}"

    def _find(self, target: str, path: PurePosixPath) -> PurePosixPath | None:
        """`@/` is the source folder, all else is seen from the page."""
        if target.startswith("@"):
            return self._folder.find(target.removeprefix("@").lstrip("/"), PurePosixPath("."))
        return self._folder.find(target, path.parent)


def _region(text: str, name: str) -> str | None:
    """The lines between the marks of the region, without those of regions inside."""
    chosen: list[str] | None = None
    for line in text.split("\n"):
        mark = _REGION.search(line)
        if mark is None:
            if chosen is not None:
                chosen.append(line)
        elif mark["name"] == name or (mark["end"] and not mark["name"]):
            if mark["end"] and chosen is not None:
                break
            if not mark["end"]:
                chosen = []
    return None if chosen is None else "\n".join(chosen)
