"""An answer that its owner wrote over the API: kept as JSON, and read as a page that is nothing but the answer."""

import json
import re
from dataclasses import asdict, replace
from pathlib import Path, PurePosixPath

from pipelines.corpus import CorpusSpec, MarkdownSource
from pipelines.readers.markdown.tree import MarkdownTree
from pipelines.readers.page import Page
from pipelines.readers.source_folder import SourceFolder
from pipelines.types import OwnAnswer, Upload
from storage_config.vocabulary import LeftOutReason

# What YAML holds by its number alone, and JSON as it is.
_NUMBERED = re.compile(r"[\x7f-\x84\x86-\x9f\ufffe\uffff]")


def pack_own_answer(answer: OwnAnswer) -> bytes:
    """What is kept of it; its url is kept beside."""
    return json.dumps({**asdict(answer), "url": None}, ensure_ascii=False).encode()


def unpack_own_answer(data: bytes, url: str | None) -> OwnAnswer:
    """The answer as it was written."""
    kept = json.loads(data)
    access = None if kept["access"] is None else tuple(kept["access"])
    return OwnAnswer(tuple(kept["questions"]), kept["text"], url, access)


def read_own_answer(spec: CorpusSpec, upload: Upload, max_chars: int) -> Page | LeftOutReason:
    """The page, titled by its first question. Raises PageError.

    It is plain markdown whatever the corpus's pages are written in, and has no anchors: it stands on no page.
    """
    answer = unpack_own_answer(upload.data, upload.url)
    said = {"title": answer.questions[0], "source_quality": "official", "answers": answer.questions}
    if answer.access is not None:
        said["access"] = answer.access
    written = _NUMBERED.sub(lambda sign: f"\\u{ord(sign[0]):04x}", json.dumps(said, ensure_ascii=False))
    text = f"---\n{written}\n---\n{answer.text}\n"
    source = MarkdownSource(kind="markdown", path=Path(), access=spec.source.access)  # no folder is read
    tree = MarkdownTree(spec, source, SourceFolder(None, max_chars))
    page = tree.page(PurePosixPath(upload.uri), text, url=answer.url or spec.base_url)
    if isinstance(page, str):
        return page
    headings = tuple(replace(one, anchor=None) for one in page.body.headings)
    # Warnings count the lines of what its owner wrote.
    return replace(page, body=replace(page.body, headings=headings), source=answer.text)
