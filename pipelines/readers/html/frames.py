"""Other pages that a page shows in frames. Their text is not this page's, and is named rather than lost in silence."""

from collections import Counter
from collections.abc import Mapping
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from pipelines.readers.html.skipping import is_hidden

_MOST_NAMED = 5
_LONGEST_NAME = 80


def frames_of(document: HtmlElement) -> Counter[str]:
    """The names of the frames that readers see, counted."""
    frames = [frame for frame in document.iter("frame", "iframe") if not _is_unseen(frame)]
    named = [frame_name(frame.get("src") or frame.get("data-src") or "") or _inner(frame) for frame in frames]
    return Counter(filter(None, named))


def frame_name(source: str) -> str:
    """The host of the page that a frame shows, or its path on the page's own; empty where it shows none."""
    try:
        address = urlsplit(source.strip())
    except ValueError:
        return source[:_LONGEST_NAME]
    return (address.hostname or address.path)[:_LONGEST_NAME] if address.scheme in ("", "http", "https") else ""


def frame_warnings(frames: Mapping[str, int]) -> tuple[str, ...]:
    """What is said of a page with these frames; nothing where it has none."""
    if not frames:
        return ()
    listed = ", ".join(f"{name} ({count})" for name, count in Counter(frames).most_common(_MOST_NAMED))
    return (f"shows other pages in frames, whose text is not read: {listed}",)


def _is_unseen(frame: HtmlElement) -> bool:
    is_tiny = frame.get("width") in ("0", "1") or frame.get("height") in ("0", "1")  # counts visits
    return is_tiny or is_hidden(frame) or next(frame.iterancestors("noscript"), None) is not None


def _inner(frame: HtmlElement) -> str:
    return "srcdoc" if (frame.get("srcdoc") or "").strip() else ""
