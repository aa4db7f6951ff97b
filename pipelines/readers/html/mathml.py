"""MathML and TeX of an HTML page → one line of text in which a fraction stays one and a power keeps its mark."""

import re
from collections.abc import Sequence

from lxml.html import HtmlElement

from pipelines.readers.html.katex import grouped, katex_text

_WORD = re.compile(r"[A-Za-z]{2,}")
_INVISIBLE = frozenset("\u2061\u2062\u2063\u2064\u200b")
_SKIPPED = frozenset({"annotation", "annotation-xml", "mphantom", "none", "mprescripts", "malignmark", "maligngroup"})
_SIGNS = frozenset("+-−±∓¬")
_SPACED = re.compile(r"[=<>≤≥≠≈→←↔⇒∈∉⊂⊆∪∩∧∨±×·⋅∼≡∝+−]|-")


def math_text(element: HtmlElement) -> str | None:
    """The text of a formula, which is TeX between `$` where the page has that; None where the element is no formula."""
    tag = element.tag
    if tag == "script":
        kind = (element.get("type") or "").replace(" ", "").lower()
        display = "mode=display" in kind
        return _tex(element.text_content(), display=display) if kind.startswith(("math/tex", "math/latex")) else None
    if tag == "img" and _is_formula(element):
        return _tex(element.get("alt") or "", display=False)
    if tag == "mjx-container":
        return _mathjax(element)
    if tag not in ("math", "span"):
        return None
    display = element.get("display") == "block"
    if (source := _annotation(element)) is not None:
        return _tex(source, display=display)
    if tag == "span":
        return katex_text(element) if "katex" in (element.get("class") or "").split() else None
    if alternative := element.get("alttext"):
        return _tex(alternative, display=display)
    return " ".join(_row(element).split())


def _mathjax(element: HtmlElement) -> str | None:
    """What a drawing of MathJax keeps for those who cannot see it; None where that is MathML, read as it is."""
    if next(element.iter("math"), None) is not None:
        return None
    for drawn in element.iter():
        if isinstance(drawn.tag, str) and (source := drawn.get("data-latex")):
            return _tex(source, display=element.get("display") == "true")
    return str(element.get("aria-label") or "") or None


def _annotation(element: HtmlElement) -> str | None:
    if element.tag == "span" and "katex" not in (element.get("class") or ""):
        return None
    for annotation in element.iter("annotation"):
        if "tex" in (annotation.get("encoding") or "").lower():
            return str(annotation.text_content())
    return None


def _is_formula(image: HtmlElement) -> bool:
    classes = (image.get("class") or "").split()
    return bool(image.get("alt")) and any("math" in name or name in ("tex", "latex") for name in classes)


def _tex(source: str, *, display: bool) -> str:
    source = " ".join(source.split())
    for opened, closed in (("$$", "$$"), ("\\(", "\\)"), ("\\[", "\\]"), ("$", "$")):
        if source.startswith(opened) and source.endswith(closed) and len(source) > len(opened) + len(closed):
            source = source[len(opened) : -len(closed)].strip()
    if source.startswith("{\\displaystyle") and source.endswith("}"):
        source = source.removeprefix("{\\displaystyle").removesuffix("}").strip()
    marks = "$$" if display else "$"
    return f"{marks}{source}{marks}" if source else ""


def _children(element: HtmlElement) -> list[HtmlElement]:
    return [child for child in element if isinstance(child.tag, str)]


def _row(element: HtmlElement) -> str:
    out = ""
    for child in _children(element):
        piece = _text(child)
        if child.tag == "mo" and piece.strip() in _SIGNS and (not out or out[-1:] in "([{,;="):
            piece = piece.strip()  # a sign of the number behind it, not between two
        between = out[-1:] + piece[:1]
        # Names of functions and words would run together with their argument.
        out += f" {piece}" if _WORD.search(out[-2:] or "") and between.isalnum() else piece
    return out


def _text(element: HtmlElement) -> str:
    tag = str(element.tag)
    if tag in _SKIPPED:
        return ""
    if tag in ("mi", "mn", "mtext", "ms", "mo"):
        return _token(tag, " ".join(element.text_content().split()))
    if tag == "mspace":
        return " "
    if tag == "semantics":
        return next((_text(child) for child in _children(element)), "")
    if tag in ("mtable", "mtr", "mlabeledtr", "mtd"):
        return _table(element)
    if tag == "mmultiscripts":
        return _multiscripts(element)
    if tag == "mfenced":
        separators = (element.get("separators", ",") or ",").strip()[:1]
        inner = f"{separators} ".join(_text(child) for child in _children(element))
        return f"{element.get('open', '(')}{inner}{element.get('close', ')')}"
    if tag == "mfrac" and (element.get("linethickness") or "").strip().startswith("0"):
        return " choose ".join(_text(child).strip() for child in _children(element))
    if tag == "msqrt":
        return f"√({_row(element)})"
    children = _children(element)
    scripted = len(children) > 1 and tag in _SCRIPTED
    return _scripted(tag, [_text(child) for child in children]) if scripted else _row(element)


_SCRIPTED = frozenset({"mfrac", "msup", "msub", "msubsup", "mover", "munder", "munderover", "mroot"})
_ACCENTS = {"^": "\u0302", "ˆ": "\u0302", "~": "\u0303", "˜": "\u0303", "¯": "\u0304", "‾": "\u0304", "→": "\u20d7",
            "⃗": "\u20d7", "˙": "\u0307", ".": "\u0307", "¨": "\u0308"}  # fmt: skip


def _scripted(tag: str, parts: Sequence[str]) -> str:
    base = parts[0].strip()
    first, second = parts[1].strip(), parts[2].strip() if len(parts) > 2 else ""
    if tag == "mfrac":
        return f"{grouped(base)}/{grouped(first)}"
    if tag == "mroot":
        return f"root({base}, {first})"
    if tag == "mover" and first in _ACCENTS and len(base) == 1:
        return base + _ACCENTS[first]
    if tag in ("msup", "mover"):
        prime = first and not first.strip("′″‴'*†")
        return base + first if prime else f"{grouped(base)}^{grouped(first)}"
    lower = f"_{grouped(first)}" if first else ""
    return f"{grouped(base)}{lower}" + (f"^{grouped(second)}" if second else "") + (" " if tag != "msubsup" else "")


def _token(tag: str, text: str) -> str:
    text = "".join(character for character in text if character not in _INVISIBLE)
    if tag == "ms":
        return f'"{text}"'
    return f" {text} " if tag == "mo" and (_SPACED.fullmatch(text) or text.isalpha()) else text


def _table(element: HtmlElement) -> str:
    if element.tag == "mtd":
        return _row(element).strip()
    separator = "; " if element.tag == "mtable" else ", "
    inner = separator.join(_text(child).strip() for child in _children(element))
    return f"[{inner}]" if element.tag == "mtable" else inner


def _multiscripts(element: HtmlElement) -> str:
    children = _children(element)
    tags = [child.tag for child in children]
    split = tags.index("mprescripts") if "mprescripts" in tags else len(children)

    def scripts(found: list[HtmlElement]) -> str:
        marks = [_text(child).strip() for child in found]
        return "".join(("_" if index % 2 == 0 else "^") + grouped(mark) for index, mark in enumerate(marks) if mark)

    base = _text(children[0]).strip() if children else ""
    return scripts(children[split + 1 :]) + base + scripts(children[1:split])
