"""What of an HTML page is its content, and what is the site around it."""

import re
from collections.abc import Callable, Collection, Iterator

from lxml.html import HtmlElement

from pipelines.readers.scripts import is_note

# Where the generators put a page's content, the most telling first.
_CONTENT_PATHS = (
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' theme-doc-markdown ')]",  # Docusaurus
    "//article[contains(@class, 'md-content__inner')]",  # Material for MkDocs
    # Starlight: with the banner and the title above.
    "//main[.//*[contains(concat(' ', normalize-space(@class), ' '), ' sl-markdown-content ')]]",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' vp-doc ')]",  # VitePress
    "//*[@itemprop='articleBody']",  # Read the Docs
    "//main//*[contains(concat(' ', normalize-space(@class), ' '), ' td-content ')]",  # Docsy
    "//main//article",
    "//*[@role='main']",
    "//main",
    "//article",
    "//*[@id='content']",
    "//*[@id='docs-body']",  # zzzeeksphinx: SQLAlchemy's family
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' bodywrapper ')]",  # Sphinx before 1.3
    "//*[@id='main-content' or @id='maincontent' or @id='page-content' or @id='bodyContent' or @id='main']",
)
_TAGS = frozenset(
    {
        "audio", "canvas", "datalist", "head", "iframe", "link", "meta", "meter", "nav", "noframes", "noscript",
        "object", "progress", "rp", "select", "style", "svg", "video",
    }
)  # fmt: skip
# Seen by no reader or part of the site around the page, unless what it holds or where it stands says otherwise.
_DOUBTFUL: dict[str, Callable[[HtmlElement], bool]] = {
    "button": lambda element: _is_label(element),
    "dialog": lambda element: element.get("open") is not None,
    "footer": lambda element: element.getparent() is not None and element.getparent().tag == "blockquote",
    "form": lambda element: _is_page(element),
    "input": lambda element: (element.get("type") or "").lower() == "checkbox" and not _is_control(element),
    "script": lambda element: (element.get("type") or "").lower().startswith(("math/tex", "math/latex")),
    "template": lambda element: element.get("shadowrootmode") is not None,
    "textarea": lambda element: element.get("readonly") is not None,  # to copy from
}
_CONTENTS_IDS = frozenset({"toc", "table-of-contents", "tableofcontents"})
_ROLES = frozenset({"banner", "complementary", "contentinfo", "navigation", "search"})
_CLASSES = frozenset(
    {
        "MathJax", "MathJax_CHTML", "MathJax_Display", "MathJax_Preview", "MathJax_SVG", "anchorjs-link",
        "copiable-anchor", "copiable-link",
        "edit-page", "edit-this-page", "feedback-toolbar", "fn-bracket", "mw-cite-backlink", "mw-editsection",
        "hash-link", "headerlink", "header-anchor", "md-feedback", "md-source-file", "md-tags", "pagination-nav",
        "prev-next-area", "related", "screen-reader-only", "screen-reader-text", "skip-link", "skip-nav",
        "skip-to-content", "sphinxsidebar", "sr-only", "table-of-contents", "theme-doc-footer",
        "theme-doc-toc-mobile", "theme-doc-version-badge", "toc", "ttc", "viewcode-link", "visually-hidden",
        "visuallyhidden",
    }
)  # fmt: skip
_NOT_PRINTED = frozenset({"d-print-none", "hidden-print", "no-print", "noprint", "print:hidden"})
_BLOCKS = frozenset({"aside", "div", "footer", "header", "p", "section", "table", "ul"})
_MOST_ASKED = 400  # characters of what a site asks the readers of a page
_LONGEST_PLACE = 300
# A class of the place of a page in its site, or of a list of the page's contents, by the name or one made with it.
_PLACE = re.compile(
    r"(?:^|[_:-])breadcrumbs?(?:[_-]+(?:active|bar|container|current|inner|items?|links?|list|menu|nav|navigation"
    r"|separator|text|title|trail|wrap|wrapper))?$"
)
_CONTENTS = re.compile(r"(?:^|[_:-])toc(?:ify)?(?:$|[_-])")
# What has such a menu is none.
_HAS_ONE = re.compile(
    r"(?:^|[_:-])(?:enable|has|hide|is|no|show|with|without)[_-]|[_-](?:component|enabled|grid|layout|open|page|visible)$"
)
_PAGE_PARTS = ("h1", "main", "article", "pre", "table")
_PERMALINK_TEXTS = frozenset({"", "#", "¶", "§", "🔗", "\u200b", "\uf0c1", "link", "permalink"})


