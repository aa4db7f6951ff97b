"""What scripts other than Latin ask of whoever reads words and numbers: marks inside words, digits, spellings."""

import unicodedata

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
_URDU_LETTERS = str.maketrans("يىكهۃةۀ", "ییکہہہہ")
_FOLDINGS = {"urdu": {**DIGITS, **_UNWRITTEN, **_URDU_LETTERS}}
_ANY_FOLDING = {**DIGITS, **_UNWRITTEN}


def folded(text: str, language: str) -> str:
    """The text as it is searched for: its digits, letters and marks in one spelling."""
    return text.translate(_FOLDINGS.get(language, _ANY_FOLDING))
