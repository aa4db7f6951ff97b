"""The hash of a page's text, by which a citation knows the text that its offsets count in."""

import hashlib


def hash_text(text: str) -> str:
    """SHA-256 of the text as UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