# A note's number beside the text, and the way back from the note: signs, not text.
_NOTE_CLASSES = frozenset(
    {
        "backlink", "data-footnote-backref", "fn-backref", "footnote-back", "footnote-backref", "footnote-ref",
        "footnote-reference", "footnoteRef", "fnref", "footref", "noteref", "reference-footnote", "reversefootnote",
    }
)  # fmt: skip
_NOTE_ROLES = frozenset({"doc-noteref", "doc-backlink"})
_NOTE_TARGET = re.compile(
    r"#(?:user-content-)?(?:(?:fn|fnote|footnote|cite_note|cite-note|endnote|ftnt?|sdfootnote|_ftn)s?(?![a-z])"
    r"|notes?[_:.-]?(?:\d{1,4}|[a-z])?$)",
    re.IGNORECASE,
)
# Classes of panels that a click shows: tabs, accordions, whatever a script opens.
_PANEL = re.compile(
    r"(?:^|[-_ ])(?:tabs?-?(?:pane|panel|content|item|body)|tabbed-(?:block|content)|panel|pane|collaps(?:e|ed|ible)"
    r"|accordion(?:[-_][\w-]+)?|expand(?:ed|able)?|(?:dropdown|toggle)-content|details|spoiler|faq-answer)(?:$|[-_ ])",
    re.IGNORECASE,
)
# What is moved out of sight is as hidden as what says so.
_HIDDEN = re.compile(
    r"display:none|visibility:hidden|(?:^|;)text-indent:-\d{4,}|clip:rect\((?:[01](?:px)?,?){4}\)", re.IGNORECASE
)
_FAR_OUT = re.compile(r"(?:^|;)(?:left|top):-\d{4,}", re.IGNORECASE)
_PLACED = re.compile(r"(?:^|;)position:(?:absolute|fixed)", re.IGNORECASE)
_NO_SIZE = re.compile(r"(?:^|;)font-size:0(?:[a-z%]{0,4})(?:;|!|$)", re.IGNORECASE)
_STRUCK = re.compile(r"text-decoration(?:-line)?:[^;]{0,100}line-through", re.IGNORECASE)
_STRUCK_CLASSES = frozenset({"line-through", "strike", "strikeout", "strikethrough", "text-decoration-line-through"})
# Attributes by which scripts open and close what they stand at.
_TOGGLED = ("x-show", "x-collapse", "v-show", "ng-show", "ng-hide", "data-accordion-content", "data-tab-content")
_GLUED_NOTE = re.compile(r"\d{1,3}|[*†‡§¶]{1,3}")
_RAISED = re.compile(r"vertical-align\s*:\s*(super|sub)\b", re.IGNORECASE)
_OPENS = re.compile(
    r"(?:^|[-_ ])(?:accordion|collapsible|collapse|expander|faq|spoiler|toggle)(?:$|[-_ ])", re.IGNORECASE
)
_PAGE_TAGS = ("h1", "h2", "main", "article", "pre", "table", "section")
_INLINE_PARENTS = frozenset(
    {"p", "li", "dd", "dt", "td", "th", "span", "strong", "em", "b", "i", "label", "figcaption"}
)


def contents_of(document: HtmlElement) -> Iterator[HtmlElement]:
    """The elements that may hold the page's content: the first that a generator would use, at last the body.

    Where several stand side by side (a list of articles), the page has no single content and more of it is taken.
    """
    for path in _CONTENT_PATHS:
        found = document.xpath(path)
        only = found[0] if isinstance(found, list) and len(found) == 1 else None
        if isinstance(only, HtmlElement) and not _is_small_part(only):
            yield only
    body = document.find("body")
    yield document if body is None else body


