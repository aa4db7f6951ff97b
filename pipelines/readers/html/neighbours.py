"""Rows of links to the pages around a page ("Prev", "Up", "Next"), and what stands above its first heading: no content.

Where a generator marks no content, the whole body is read: DocBook, Texinfo, LaTeX2HTML, man pages, sites by hand.
"""

import re
from collections.abc import Container, Iterator
from itertools import islice, takewhile

from lxml.html import HtmlElement

from pipelines.readers.html.skipping import classes_of

_DIRECTIONS = frozenset({"prev", "previous", "next", "up", "start", "home", "top", "contents", "index"})
_KEYS = frozenset({"p", "n", "u", "h"})  # of DocBook and Texinfo
_ROWS = frozenset({"div", "footer", "header", "ol", "p", "section", "table", "ul"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_PAGE_PARTS = _HEADINGS | {"article", "blockquote", "dl", "main", "pre"}
_NAMED = frozenset({"navheader", "navfooter", "docnav", "nav-panel"})  # DocBook, Publican, Texinfo
_TITLES = frozenset({"h1", "h2"})
_MOST_LETTERS, _MOST_ELEMENTS, _MOST_LEVELS = 800, 200, 6
_MOST_SIGNS = 20 * _MOST_LETTERS  # of one text, blanks included
_FEW = 2  # links that say where they lead tell a row, where they are half of all
_SHORT = 24  # letters of a link that stands alone: the name of the site
# What stands between the links of such a row.
_SIGNS = re.compile(r"\b(?:prev(?:ious)?|next|up|top|home|contents|index)\b|[\W_]+", re.IGNORECASE)
# "Back to top", an arrow up.
_TOP = re.compile(
    r"[\W_]*(?:(?:(?:back|go|jump|return|scroll) )?(?:to )?(?:the )?(?:page )?top"
    r"(?: of (?:the |this )?(?:page|document))?|(?:zurück )?nach oben|(?:zurück )?(?:zum )?(?:seiten)?anfang"
    r"|(?:retour en )?haut(?: de (?:la )?page)?|(?:ir |volver )?arriba|volver al inicio|voltar ao topo"
    r"|início da página|torna su|naar boven|наверх|в начало|к началу страницы|返回顶部|回到顶部|ページの先頭へ(?:戻る)?"
    r"|トップへ戻る|[↑⇧⬆▲^])[\W_]*",
    re.IGNORECASE,
)
_TOP_BLOCKS = frozenset({"center", "div", "footer", "p", "section"})
_TEXT_BLOCKS = ("dd", "div", "header", "li", "p", "section", "td")
_LOOKS = frozenset({"b", "em", "font", "i", "small", "span", "strong", "sub", "sup", "u"})
_BARE = 4  # letters of "top" and of a sign
_BETWEEN = re.compile(r"[\s,|·•/]+")
_PLACES = ("h2", "h3", "h4", "h5", "h6", "dt")
_CELLS = ("dd", "dt", "li", "td", "th")
_FILE = re.compile(r"\.(?:bz2|docx?|dvi|epub|gz|md|mobi|odt|pdf|ps|tar|tgz|txt|xz|zip)(?:[?#]|$)", re.IGNORECASE)
_LINKED_BLOCKS = frozenset({"div", "ol", "p", "table", "ul"})
_SHARE = 0.9  # of the letters of a menu that are links


def drop_neighbours(document: HtmlElement) -> None:
    """Takes out the rows of links to the pages before, after and above this one, with the lines that part them off."""
    known: dict[HtmlElement, bool] = {}
    for link in [one for one in document.iter("a") if _leads_around(one)]:
        row = None
        for around in islice(link.iterancestors(), _MOST_LEVELS):
            if around not in known:
                known[around] = around.tag != "body" and _is_row(around)
            if not known[around]:
                break
            row = around if around.tag in _ROWS else row
        if row is not None and row.getparent() is not None:
            for rule in (row.getprevious(), row.getnext()):
                if rule is not None and rule.tag == "hr" and not (rule.tail or "").strip():
                    rule.drop_tree()
            row.drop_tree()


def drop_page_tools(document: HtmlElement) -> None:
    """Takes out the links back to the top of the page, and the rows of links to the page in other languages."""
    places = {target for one in document.iter(*_PLACES) if _says_top(one) for target in _targets(one)}
    known: dict[HtmlElement, bool] = {}
    for link in list(document.iter("a")):
        if next(link.iterancestors("code", "pre"), None) is not None:
            continue
        tool = _row_of(link) if _is_translation(link) else _block_of(link) if _leads_up(link, places) else None
        if tool is not None and tool not in known:
            known[tool] = _is_choice(tool) if _is_translation(link) else _is_small(tool) and _says_top(tool)
            if known[tool] and tool.getparent() is not None:
                tool.drop_tree()


def _row_of(link: HtmlElement) -> HtmlElement | None:
    return next(link.iterancestors(*_ROWS), None)


def _block_of(link: HtmlElement) -> HtmlElement | None:
    """The block that a link stands in, through what only looks different."""
    around = next((one for one in islice(link.iterancestors(), _MOST_LEVELS) if one.tag not in _LOOKS), None)
    return around if around is not None and around.tag in _TOP_BLOCKS else None


def _targets(element: HtmlElement) -> Iterator[str]:
    """The ids that lead to an element, its own and those of the targets in it."""
    for one in (element, *islice(element.iter("a"), _FEW)):
        yield from filter(None, (one.get("id"), one.get("name")))


def _leads_up(link: HtmlElement, places: Container[str]) -> bool:
    """Whether a link says that it leads to the top of the page, and to no part of it that is called so."""
    page, sign, place = (link.get("href") or "").partition("#")
    if page or not sign or place in places or not _says_top(link):
        return False
    # In cells and lists "top" alone is a word of the page.
    return _letters(_said(link)) > _BARE or next(link.iterancestors(*_CELLS), None) is None


def _says_top(element: HtmlElement) -> bool:
    said = _said(element) if _is_small_text(element) else ""
    return 0 < len(said) <= _MOST_LETTERS and _TOP.fullmatch(said) is not None


def _is_small_text(element: HtmlElement) -> bool:
    """Whether it has few elements, so that its text is soon read."""
    return sum(1 for _ in islice(element.iter(), _MOST_ELEMENTS)) < _MOST_ELEMENTS


def _is_translation(link: HtmlElement) -> bool:
    """Whether a link leads to the page in another language: to a page, no file to be taken home."""
    is_page = _FILE.search(link.get("href") or "") is None
    return is_page and bool(link.get("hreflang")) and "alternate" in (link.get("rel") or "").lower().split()


def _is_choice(row: HtmlElement) -> bool:
    """Whether a row holds names of languages, each a link, and nothing else but a few words that say so."""
    if not _is_small(row) or next(row.iter("code", "kbd", "samp"), None) is not None:
        return False
    links = [one for one in row.iter("a") if one.get("href")]
    translations = sum(map(_is_translation, links))
    if 2 * translations < len(links) or any(_letters(_said(one)) > _SHORT for one in links):
        return False
    if any(next(one.iter("a"), None) is None and _said(one).strip() for one in row.iterdescendants(*_TEXT_BLOCKS)):
        return False
    beside = _BETWEEN.sub(" ", _unlinked(row)).strip()
    is_label = translations > 1 or beside.endswith((":", "：")) or not beside
    return is_label and _letters(beside) <= _SHORT and not any(sign in beside for sign in ".;!?。，！？、")


def _said(element: HtmlElement) -> str:
    """Its text, with what its pictures say, but for what stands behind it."""
    parts: list[str | None] = []
    for one in element.iter():
        parts.append(one.get("alt") if one.tag == "img" else one.text if isinstance(one.tag, str) else None)
        parts.append(one.tail if one is not element else None)
    return " ".join(filter(None, parts))


def drop_menus_above(content: HtmlElement) -> None:
    """Takes out the lists of links above a first heading of a page, which lead to the other pages of the site."""
    first = next((one for one in content.iter() if one.tag in _HEADINGS), None)
    if first is None or first.tag not in _TITLES:
        return
    around = set(first.iterancestors())
    above = [one for one in takewhile(lambda one: one is not first, content.iter()) if one not in around]
    letters, linked, links = dict[HtmlElement, int](), dict[HtmlElement, int](), dict[HtmlElement, int]()
    # What is inside an element comes behind it: from the last to the first each is known before what holds it.
    for element in reversed(above):
        said = element.get("alt") if element.tag == "img" else element.text
        own = _letters(said) if isinstance(element.tag, str) else 0
        letters[element] = own = letters.get(element, 0) + own
        is_link = element.tag == "a" and bool(element.get("href"))
        linked[element] = own if is_link else linked.get(element, 0)
        links[element] = links.get(element, 0) + is_link
        holder = element.getparent()
        letters[holder] = letters.get(holder, 0) + own + _letters(element.tail)
        linked[holder] = linked.get(holder, 0) + linked[element]
        links[holder] = links.get(holder, 0) + links[element]
    for element in above:
        # One link of many words says something by itself.
        several = links[element] > 1 or (links[element] == 1 and letters[element] <= _SHORT)
        is_menu = several and linked[element] >= _SHARE * letters[element]
        if is_menu and element.tag in _LINKED_BLOCKS and element.getparent() is not None:
            element.drop_tree()


def _letters(text: str | None) -> int:
    return len("".join(text.split())) if text else 0


def _leads_around(link: HtmlElement) -> bool:
    named = set((link.get("rel") or "").lower().split())
    return not _DIRECTIONS.isdisjoint(named) or (link.get("accesskey") or "").lower() in _KEYS


def _is_row(element: HtmlElement) -> bool:
    """Whether it holds links to the pages around and nothing else, or is called what such a row is called."""
    if not _is_small(element):
        return False
    near = (element, *islice(element.iterancestors("div", "ul"), _MOST_LEVELS))
    if any(_NAMED & classes_of(one) and _is_small(one) for one in near):
        return True
    links = [one for one in element.iter("a") if one.get("href")]
    around = sum(map(_leads_around, links))
    if around < len(links) and (around < _FEW or 2 * around < len(links)):
        return False
    return not _SIGNS.sub("", _unlinked(element))


def _is_small(element: HtmlElement) -> bool:
    """Whether it is no larger than such a row, and holds no part of a page; reads no further than that takes."""
    letters = 0
    for number, one in enumerate(element.iter()):
        behind = one.tail if one is not element else None
        if max(len(one.text or ""), len(behind or "")) > _MOST_SIGNS:
            return False
        letters += _letters(one.text) + _letters(behind)
        if number > _MOST_ELEMENTS or letters > _MOST_LETTERS or one.tag in _PAGE_PARTS:
            return False
    return True


def _unlinked(element: HtmlElement) -> str:
    """Its text outside of links, with what its pictures say."""
    parts = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and child.tag != "a":
            parts.append(child.get("alt") or "" if child.tag == "img" else _unlinked(child))
        parts.append(child.tail or "")
    return " ".join(parts)
