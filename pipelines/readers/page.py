"""A page that was read, and what its LlamaIndex document will say of it.

LlamaIndex itself takes 1.3 s to load, which the process that reads pages does not spend.
"""

import hashlib
import json
import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import Any

from pipelines.corpus import CorpusSpec, QualityRule
from pipelines.readers.answers import OwnQuestion, place_answers
from pipelines.readers.front_matter import FrontMatter
from pipelines.readers.lines import Body, shorten_title
from pipelines.readers.secrets import find_secrets
from pipelines.readers.source_folder import matches
from pipelines.source_specs import AccessRule
from storage_config.editions import DEFAULT_EDITION, Edition
from storage_config.vocabulary import Quality

_PICTURED = re.compile(r"#[ ](\S.{0,200})")


@dataclass(frozen=True, slots=True)
class Page:
    """A page in the form every reader produces. `uri` is stable inside its corpus, `url` has no `#`."""

    uri: str
    url: str
    title: str
    body: Body
    quality: Quality
    bibliography: Mapping[str, Any] | None  # CSL-JSON item
    own_url: str | None = None  # where it lies, if it names another address as its canonical one
    warnings: tuple[str, ...] = ()  # what was lost or doubtful on the way, for the operator
    source: str | None = None  # the file's text, where that is lines which its author knows
    edition: Edition = DEFAULT_EDITION
    tags: tuple[str, ...] = ()
    access: tuple[str, ...] = ()  # groups that may read it; empty: everybody
    answers: tuple[OwnQuestion, ...] = ()  # questions that its owner wrote it for


@dataclass(frozen=True, slots=True)
class DescribedPage:
    """A page as plain values: its text, and all else that its document says, by the names that it has there."""

    metadata: dict[str, Any]
    text: str


def describe_page(page: Page) -> DescribedPage:
    """The page as its document will have it.

    `content_hash` is the SHA-256 of everything that reaches a node's payload.
    """
    payload: dict[str, Any] = {
        "url": page.url,
        "title": page.title,
        "source_quality": page.quality,
        "bibliography": dict(page.bibliography) if page.bibliography else None,
        "headings": [asdict(heading) for heading in page.body.headings],
    }
    # The default edition is not named: a page of it stays what it was before there were editions.
    payload |= {name: value for name, value in asdict(page.edition).items() if value is not None}
    if page.tags:
        payload["tags"] = list(page.tags)
    if page.access:
        payload["access"] = list(page.access)
    answers, unplaced = place_answers(page.answers, page.body)
    if answers:
        payload["answers"] = answers
    metadata: dict[str, Any] = {"uri": page.uri, **payload, "content_hash": content_hash(payload, page.body.text)}
    if page.own_url is not None:
        metadata["own_url"] = page.own_url
    if warnings := [*page.warnings, *unplaced, *find_secrets(page.body.text, page.source)]:
        metadata["warnings"] = warnings
    return DescribedPage(metadata, page.body.text)


def content_hash(payload: Mapping[str, Any], text: str) -> str:
    """Of what reaches a node's payload, and of the text."""
    hashed = json.dumps({**payload, "text": text}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(hashed.encode()).hexdigest()


def page_of(
    spec: CorpusSpec, path: PurePosixPath, said: FrontMatter, body: Body, *, url: str, title: str,
    uri: str | None = None, access: Sequence[str] | None = None, own_url: str | None = None,
    warnings: Sequence[str] = (),
) -> Page:  # fmt: skip
    """The page at `path` with what its front matter and the rules of its corpus say: quality, publication, groups.

    `uri` is the path unless it is named; `access` are the groups that its source is for.
    """
    uri, title = uri or str(path), shorten_title(title)
    return Page(
        uri=uri,
        url=url,
        title=title,
        body=body,
        quality=_source_quality(path, said, spec.source_quality),
        bibliography=_bibliography(uri, url, title, said),
        own_url=own_url if own_url != url else None,
        warnings=(*warnings, *said.warnings),
        tags=said.tags,
        answers=said.answers,
        access=_access_of(path, said, spec.access_rules, spec.source.access if access is None else access),
    )


def _source_quality(path: PurePosixPath, front_matter: FrontMatter, rules: Sequence[QualityRule]) -> Quality:
    """The page's own word, else the first rule whose glob matches, else `unknown`."""
    if front_matter.quality:
        return front_matter.quality
    return next((rule.quality for rule in rules if matches(path, [rule.match], hidden=True)), "unknown")


def _access_of(
    path: PurePosixPath, front_matter: FrontMatter, rules: Sequence[AccessRule], otherwise: Sequence[str] = ()
) -> tuple[str, ...]:
    """The page's own word, else the first rule whose glob matches, else what its source says."""
    if front_matter.access is not None:
        return front_matter.access
    return tuple(next((rule.access for rule in rules if matches(path, [rule.match], hidden=True)), otherwise))


def _bibliography(uri: str, url: str, title: str, front_matter: FrontMatter) -> dict[str, Any] | None:
    """The CSL-JSON item of a page whose front matter says anything about its publication."""
    if front_matter.publication is None:
        return None
    return {"id": uri, "title": title, "URL": url, **front_matter.publication}


def first_title(body: Body, fallback: str, untitled: Container[str] = ()) -> str:
    """The first h1's text that is not `untitled`, else the fallback.

    A picture as a heading has no anchor, and its text opens the page.
    """
    pictured = _PICTURED.match(body.text)
    if pictured is not None and pictured[1].strip() in untitled:
        pictured = None
    named = (heading.text for heading in body.headings if heading.level == 1 and heading.text)
    return next((text for text in named if text not in untitled), pictured[1] if pictured else fallback)