_SAID = ("p", "pre", "h2", "h3")


def _is_small_part(article: HtmlElement) -> bool:
    """Whether an article is one thing of several in its `main`, most of whose text stands around it."""
    around = next(article.iterancestors("main"), None) if article.tag == "article" else None
    if around is None:
        return False
    own = list(article.iter(*_SAID))
    inside, seen = sum(map(_letters, own)), set(own)
    beside = sum(_letters(one) for one in around.iter(*_SAID) if one not in seen and not is_skipped(one))
    return beside > 2 * inside


def _letters(element: HtmlElement) -> int:
    return len("".join(element.itertext()).strip())


def reveal_panels(document: HtmlElement) -> None:
    """Takes the marks of hiding from what is one click away: panels of tabs and accordions, and what a button opens."""
    opened = set[str]()
    for element in document.iter("a", "button", "div", "h2", "h3", "h4", "input", "label", "li", "span", "summary"):
        for name in ("aria-controls", "data-bs-target", "data-target", "data-collapse-toggle"):
            opened.update((element.get(name) or "").replace("#", " ").split())
        if element.get("role") == "tab" or element.get("data-toggle") or element.get("data-bs-toggle"):
            opened.add((element.get("href") or "").lstrip("#"))
    for element in document.iter():
        if isinstance(element.tag, str) and is_hidden(element) and _is_panel(element, opened):
            for name in ("hidden", "aria-hidden", "style"):
                element.attrib.pop(name, None)


def is_hidden(element: HtmlElement) -> bool:
    """Whether its own attributes hide the element."""
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    style = (element.get("style") or "").replace(" ", "")
    if not style:
        return False
    if _HIDDEN.search(style) or (_FAR_OUT.search(style) and _PLACED.search(style)):
        return True
    return _NO_SIZE.search(style) is not None and not any(map(_has_style, element.iterdescendants()))


def _has_style(element: HtmlElement) -> bool:
    """Whether it may have a size of its own, as the columns of a layout have that closes the gaps between them."""
    return bool(element.get("class")) or "font" in (element.get("style") or "").lower()


def _is_panel(element: HtmlElement, opened: Collection[str]) -> bool:
    if (element.get("hidden") or "").lower() == "until-found" or element.get("role") in ("tabpanel", "region"):
        return True
    if element.tag not in ("article", "dd", "div", "li", "p", "section", "table", "tr", "ul"):
        return False
    if any(name in element.attrib for name in _TOGGLED) or _is_one_of_several(element):
        return True
    before = element.getprevious()
    if before is not None and before.get("aria-expanded") == "false":
        return True
    if any(child.get("role") == "region" for child in element.iterchildren("div", "section")):
        return True
    return element.get("id") in opened or _PANEL.search(element.get("class") or "") is not None


def _is_one_of_several(element: HtmlElement) -> bool:
    """Whether it stands beside one that is shown, told apart by a mark of their own such as `data-lang`."""
    marks = {name for name in element.attrib if str(name).startswith("data-")}
    beside = (element.getprevious(), element.getnext()) if marks else ()
    return any(
        one is not None and one.tag == element.tag and not marks.isdisjoint(one.attrib) and not is_hidden(one)
        for one in beside
    )


