"""What of an HTML page is its content, and what is the site around it."""

from lxml.html import HtmlElement

# Where the generators put a page's content, the most telling first.
_CONTENT = (
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' theme-doc-markdown ')]",  # Docusaurus
    "//article[contains(@class, 'md-content__inner')]",  # Material for MkDocs
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' sl-markdown-content ')]",  # Starlight
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' vp-doc ')]",  # VitePress
    "//*[@itemprop='articleBody']",  # Read the Docs
    "//main//article",
    "//*[@role='main']",
    "//main",
    "//article",
    "//*[@id='content']",
)
_TAGS = frozenset(
    {
        "audio", "button", "canvas", "dialog", "footer", "form", "head", "iframe", "input", "link", "meta", "nav",
        "noscript", "object", "script", "select", "style", "svg", "template", "textarea", "video",
    }
)  # fmt: skip
_ROLES = frozenset({"banner", "complementary", "contentinfo", "navigation", "search"})
_CLASSES = frozenset(
    {
        "anchorjs-link", "breadcrumb", "breadcrumbs", "edit-page", "edit-this-page", "hash-link", "headerlink",
        "header-anchor", "md-feedback", "md-source-file", "md-tags", "pagination-nav", "prev-next-area", "related",
        "screen-reader-text", "sidebar", "sphinxsidebar", "sr-only", "table-of-contents", "theme-doc-breadcrumbs",
        "theme-doc-footer", "theme-doc-toc-mobile", "theme-doc-version-badge", "toc", "visually-hidden",
    }
)  # fmt: skip
_PERMALINK_TEXTS = frozenset({"", "#", "¶", "§", "🔗", "\u200b", "\uf0c1", "link", "permalink"})


def content_of(document: HtmlElement) -> HtmlElement:
    """The element that holds the page's content: the first that a generator would use, else the body.

    Where several stand side by side (a list of articles), the page has no single content and more of it is taken.
    """
    for path in _CONTENT:
        found = document.xpath(path)
        if isinstance(found, list) and len(found) == 1 and isinstance(found[0], HtmlElement):
            return found[0]
    body = document.find("body")
    return document if body is None else body


def is_skipped(element: HtmlElement) -> bool:
    """Whether the reader of the page does not see the element, or sees it as part of the site around the page."""
    if not isinstance(element.tag, str) or element.tag in _TAGS:
        return True
    if element.get("hidden") is not None or "display:none" in (element.get("style") or "").replace(" ", ""):
        # The panel behind another tab is a click away.
        return bool(element.get("role") != "tabpanel")
    if element.get("aria-hidden") == "true" or element.get("role") in _ROLES:
        return True
    if element.tag == "header" and (element.getparent() is None or element.getparent().tag == "body"):
        return True
    return not _CLASSES.isdisjoint((element.get("class") or "").split())


def is_permalink(element: HtmlElement) -> bool:
    """Whether a link in a heading is the sign that points at the heading itself."""
    if element.tag != "a" or not (element.get("href") or "").startswith("#"):
        return False
    return "".join(element.itertext()).strip().lower() in _PERMALINK_TEXTS
