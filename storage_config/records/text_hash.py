"""The hash of a page's text, by which a citation knows the text that its offsets count in."""

import hashlib

from storage_config.records.storable import storable_text


def hash_text(text: str) -> str:
    """SHA-256 of the text as it is kept, as UTF-8, in hexadecimal."""
    return hashlib.sha256(storable_text(text).encode()).hexdigest()
