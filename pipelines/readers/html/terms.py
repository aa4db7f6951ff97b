"""Entries of definition lists that links lead to: API objects of Sphinx, terms of a glossary.

Each is a section of its page: what documents a function is cited by the function's own address, and a passage is about
one function instead of ten.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from lxml.html import HtmlElement

from pipelines.readers.html.code import code_span
from pipelines.readers.html.skipping import classes_of, is_permalink, is_skipped

_MOST_CHARS = 200  # of a name; a longer one is a text
_NAMES = frozenset({"descclassname", "descname", "sig-name", "sig-prename"})
_OWN_NAMES = frozenset({"descname", "sig-name"})
# Notes below the text: their marks are no terms.
_NOTES = frozenset({"citation", "footnote", "footnotes"})
_COUNTED = re.compile(r"id[mp]?-?[\d.-]+", re.IGNORECASE)
_CATEGORIES = frozenset({"category", "category-def"})
_INSIDE = re.compile(r"(?<=[(\[]) | (?=[)\]])")


@dataclass(frozen=True, slots=True)
class Term:
    """What an entry is called, its signature as code where it has one, and the id that links lead to."""

    name: str
    signature: str | None
    anchor: str


def linked_term(entry: HtmlElement) -> Term | None:
    """The term of a `dt` that opens an entry of its list and can be linked to, or None."""
    before = next((one for one in entry.itersiblings(preceding=True) if isinstance(one.tag, str)), None)
    around = entry.getparent()
    anchor = _anchor(entry)
    if entry.tag != "dt" or not anchor or around is None or (before is not None and before.tag == "dt"):
        return None
    if _NOTES & classes_of(around) or next(entry.iterancestors("li", "td", "th", "blockquote"), None) is not None:
        return None
    text = _INSIDE.sub("", _shown(entry))
    if defined := _texinfo_name(entry):
        return Term(defined, code_span(text.partition(": ")[2]), anchor)
    signature = [_shown(one) for one in entry.iter() if _NAMES & classes_of(one)]
    # Of an option with several names all of them.
    several = sum(not _OWN_NAMES.isdisjoint(classes_of(one)) for one in entry.iter()) > 1
    name = text if several else "".join(signature) or text
    if not name or len(name) > _MOST_CHARS:
        return None
    return Term(name, code_span(text) if signature else None, anchor)


def _texinfo_name(entry: HtmlElement) -> str:
    """The name of a function or variable that Texinfo writes behind its category ("Function: bffac (expr, n)")."""
    around = entry.getparent()
    if around is None or not any(name.startswith(("def", "first-def")) for name in classes_of(around)):
        return ""
    category = next((one for one in entry.iter("span") if _CATEGORIES & classes_of(one)), None)
    name = next(entry.iter("strong"), None) if category is not None else None
    text = "" if name is None else _shown(name)
    return text if text and len(text) <= _MOST_CHARS and ": " in _shown(entry) else ""


def is_plain_list(entries: HtmlElement) -> bool:
    """Whether a definition list has terms and texts, nothing else, and no links lead to its terms."""
    shown = [child for child in entries if isinstance(child.tag, str) and not is_skipped(child)]
    tags = [child.tag for child in shown]
    if tags[:1] != ["dt"] or not {"dt", "dd"}.issuperset(tags) or "dd" not in tags or _NOTES & classes_of(entries):
        return False
    if has_stray_text(entries):
        return False
    return all(linked_term(child) is None for child in shown if child.tag == "dt")


def has_stray_text(entries: HtmlElement) -> bool:
    """Whether text of a definition list stands in none of its entries, where HTML allows none."""
    return any(text and not text.isspace() for text in (entries.text, *(child.tail for child in entries)))


def restore_signatures(entries: HtmlElement) -> None:
    """Puts back what a parser takes out of a signature of several lines: the list of its parameters, and what follows.

    HTML allows no list in a `dt`, and nothing between a `dt` and its `dd`.
    """
    signature = None
    for child in list(entries):
        if child.tag in ("dt", "dd"):
            signature = child if child.tag == "dt" and "sig" in classes_of(child) else None
        elif signature is not None:
            signature.append(child)  # with the text behind it


def _anchor(entry: HtmlElement) -> str | None:
    if entry.get("id"):
        return str(entry.get("id"))
    links = (link.get("href") for link in entry.iter("a") if is_permalink(link))
    return next((unquote(link[1:]) for link in links if link), None) or _target(entry)


def _target(entry: HtmlElement) -> str | None:
    """The name of a target that opens the entry, empty as DocBook has it or around the term as HTML 4 does.

    Not one that it counted or an index made.
    """
    first = next(iter(entry), None)
    if first is None or first.tag != "a" or (entry.text or "").strip() or first.get("href") is not None:
        return None
    name = first.get("id") or first.get("name") or ""
    return None if "indexterm" in classes_of(first) or _COUNTED.fullmatch(name) else name or None


def _shown(element: HtmlElement) -> str:
    """Its text in one line, without signs that are no part of it."""
    return " ".join("".join(_texts(element)).split())


def _texts(element: HtmlElement) -> list[str]:
    found = [element.text or ""]
    for child in element:
        if not is_skipped(child) and not is_permalink(child):
            found += _texts(child)
        found.append(child.tail or "")
    return found