def is_skipped(element: HtmlElement) -> bool:
    """Whether the reader of the page does not see the element, or sees it as part of the site around the page."""
    tag = element.tag
    if not isinstance(tag, str) or tag in _TAGS or tag in ("del", "s", "strike"):
        return True
    if tag in _DOUBTFUL and not _DOUBTFUL[tag](element):
        return True
    if is_hidden(element) or element.get("role") in _ROLES:
        # A formula for those who do not see its drawing is what stands in the text.
        is_text = element.get("role") == "complementary" and not _is_menu(element)
        return not (is_text or _is_spoken_math(element) or _is_spoken_title(element))
    if tag == "header" and (element.getparent() is None or element.getparent().tag == "body"):
        return True
    said = element.get("class") or ""
    classes = set(said.split())
    if said and (_is_menu_by_name(element, said, classes) or _is_left_out_of_print(element, classes)):
        return True
    if tag == "span" and not classes.isdisjoint(("collapsed", "expanded")) and element.getparent().tag == "summary":
        return True  # what a button says before and after it is pressed
    struck = not _STRUCK_CLASSES.isdisjoint(classes) or element.get("role") == "deletion"
    if struck or _STRUCK.search((element.get("style") or "").replace(" ", "")):
        return True
    if ("sidebar" in classes or (element.get("id") or "").lower() in _CONTENTS_IDS) and _is_menu(element):
        return True
    if "lang" in classes and "language-" in (element.getparent().get("class") or ""):  # VitePress, above its code
        return True
    if tag == "mjx-container":  # MathJax 3 draws the formula and keeps it beside the drawing, for those who cannot see
        return False
    if tag == "table" and "related" in classes:  # names what belongs to the page; Sphinx's bar of links is no table
        return _is_menu(element) and next(element.iterdescendants("th"), None) is None
    return not _CLASSES.isdisjoint(classes) or _is_note_mark(element, classes)


def _is_menu_by_name(element: HtmlElement, said: str, classes: Collection[str]) -> bool:
    """Whether its classes say that it is the page's place in its site, its contents or a book's index; not the page."""
    if "indexdiv" in classes:  # DocBook
        return True
    is_place = "breadcrumb" in said and _is_named(_PLACE, classes)
    is_list = ("toc" in said and _is_named(_CONTENTS, classes)) or (
        "contents" in classes and ("topic" in classes or "local" in classes)  # docutils
    )
    if not (is_place or is_list) or next(element.iterdescendants(*_PAGE_PARTS), None) is not None:
        return False
    if _is_menu(element):
        return not is_place or next(element.iterdescendants("h2", "h3", "h4"), None) is None
    # A place ends with the name of the page, which is no link and may be long.
    return is_place and next(element.iterdescendants(*_SAID), None) is None and _letters(element) <= _LONGEST_PLACE


def _is_named(name: re.Pattern[str], classes: Collection[str]) -> bool:
    return any(name.search(one) and not _HAS_ONE.search(one) for one in classes)


def _is_left_out_of_print(element: HtmlElement, classes: Collection[str]) -> bool:
    """Whether no print shows it and it is the site's: a question to its readers, or links that edit the page."""
    if element.tag not in _BLOCKS or _NOT_PRINTED.isdisjoint(classes):
        return False
    if next(element.iterancestors("dd", "li", "pre", "td", "th"), None) is not None:
        return False
    if next(element.iterdescendants(*_PAGE_PARTS), None) is not None:
        return False
    asks = next(element.iterdescendants("button", "form", "input"), None) is not None
    return (asks and _letters(element) <= _MOST_ASKED) or _is_menu(element)


def classes_of(element: HtmlElement) -> set[str]:
    """The names of its classes."""
    return set((element.get("class") or "").split())


def _is_note_mark(element: HtmlElement, classes: Collection[str]) -> bool:
    """Whether the element is the number of a note, or the way back from one."""
    if element.tag not in ("a", "sup", "span") or "toc-backref" in classes:  # docutils: a heading links to its contents
        return False
    if (
        not _NOTE_CLASSES.isdisjoint(classes)
        or element.get("role") in _NOTE_ROLES
        or "data-footnote-ref" in element.attrib
    ):
        return True
    if "data-footnote-backref" in element.attrib or (element.get("id") or "").startswith("fnref"):
        return True
    link = element if element.tag == "a" else next(element.iterdescendants("a"), None)
    page, _, place = (link.get("href") or "#" if link is not None else "#").partition("#")
    is_target = _NOTE_TARGET.match(f"#{place}") is not None
    if not place or (page and not is_target):
        return False
    text = "".join(element.itertext())
    if element.tag == "sup" or script_of(element) == "sup":
        return is_note(text)
    if element.tag != "a" or not is_note(text):
        return False
    # A number that is glued to a word or number and leads down the page is none of its digits.
    glued = _GLUED_NOTE.fullmatch(text.strip()) is not None and _before(element)[-1:].isalnum()
    # On another page, a number between words may be a link like others.
    return glued or (is_target and (not page or not text.strip().isalnum()))


