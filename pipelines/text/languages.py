"""The languages that a corpus may be in, by the names that Qdrant's BM25 uses, with their ISO 639-1 codes."""

LANGUAGE_CODES = {
    "english": "en", "german": "de", "french": "fr", "spanish": "es", "italian": "it", "portuguese": "pt",
    "dutch": "nl", "russian": "ru",
}  # fmt: skip
