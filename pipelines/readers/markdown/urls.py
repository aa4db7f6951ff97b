"""Public urls of pages, as the site generators route them."""

import re
from pathlib import PurePosixPath
from urllib.parse import quote

from pipelines.corpus import Flavour
from pipelines.readers.front_matter import FrontMatter
from pipelines.readers.markdown.starlight import starlight_route

# What JavaScript's encodeURI leaves alone, and `%` of what is encoded already.
_KEPT = "/%!$&'()*+,;=:@~-._"

# Docusaurus' default number prefix parser: `01-intro` loses its number, dates and versions (`2021-11-foo`, `7.0-foo`)
# do not.
_DATE_OR_VERSION = re.compile(r"\d+[-_.]\d+")
_NUMBER_PREFIX = re.compile(r"\d+\s*[-_.]+\s*([^-_.\s].*)")


def page_url(
    flavour: Flavour, base_url: str, path: PurePosixPath, front_matter: FrontMatter, trailing_slash: bool | None
) -> str:
    """The page's url, without `#`. `path` is relative to the source folder; None is the generator's own default."""
    if flavour == "docusaurus":
        route = _docusaurus_route(path, front_matter, trailing_slash)
    elif flavour == "mkdocs":
        route = _directory_route(path, front_matter, trailing_slash is not False, suffix=".html")
    elif flavour == "vitepress":
        route = _vitepress_route(path, ".html" if trailing_slash is None else "")
    elif flavour == "starlight":
        route = starlight_route(path, front_matter, trailing_slash, base_url)
    elif flavour == "mdbook":
        name = "index" if path.stem.lower() == "readme" else path.stem
        route = f"/{path.with_name(name)}{'.html' if trailing_slash is None else ''}"
    elif trailing_slash is None and front_matter.slug is None:
        route = f"/{path}"
    else:
        route = _directory_route(path, front_matter, trailing_slash is True, suffix="")
    return base_url.rstrip("/") + quote(route, safe=_KEPT)


def strip_number_prefix(name: str) -> str:
    """`01-intro` → `intro`, `1. Setup` → `Setup`; `2021-11-02-news` and `7.0-notes` stay."""
    match = None if _DATE_OR_VERSION.match(name) else _NUMBER_PREFIX.fullmatch(name)
    return match.group(1) if match else name


def _docusaurus_route(path: PurePosixPath, front_matter: FrontMatter, trailing_slash: bool | None) -> str:
    """Docusaurus' `getSlug`, then its handling of `trailingSlash` (undefined leaves the slug alone)."""
    strip = (lambda name: name) if front_matter.keep_number_prefixes else strip_number_prefix
    folders = path.parent.parts
    folder = "/" + "".join(f"{strip(name)}/" for name in folders)
    slug = front_matter.slug
    if slug and slug.startswith("/"):
        route = slug
    elif not slug and path.stem.lower() in ("index", "readme", folders[-1].lower() if folders else None):
        route = folder
    else:
        route = resolve_route(slug or front_matter.id or strip(path.stem), folder)
    if trailing_slash is None or route == "/":
        return route
    return route.rstrip("/") + "/" if trailing_slash else route.rstrip("/")


def _directory_route(path: PurePosixPath, front_matter: FrontMatter, trailing_slash: bool, *, suffix: str) -> str:
    """MkDocs' `use_directory_urls`: `a/b.md` → `/a/b/`, or `/a/b` + suffix without."""
    folder = "".join(f"{name}/" for name in path.parent.parts)
    if front_matter.slug:
        route = resolve_route(front_matter.slug, f"/{folder}")
        return route.rstrip("/") + "/" if trailing_slash else route
    if path.stem in ("index", "README"):
        return f"/{folder}" if trailing_slash or not suffix else f"/{folder}index{suffix}"
    return f"/{folder}{path.stem}/" if trailing_slash else f"/{folder}{path.stem}{suffix}"


def _vitepress_route(path: PurePosixPath, suffix: str) -> str:
    """`a/b.md` → `/a/b.html`, or `/a/b` with `cleanUrls`; `a/index.md` → `/a/`. Front matter has no say."""
    folder = "".join(f"/{name}" for name in path.parent.parts)
    return f"{folder}/" if path.stem == "index" else f"{folder}/{path.stem}{suffix}"


def resolve_route(target: str, folder: str) -> str:
    """`target` seen from `folder` (which ends with `/`); `..` stops at the root."""
    parts = [] if target.startswith("/") else folder.split("/")[1:-1]
    names = target.split("/")
    for name in names:
        if name == "..":
            parts = parts[:-1]
        elif name not in ("", "."):
            parts.append(name)
    ends_open = names[-1] in ("", ".", "..")
    return "/" + "/".join(parts) + ("/" if ends_open and parts else "")
