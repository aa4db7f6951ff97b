"""Counts `pipelines/grounding/word_rarities.json`: `python -m notebooks.count_rarities WORDFREQ PACKAGES [--write]`.

How rare the words of languages other than English are in passages, half by how often people write them and half by how
often manuals do. WORDFREQ is the folder `data` of the package wordfreq 3.1.1, PACKAGES one with the Debian 12 packages
manpages-*, installation-guide-amd64 and debian-faq-*, unpacked; msgpack has to be installed. English is counted by
`notebooks.fit_grounding`.
"""

import argparse
import gzip
import html
import json
import math
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pipelines.grounding.verifier import PAIR_RARITY, RARITIES
from pipelines.languages.known import LANGUAGES, Language
from pipelines.languages.scripts import MARKS
from pipelines.text.bm25 import UNSPACED, runs_of_one_script
from pipelines.text.words import Words

ABOUT = (
    "Words of a language by how rare they are in passages of it: the log of inverse document frequency; of Chinese and "
    "Japanese, pairs of characters of one script."
)
COUNTED_IN = (
    "wordfreq 3.1.1 (Robyn Speer, data CC BY-SA 4.0), and the Debian 12 packages manpages-*, installation-guide-amd64 "
    "and debian-faq-*: frequencies only"
)
LISTED_BELOW = 5.25
RAREST_FREQUENCY = 2e-7
PASSAGE_WORDS = 100  # content words; 170 with those that stop lists have
PASSAGE_TOKENS, PASSAGE_PAIRS = 170, 120
LEAST_PASSAGES, LEAST_COUNT = 200, 3
HIRAGANA = re.compile("[\u3041-\u3096]")
LETTERS = re.compile(rf"[^\W\d_][\w{MARKS}]+")
TOKEN = re.compile(rf"\w[\w{MARKS}]*")


def frequencies(folder: Path, code: str) -> Iterator[tuple[str, float]]:
    """The words of a language with their share of all words, the most frequent first."""
    import msgpack  # type: ignore[import-not-found,import-untyped,unused-ignore] # of this script alone

    paths = (folder / f"{size}_{code}.msgpack.gz" for size in ("large", "small"))
    found = next((path for path in paths if path.is_file()), None)
    if found is None:
        raise SystemExit(f"{folder}: no frequencies of {code}")
    for centibels, words in enumerate(msgpack.unpackb(gzip.decompress(found.read_bytes()), raw=False)[1:]):
        yield from ((word, 10 ** (-centibels / 100)) for word in words)


def manuals(folder: Path, code: str) -> Iterator[str]:
    """The text of each manual page, and of each page of the installation guide and the FAQ, in a language."""
    locale = {"zh": "zh_CN", "pt": "pt_BR"}.get(code, code)
    for path in sorted(folder.glob(f"manpages-*/usr/share/man/{locale}/man*/*.gz")):
        yield without_roff(gzip.decompress(path.read_bytes()).decode("utf-8", "replace"))
    faq = {"zh": "zh-cn"}.get(code, code)
    for pattern in (
        f"installation-guide-amd64/usr/share/doc/installation-guide-amd64/{locale}/*.html",
        f"debian-faq-*/usr/share/doc/debian/FAQ/*.{faq}.html",
    ):
        for path in sorted(folder.glob(pattern)):
            page = re.sub(r"(?s)<(script|style|pre).*?</\1>", "", path.read_text(encoding="utf-8", errors="replace"))
            yield html.unescape(re.sub(r"<[^>]+>", " ", page))


def without_roff(text: str) -> str:
    """A manual page's text without the requests and escapes of its markup."""
    text = re.sub(r'^\.\\".*$', "", text, flags=re.MULTILINE)
    text = re.sub(r"\\f(?:[A-Z]|\(\w\w|\[\w+\])|\\m\[[^\]]*\]|\\\(\w\w|\\\[[^\]]*\]|\\[&/,^|%c]", "", text)
    return re.sub(r"^\.\w+ ?", "", text.replace("\\-", "-"), flags=re.MULTILINE)


def units(text: str, language: Language) -> list[str]:
    """Words, or pairs of characters where words stand in one run."""
    if not language.is_unspaced:
        return [word for word in TOKEN.findall(text) if LETTERS.fullmatch(word)]
    runs = UNSPACED.findall(text)
    if language.name == "japanese":
        runs = [part for run in runs for part in runs_of_one_script(run)]
    return [pair for run in runs for pair in ([run[i : i + 2] for i in range(len(run) - 1)] or [run])]


def count(language: Language, wordfreq: Path, packages: Path) -> dict[str, str]:
    """The words of a language by their rarity, each stem by its most frequent word."""
    words = Words(language.name)
    shares: dict[int, float] = defaultdict(float)
    written: dict[int, str] = {}
    for word, share in frequencies(wordfreq, language.code):
        if share < RAREST_FREQUENCY:
            break
        for unit in units(word, language):
            for stem in words.stems(unit):
                shares[stem] += share
                written.setdefault(stem, unit)
    held: Counter[int] = Counter()
    passages = 0
    size = PASSAGE_PAIRS if language.is_unspaced else PASSAGE_TOKENS
    for text in manuals(packages, language.code):
        found = units(re.sub(r"\s+", "", text) if language.name == "japanese" else text, language)
        for start in range(0, len(found), size):
            passages += 1
            stems = {stem: unit for unit in found[start : start + size] for stem in words.stems(unit)}
            held.update(stems.keys())
            for stem, unit in stems.items():
                written.setdefault(stem, unit)
    counted = passages >= LEAST_PASSAGES
    listed: dict[float, list[tuple[float, str]]] = defaultdict(list)
    for stem, unit in written.items():
        general = 1 - math.exp(-PASSAGE_WORDS * shares.get(stem, 0.0))
        technical = held[stem] / passages if counted and held[stem] >= LEAST_COUNT else 0.0
        share = (general + technical) / (2 if counted else 1)
        rarity = max(0.5, round(-math.log(share) * 2) / 2) if share else math.inf
        if rarity < (PAIR_RARITY if language.is_unspaced else LISTED_BELOW) and not HIRAGANA.search(unit):
            listed[rarity].append((-share, unit))
    return {str(rarity): " ".join(unit for _, unit in sorted(found)) for rarity, found in sorted(listed.items())}


def main(arguments: Iterable[str]) -> None:
    """Counts all languages but English."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wordfreq", type=Path)
    parser.add_argument("packages", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args(list(arguments))
    languages: dict[str, Mapping[str, str]] = {}
    for name in sorted(LANGUAGES.keys() - {"english"}):
        languages[name] = count(LANGUAGES[name], options.wordfreq, options.packages)
        print(name, {rarity: len(words.split()) for rarity, words in languages[name].items()})
    if options.write:
        data = {"about": ABOUT, "counted_by": "notebooks/count_rarities.py", "counted_in": COUNTED_IN}
        text = json.dumps({**data, "languages": languages}, ensure_ascii=False, indent=1)
        RARITIES.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
