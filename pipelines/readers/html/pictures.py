"""Text of pictures: what their alternative says, in HTML as in markdown.

Whoever does not see the picture reads it there, and so do searches. A file's name says nothing.
"""

import re
from itertools import islice

from lxml.html import HtmlElement

from pipelines.readers.html.skipping import classes_of

_FILE_NAME = re.compile(r"\S+\.(?:png|jpe?g|gif|svg|webp|avif|bmp|ico)", re.IGNORECASE)
_EMOJI = frozenset({"emoji", "twemoji", "emojione", "gemoji"})
_FIGURES = frozenset({"figure", "informalfigure", "mediaobject", "screenshot"})
_FIGURE_NUMBER = re.compile(r"^\w{1,20} [\d.-]{1,12}[.:]?\s")
_FIGURE_TITLES = frozenset({"caption", "title"})
_MOST_TITLES = 4  # and elements at either end that are looked through for each picture
_MOST_BLANKS = 1_000  # around the words of a caption and between them
# Pictures that say how a build is: their names read like sentences and say nothing.
_BADGE = re.compile(r"shields\.io/|badge|/workflows/.*\.svg", re.IGNORECASE)


def alternative_text(alternative: str, source: str) -> str:
    """The words of an alternative text; empty where it names no more than a file, or stands for a badge."""
    words = " ".join(alternative.split())
    return "" if _FILE_NAME.fullmatch(words) or _BADGE.search(source) else words


def picture_text(image: HtmlElement, before: str) -> str:
    """What an `img` says behind the text `before`: apart from the words around it, unless it is one of them."""
    words = alternative_text(image.get("alt") or "", image.get("src") or "")
    if not words or image.get("role") in ("none", "presentation") or _is_its_caption(image, words):
        return ""
    said = words_between(words, before, image.tail or "")
    return said.strip() if _EMOJI & classes_of(image) else said


def words_between(words: str, before: str, after: str) -> str:
    """The words of a picture apart from the texts around it; nothing where it is a sign beside its own name."""
    if before.rstrip().endswith(words) or after.lstrip().startswith(words):
        return ""
    return f"{' ' * before[-1:].isalnum()}{words}{' ' * after[:1].isalnum()}"


def sign_text(cell: HtmlElement) -> str:
    """What the sign in a cell is called, which holds no text: a hook or a cross, drawn or of a font."""
    for sign in cell.iter("svg", "i", "span"):
        title = next(sign.iterchildren("{*}title", "title"), None)
        if named := sign.get("aria-label") or (title is not None and title.text_content()) or sign.get("title"):
            return " ".join(named.split())
    return ""


def _is_its_caption(image: HtmlElement, words: str) -> bool:
    figure = next(image.iterancestors("figure"), None)
    if figure is None:
        return _is_named_above(image, words)
    # First or last, as HTML has it: a search through many pictures for each of them would be one too many.
    ends = (*islice(figure, _MOST_TITLES), *islice(figure.iterchildren(reversed=True), _MOST_TITLES))
    caption = next((one for one in ends if one.tag == "figcaption"), None)
    return caption is not None and caption.get("aria-hidden") != "true" and _says_only(caption, words)


def _is_named_above(image: HtmlElement, words: str) -> bool:
    """Whether the figure of DocBook that it stands in says the same in its title ("Figure 3. Crop tool") or caption."""
    figures = [one for one in image.iterancestors("div") if _FIGURES & classes_of(one)]
    near = islice(figures[-1].iter("p", "div"), 4 * _MOST_TITLES) if figures else ()
    titles = (one for one in near if _FIGURE_TITLES & classes_of(one))
    return any(_FIGURE_NUMBER.sub("", " ".join("".join(one.itertext()).split())) == words for one in titles)


def _says_only(element: HtmlElement, words: str) -> bool:
    """Whether the words are its text, which is read no further than they need: a figure may hold many pictures."""
    parts, left = list[str](), 2 * len(words) + _MOST_BLANKS
    for part in element.itertext():
        left -= len(part)
        if left < 0:
            return False
        parts.append(part)
    return " ".join("".join(parts).split()) == words
