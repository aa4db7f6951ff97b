"""What scripts other than Latin ask of whoever reads words and numbers: marks inside words, digits, spellings."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

# Marks that belong to the word they stand in, as the inside of a character class: signs of Indic vowels, points of
# Arabic, and the joiners that shape letters without parting them.
MARKS = (
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
    "\u0900-\u0903\u093a-\u093c\u093e-\u094f\u0951-\u0957\u0962\u0963\u200c\u200d"
)
# Where a word begins and ends: `\b` takes those marks for gaps.
WORD_START, WORD_END = rf"(?<![\w{MARKS}])", rf"(?![\w{MARKS}])"
# What ends a sentence before white space, beside the full stop of Latin script: danda, Urdu's and Arabic's marks.
STOPS = "।॥۔؟"

# Digits of every living script, and Arabic's separators in numbers, as ASCII has them.
DIGITS = {
    point: str(unicodedata.decimal(chr(point)))
    for point in range(0x80, 0x10000)
    if unicodedata.category(chr(point)) == "Nd"
} | {ord("٫"): ".", ord("٬"): ","}

# Not told apart in searching: letters that keyboards write in two ways, points that most writers leave out, marks that
# only join or direct.
_UNWRITTEN = dict.fromkeys(
    [*range(0x064B, 0x0660), 0x0640, 0x0670, 0x093C, 0x094D, *range(0x200B, 0x2010), *range(0x202A, 0x202F),
     *range(0x2060, 0x206A), 0xFEFF]
)  # fmt: skip
# Letters of Latin script with an accent, which readers who type fast leave away, as letters without.
_ACCENTED = {
    point: bare
    for point in range(0xC0, 0x250)
    if len(parts := unicodedata.normalize("NFD", chr(point))) > 1 and (bare := parts[0]).isascii()
}
_URDU_LETTERS = str.maketrans("يىكهۃةۀ", "ییکہہہہ")
_BARE = {**DIGITS, **_UNWRITTEN, **_ACCENTED}
_FOLDINGS = {
    "urdu": {**DIGITS, **_UNWRITTEN, **_URDU_LETTERS},
    "french": _BARE,
    "spanish": _BARE,
    "italian": _BARE,
    "portuguese": _BARE,
    "dutch": _BARE,
    "russian": {**DIGITS, **_UNWRITTEN, **str.maketrans("ёЁ", "еЕ")},
}
# Endings that stemmers know with their accent only: put back behind what was typed with and without, "configuración",
# "configuracion" and "configuraciones" have one stem. Not those of which a word has another: "sirvió" and "servicio".
_ENDINGS = {
    "french": "ée ées ité ités ière ières ièrement",
    "spanish": "ión ería erían erías eríamos iría irían irías iríamos",
    "portuguese": (
        "ção ções são sões ância âncias ência ências ável áveis ível íveis arão erão irão aríamos eríamos iríamos"
    ),
}
# "Ändern" is typed as "aendern" where keyboards have no umlaut; "neue" and "Quelle" have none.
_GERMAN_PAIR = re.compile(r"(?<![aeiouq])(?:ae|oe|ue)", re.IGNORECASE)
_UMLAUTS = {"ae": "ä", "oe": "ö", "ue": "ü"}
# Stop words with accents: Qdrant's encoder knows them as they are spelled only.
ACCENTED_STOP_WORDS = {
    "german": "für über können könnte während würde würden",
    "french": "à même été était étaient étais étant êtes étions étée étées où",
    "spanish": (
        "más está también qué están había él sí será tenía tú mí sería estás habían esté serán tenían estaría cómo "
        "dónde cuándo cuál quién éramos habíamos tendrá tendrán tendría habrá habrán habría serás estén estará estarán"
    ),
    "italian": "è più perché sarà avrà farà starà sarò avrò farò",
    "portuguese": "é não você vocês são à às já também está só até estão há será terá terão serão hão haverá",
}
_ANY_FOLDING = {**DIGITS, **_UNWRITTEN}


def _pattern_of_endings(accented: Sequence[str]) -> tuple[re.Pattern[str], dict[str, str]]:
    with_accent = {unaccented(ending): ending for ending in accented}
    longest_first = sorted(with_accent, key=len, reverse=True)
    return re.compile(rf"(?<=\w)(?:{'|'.join(longest_first)})(?!\w)", re.IGNORECASE), with_accent


def unaccented(text: str) -> str:
    """The text with each letter of Latin script without its accent, as long as before."""
    return text if text.isascii() else text.translate(_ACCENTED)


class AccentedPattern:
    """A pattern that is found as it is written and, where a reader left accents away, without them.

    Never where the text has an accent that the pattern has not: "está" (is) is not "esta" (this).
    """

    def __init__(self, written: re.Pattern[str]) -> None:
        self._written = written
        self._bare = re.compile(unaccented(written.pattern), written.flags)

    def found(self, text: str) -> bool:
        """Whether it is anywhere in the text."""
        return next(self.spans(text), None) is not None

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where it starts and ends, in order."""
        bare = unaccented(text)
        for start, end in (match.span() for match in self._bare.finditer(bare)):
            if text[start:end] == bare[start:end] or self._written.match(text, start):
                yield start, end


def is_folded(language: str) -> bool:
    """Whether readers of a language in Latin or Cyrillic script write words in more than one way."""
    return language == "german" or language in _FOLDINGS


def folded(text: str, language: str) -> str:
    """The text as it is searched for: its digits, letters and marks in one spelling."""
    if language == "german":
        text = _GERMAN_PAIR.sub(lambda found: _as_cased(_UMLAUTS[found.group().lower()], found.group()[0]), text)
    text = text.translate(_FOLDINGS.get(language, _ANY_FOLDING))
    if language in _RESTORED:
        pattern, with_accent = _RESTORED[language]
        text = pattern.sub(lambda found: _as_cased(with_accent[found.group().lower()], found.group()), text)
    return text


def _as_cased(text: str, model: str) -> str:
    """In capitals where the model is: the tokenizer parts words where small letters and capitals meet."""
    return text.upper() if model.isupper() else text


_RESTORED = {language: _pattern_of_endings(endings.split()) for language, endings in _ENDINGS.items()}
