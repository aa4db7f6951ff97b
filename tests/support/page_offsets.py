"""What every page promises of its offsets: each section, heading, chunk and quotable part lies where it says."""

from llama_index.core.schema import Document

from pipelines.splitting.sections import read_sections
from pipelines.splitting.splitter import NodeIds, SectionSplitter
from pipelines.text.quotable import quotable_units
from pipelines.types import Heading

_SPLITTER = SectionSplitter(max_tokens=64, overlap_tokens=16)
_NUMBER_CHUNKS = NodeIds(corpus="book")


def offsets_are_exact(page: Document) -> bool:
    """True; fails where something of the page does not lie in its text where it says, or where text lies in nothing."""
    text = page.text
    headings = [Heading(**heading) for heading in page.metadata["headings"]]
    _check_headings(text, headings)
    sections = read_sections(text, headings)
    in_sections = _check_order(text, [(section.start, section.end) for section in sections])
    for section in sections:
        assert section.start <= section.body <= section.end
        assert set(section.heading_path) <= {heading.text for heading in headings}
        part = text[section.start : section.end]
        for unit in quotable_units(part, "english"):
            assert 0 <= unit.start < unit.end <= len(part), unit
            assert part[unit.start : unit.end] == unit.text
    # What no section holds is headings with nothing below them.
    assert not _left(text, in_sections + [(heading.start, heading.end) for heading in headings])
    _check_chunks(page, headings)
    return True


def _check_headings(text: str, headings: list[Heading]) -> None:
    _check_order(text, [(heading.start, heading.end) for heading in headings])
    for heading in headings:
        line = text[heading.start : heading.end]
        assert heading.start == 0 or text[heading.start - 1] == "\n", (heading, line)
        assert heading.end == len(text) or text[heading.end] == "\n", (heading, line)
        assert "\n" not in line
        assert "#" * heading.level in line, (heading, line)
        assert _holds(line, heading.text), (heading, line)


def _check_chunks(page: Document, headings: list[Heading]) -> None:
    text = page.text
    chunks = _NUMBER_CHUNKS(_SPLITTER([page]))
    spans = [(int(chunk.metadata["start"]), int(chunk.metadata["end"])) for chunk in chunks]
    for chunk, (start, end) in zip(chunks, spans, strict=True):
        assert chunk.get_content() == text[start:end] != ""
        before, after = chunk.metadata["before"], chunk.metadata["after"]
        assert text[start - len(before) : start] == before
        assert text[end : end + len(after)] == after
    assert len({chunk.node_id for chunk in chunks}) == len(chunks)
    assert not _left(text, spans + [(heading.start, heading.end) for heading in headings])


def _check_order(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    ends = [0, *(end for _, end in spans)]
    for before, (start, end) in zip(ends, spans, strict=False):
        assert before <= start <= end <= len(text), (before, start, end)
    return spans


def _holds(line: str, heading: str) -> bool:
    """Whether the line has all letters and digits of the heading, in order: marks, and what stress is, may differ."""
    rest = iter(line)
    return all(letter in rest for letter in heading if letter.isalnum())


def _left(text: str, spans: list[tuple[int, int]]) -> str:
    """What of the text lies in none of the spans, blanks apart."""
    left, at = [], 0
    for start, end in sorted(spans):
        left.append(text[at:start])
        at = max(at, end)
    return "".join("".join([*left, text[at:]]).split())
