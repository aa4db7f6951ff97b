"""The text of an HTML file, decoded as browsers do (the WHATWG's Encoding and HTML standards)."""

import re

import webencodings

_META = re.compile(rb"""<meta\b[^>]*?\bcharset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_DECLARATION = re.compile(rb"""\s*<\?xml\b[^>]*?\bencoding\s*=\s*["']([\w.:-]+)["']""", re.IGNORECASE)
_HEAD_BYTES = 4_096  # the standard says 1,024; sites with long heads have their declaration further down
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")


def decode_html(data: bytes, charset: str | None) -> str:
    """A byte order mark decides, then the HTTP header's `charset`, then the page itself, then whether it is UTF-8.

    What no encoding explains is windows-1252, which can be all bytes; a byte that is none of its encoding is U+FFFD,
    and so is a control character, which no page shows.
    """
    fallback = _declared(charset) or _declared(_named(data[:_HEAD_BYTES])) or _guess(data)
    text, _ = webencodings.decode(data, fallback, errors="replace")
    return _CONTROL.sub("\ufffd", text)


def _named(head: bytes) -> str | None:
    # A comment may quote a declaration.
    found = _META.search(re.sub(rb"<!--.*?-->", b"", head, flags=re.DOTALL)) or _DECLARATION.match(head)
    if found is None:
        return None
    label = found[1].decode("ascii", "replace")
    # A page in whose bytes `charset=utf-16` can be read is not in UTF-16.
    return "utf-8" if label.lower().startswith(("utf-16", "utf16", "unicode", "ucs-2", "iso-10646")) else label


def _declared(label: str | None) -> webencodings.Encoding | None:
    return webencodings.lookup(label) if label else None


def _guess(data: bytes) -> webencodings.Encoding:
    """UTF-8 where the bytes are, or nearly are: a page cut in the middle of a letter does not turn into another."""
    wrong = len(data.decode("utf-8", "ignore").encode())
    high = sum(1 for _ in re.finditer(rb"[\x80-\xff]", data))
    return webencodings.UTF8 if (len(data) - wrong) * 20 <= high else webencodings.lookup("windows-1252")