def _before(element: HtmlElement) -> str:
    """The text right before an element, in its own parent."""
    earlier, parent = element.getprevious(), element.getparent()
    if earlier is not None:
        return str(earlier.tail or "")
    return "" if parent is None else str(parent.text or "")


def script_of(element: HtmlElement) -> str | None:
    """`sup` or `sub` for what stands above or below the line, by its tag or its style."""
    if element.tag in ("sup", "sub"):
        return str(element.tag)
    raised = _RAISED.search(element.get("style") or "") if element.tag in ("span", "a", "small", "font") else None
    return raised[1].lower()[:3] if raised else None


def _is_spoken_math(element: HtmlElement) -> bool:
    """Whether a hidden element holds a formula and nothing else, as MediaWiki has it beside the picture."""
    formula = next(element.iterdescendants("math"), None) if element.tag == "span" else None
    return formula is not None and "".join(element.itertext()).strip() == "".join(formula.itertext()).strip()


def _is_spoken_title(element: HtmlElement) -> bool:
    """Whether it is hidden from those alone who are told the same by the name of what it stands in."""
    above = element.getparent()
    named = above.get("aria-label") if above is not None and element.get("aria-hidden") == "true" else None
    return bool(named) and element.tag != "svg" and "".join(element.itertext()).strip() == named


def _is_label(button: HtmlElement) -> bool:
    """Whether a button's label is text of the page: a tab, the head of what it opens, a word of a sentence."""
    if (
        button.get("role") == "tab"
        or button.get("aria-expanded") is not None
        or button.get("data-bs-toggle") == "collapse"
    ):
        return True
    parent, follows = button.getparent(), button.getnext()
    if parent is None:
        return False
    if follows is not None and isinstance(follows.tag, str):
        opens = _OPENS.search(button.get("class") or "") is not None and _PANEL.search(follows.get("class") or "")
        if opens or any(name in follows.attrib for name in _TOGGLED):
            return True
    if parent.tag in ("summary", "dt", "legend") or re.fullmatch("h[1-6]", str(parent.tag)):
        return True
    beside = [parent.text, *(child.tail for child in parent)]
    return parent.tag in _INLINE_PARENTS and any(text and text.strip(" \n\t.,:;|") for text in beside)


def _is_control(element: HtmlElement) -> bool:
    """Whether a checkbox opens or chooses something, as tabs without a script do; others are marks of a list."""
    parent = element.getparent()
    if parent is not None and parent.tag == "label" and not _before(element).strip():
        element, parent = parent, parent.getparent()
    return parent is None or parent.tag not in ("li", "p", "td") or _is_inside_text(element)


def _is_inside_text(element: HtmlElement) -> bool:
    """Whether text or another element stands before it, where no line has just begun."""
    earlier = element.getprevious()
    return bool(_before(element).strip()) or (earlier is not None and earlier.tag != "br")


def _is_page(form: HtmlElement) -> bool:
    """Whether a form is wrapped around the page, rather than a question to its reader."""
    return next(form.iterdescendants(*_PAGE_TAGS), None) is not None or sum(1 for _ in form.iterdescendants("p")) > 2


def _is_menu(element: HtmlElement) -> bool:
    """Whether most of the text is links: a list of pages, not a part of this one."""
    linked = sum(len("".join(link.itertext()).strip()) for link in element.iterdescendants("a"))
    return 2 * linked >= len("".join("".join(element.itertext()).split()))


def is_permalink(element: HtmlElement) -> bool:
    """Whether a link in a heading is the sign that points at the heading itself."""
    if element.tag != "a" or not (element.get("href") or "").startswith("#"):
        return False
    return "".join(element.itertext()).strip().lower() in _PERMALINK_TEXTS
