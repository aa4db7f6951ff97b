"""What versions and locales are called, and what a page says its language is."""

import re
from collections.abc import Sequence

USUAL_ALIASES = ("latest", "stable")
USUAL_LOCALE = "en"
LOCALE = re.compile(r"[a-z]{2,3}(?:[-_][a-z0-9]{2,8}){0,2}", re.IGNORECASE)
_UNRELEASED = ("next", "dev", "devel", "main", "master", "trunk", "nightly", "edge", "canary", "unreleased", "preview")
VERSION = re.compile(
    rf"[vV]?\d+(?:[._]\d+){{0,3}}(?:[._]x)?(?:[-.]?(?:a|b|rc|alpha|beta|lts|dev|pre)[.-]?\d*)?"
    rf"|{'|'.join((*USUAL_ALIASES, 'current', *_UNRELEASED))}",
    re.IGNORECASE,
)
# ISO 639-1: the second letters of its codes by the first one.
_LANGUAGES = {
    "a": "abefkmnrsvyz",
    "b": "aeghimnors",
    "c": "aehorsuvy",
    "d": "aevz",
    "e": "elnostu",
    "f": "afijory",
    "g": "adlnuv",
    "h": "aeiortuyz",
    "i": "adegikostu",
    "j": "av",
    "k": "agijklmnorsuvwy",
    "l": "abginotuv",
    "m": "ghiklnrsty",
    "n": "abdeglnorvy",
    "o": "cjmrs",
    "p": "ailst",
    "q": "u",
    "r": "mnouw",
    "s": "acdegiklmnoqrstuvw",
    "t": "aeghiklnorstwy",
    "u": "gkrz",
    "v": "eio",
    "w": "ao",
    "x": "h",
    "y": "io",
    "z": "ahu",
}
_SUBTAG = re.compile(r"[a-z]{2}|[a-z]{4}|\d{3}")  # a country, a script (RFC 5646)
_BEFORE_RELEASE = re.compile(r"[-.]?(?:a|b|rc|alpha|beta|dev|pre)(?![a-z])", re.IGNORECASE)
LANGUAGE = re.compile(rb"<html\b[^>]*?\blang\s*=\s*[\"']?([A-Za-z0-9_-]+)", re.IGNORECASE)


def said_language(head: bytes) -> str | None:
    """The language of a page, by its first bytes."""
    said = LANGUAGE.search(head)
    return said[1].decode() if said else None


def may_be_language(name: str) -> bool:
    """Whether a folder is called as a language usually is, with its country or script: not so `js` or `api-keys`."""
    code, *rest = name.replace("_", "-").lower().split("-")
    is_known = len(code) == 2 and code[1] in _LANGUAGES.get(code[0], "")
    return is_known and all(_SUBTAG.fullmatch(one) for one in rest)


def is_language(name: str, said: str | None) -> bool:
    """Whether a folder is called as its pages say their language."""
    return said is not None and name.replace("_", "-").lower() == said.replace("_", "-").lower()


def speaks(name: str, said: str | None) -> bool:
    """Whether a folder is called as the language of its pages, or as that language without its country."""
    return is_language(name, said) or (
        said is not None and said.replace("_", "-").lower().startswith(f"{name.replace('_', '-').lower()}-")
    )


def usual_default(names: Sequence[str]) -> str | None:
    """Which of several versions readers get who choose none: by its name, else the newest that is released."""
    lower = {name.lower(): name for name in names}
    for alias in (*USUAL_ALIASES, "current"):
        if alias in lower:
            return lower[alias]
    released = [name for name in names if name.lower() not in _UNRELEASED]
    return max(released or names, key=_age, default=None)


def _age(name: str) -> tuple[tuple[int, ...], bool]:
    """Orders versions from old to new; one before its release is older than it."""
    release, *before = _BEFORE_RELEASE.split(name, maxsplit=1)
    return tuple(int(number) for number in re.findall(r"\d+", release)[:6]), not before
