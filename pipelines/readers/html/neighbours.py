"""Rows of links to the pages around a page ("Prev", "Up", "Next"), and what stands above its first heading: no content.

Where a generator marks no content, the whole body is read: DocBook, Texinfo, LaTeX2HTML, man pages, sites by hand.
"""

import re
from itertools import islice, takewhile

from lxml.html import HtmlElement

_DIRECTIONS = frozenset({"prev", "previous", "next", "up", "start", "home", "top", "contents", "index"})
_KEYS = frozenset({"p", "n", "u", "h"})  # of DocBook and Texinfo
_ROWS = frozenset({"div", "footer", "header", "ol", "p", "section", "table", "ul"})
_PAGE_PARTS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "article", "blockquote", "dl", "main", "pre"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_NAMED = frozenset({"navheader", "navfooter", "docnav", "nav-panel"})  # DocBook, Publican, Texinfo
_MOST_LETTERS, _MOST_ELEMENTS, _MOST_UNLINKED, _MOST_LEVELS = 800, 200, 40, 6
# What stands between the links of such a row.
_SIGNS = re.compile(r"\b(?:prev(?:ious)?|next|up|top|home|contents|index)\b|[\W_]+", re.IGNORECASE)
_LINKED_BLOCKS = frozenset({"div", "ol", "p", "table", "ul"})
_SHARE = 0.9  # of the letters of a menu that are links


def drop_neighbours(document: HtmlElement) -> None:
    """Takes out the rows of links to the pages before, after and above this one, with the lines that part them off."""
    known: dict[HtmlElement, bool] = {}
    for link in [one for one in document.iter("a") if _leads_around(one)]:
        row = None
        for level, around in enumerate(link.iterancestors()):
            if around not in known:
                known[around] = around.tag != "body" and _is_row(around)
            if level > _MOST_LEVELS or not known[around]:
                break
            row = around if around.tag in _ROWS else row
        if row is not None and row.getparent() is not None:
            for rule in (row.getprevious(), row.getnext()):
                if rule is not None and rule.tag == "hr" and not (rule.tail or "").strip():
                    rule.drop_tree()
            row.drop_tree()


def drop_menus_above(content: HtmlElement) -> None:
    """Takes out the lists of links above the first heading, which lead to the other pages of the site."""
    first = next((one for one in content.iter() if one.tag in _HEADINGS), None)
    if first is None:
        return
    around = set(first.iterancestors())
    above = [one for one in takewhile(lambda one: one is not first, content.iter()) if one not in around]
    letters, linked, signs = dict[HtmlElement, int](), dict[HtmlElement, int](), set[HtmlElement]()
    # What is inside an element comes behind it: from the last to the first each is known before what holds it.
    for element in reversed(above):
        own = 0 if callable(element.tag) else _letters(element.text)
        letters[element] = own = letters.get(element, 0) + own
        is_link = element.tag == "a" and element.get("href")
        linked[element] = own if is_link else linked.get(element, 0)
        if is_link or element.tag == "img":
            signs.add(element)
        holder = element.getparent()
        letters[holder] = letters.get(holder, 0) + own + _letters(element.tail)
        linked[holder] = linked.get(holder, 0) + linked[element]
        if element in signs:
            signs.add(holder)
    for element in above:
        is_menu = element in signs and linked[element] >= _SHARE * letters[element]
        if is_menu and element.tag in _LINKED_BLOCKS and element.getparent() is not None:
            element.drop_tree()


def _letters(text: str | None) -> int:
    return len("".join(text.split())) if text else 0


def _leads_around(link: HtmlElement) -> bool:
    named = set((link.get("rel") or "").lower().split())
    return not _DIRECTIONS.isdisjoint(named) or (link.get("accesskey") or "").lower() in _KEYS


def _is_row(element: HtmlElement) -> bool:
    """Whether it holds links to the pages around and next to nothing else."""
    letters = 0
    for number, one in enumerate(element.iter()):
        letters += _letters(one.text) + (_letters(one.tail) if one is not element else 0)
        if number > _MOST_ELEMENTS or letters > _MOST_LETTERS or one.tag in _PAGE_PARTS:
            return False
    if any(
        not _NAMED.isdisjoint((one.get("class") or "").split())
        for one in (element, *islice(element.iterancestors(), _MOST_LEVELS))
    ):
        return True
    return len(_SIGNS.sub("", _unlinked(element))) <= _MOST_UNLINKED


def _unlinked(element: HtmlElement) -> str:
    """Its text outside of links; the names of columns are the page's and its chapter's."""
    parts = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and child.tag not in ("a", "th"):
            parts.append(_unlinked(child))
        parts.append(child.tail or "")
    return " ".join(parts)
