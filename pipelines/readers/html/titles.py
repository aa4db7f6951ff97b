"""The title of an HTML page where it stands outside of what holds the page's content."""

import re

from lxml.html import HtmlElement

from pipelines.readers.html.lines import element_lines
from pipelines.readers.html.skipping import classes_of, is_permalink, is_skipped

_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
_DOXYGEN_AROUND = frozenset({"nav-path", "side-nav", "top"})
# How a `<title>` parts the name of the page from that of its site.
_PARTED = re.compile(r"\s[|·•»–—-]\s|:\s")


def title_of(document: HtmlElement, content: HtmlElement) -> HtmlElement | None:
    """The heading that titles the page and stands above its content, in the header that they share; else None.

    A heading above the content may as well be the site's, on every page of it: it must go with the page's `<title>`.
    """
    if content.getparent() is None or next(content.iter("h1"), None) is not None:
        return None
    heading = _only_heading(content)
    if heading is None or not _names_page(heading, document, content):
        return None
    header = next(heading.iterancestors("header"), None)
    before = content.getprevious()
    if before is not None and before.get("id") == "header" and _says_name(before):
        return before  # of a manual page of AsciiDoc: what it is called, and in one line what it does
    # Above `main` stands the header of the site.
    is_shared = header is not None and header.getparent() is content.getparent() and not _is_main(content)
    if header is None or not is_shared or next(header.iter("nav", "form"), None) is not None:
        return heading
    return header


def _says_name(header: HtmlElement) -> bool:
    section = next(header.iter("h2"), None)
    named = section is not None and "".join(section.itertext()).strip().lower() == "name"
    return named and next(header.iter("form", "nav", "ul"), None) is None


def name_doxygen_page(document: HtmlElement, generator: str) -> None:
    """Makes the title that Doxygen writes into a `div` the page's heading, and takes out what stands around the page.

    The headings of its pages are all of the first level, so that the page would be called by its first section.
    """
    if not generator.startswith("Doxygen"):
        return
    for part in [one for one in document.iter("div") if one.get("id") in _DOXYGEN_AROUND]:
        part.drop_tree()
    for title in document.iter("div"):
        above = title.getparent()
        if "title" in classes_of(title) and above is not None and "headertitle" in classes_of(above):
            for groups in [one for one in title if "ingroups" in classes_of(one)]:
                groups.drop_tree()
            title.tag = "h1"
            for heading in list(document.iter("h1", "h2", "h3", "h4", "h5")):
                if heading is not title:
                    heading.tag = f"h{int(heading.tag[1]) + 1}"
            return


def _only_heading(content: HtmlElement) -> HtmlElement | None:
    """The h1 that is seen above the content, where there is one alone."""
    found: HtmlElement | None = None
    skipped: dict[HtmlElement, bool] = {}
    before = content.xpath("preceding::h1")
    for heading in before if isinstance(before, list) else []:
        if not isinstance(heading, HtmlElement) or _is_in_skipped(heading, skipped) or _is_link(heading):
            continue
        if found is not None:
            return None
        found = heading
    return found


def _is_in_skipped(element: HtmlElement, known: dict[HtmlElement, bool]) -> bool:
    """Whether the element or one around it is skipped. Each is judged once, as some are judged by all they hold."""
    walked: list[HtmlElement] = []
    one: HtmlElement | None = element
    while one is not None and one not in known:
        walked.append(one)
        one = one.getparent()
    result = one is not None and known[one]
    for inner in reversed(walked):
        result = known[inner] = result or is_skipped(inner)
    return result


def _is_link(heading: HtmlElement) -> bool:
    """Whether a heading is nothing but a link to another page."""
    linked = "".join("".join(link.itertext()) for link in heading.iter("a") if not is_permalink(link))
    return "".join(linked.split()) == "".join("".join(heading.itertext()).split())


def _names_page(heading: HtmlElement, document: HtmlElement, content: HtmlElement) -> bool:
    """Whether the page's `<title>` says that the heading is the page's, or leaves it open and nothing else does."""
    name, first = _name(heading), next((_name(one) for one in content.iter(*_HEADINGS)), "")
    title = _plain("".join(next((one.itertext() for one in document.iter("title")), ())))
    said = {one.get("property"): _plain(one.get("content") or "") for one in document.iter("meta")}
    if not name or name == said.get("og:site_name"):
        return False
    if name in (title, said.get("og:title")):
        return True
    parts = _PARTED.split(title)
    if re.match(re.escape(name) + r"(?!\w)", title):
        # "Install - Acme" names the page first; of "Acme - Install" the content's own heading tells.
        return first == name or first not in parts
    if len(parts) > 1:
        return title.endswith(f": {name}")  # JSDoc: "JSDoc: Class: Pump"
    return not _begins_with_link(heading) and (not title or first != title)


def _name(heading: HtmlElement) -> str:
    return next((_plain(line.heading.text) for line in element_lines(heading) if line.heading), "")


def _plain(text: str) -> str:
    return " ".join(text.split()).lower()


def _begins_with_link(heading: HtmlElement) -> bool:
    """Whether it begins with a link to another page, as a site's name leads to its first."""
    first = next(iter(heading), None)
    return first is not None and first.tag == "a" and not (heading.text or "").strip() and not is_permalink(first)


def _is_main(content: HtmlElement) -> bool:
    return "main" in (content.tag, content.get("role"))
