"""What the product knows of a language: the words that it looks for, and what it says itself."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)  # compared, and hashed, by identity: each is there once
class Language:
    """A language that a corpus may be in, by its English name. `code` is ISO 639-1.

    The fields up to `kinds` are alternatives of a regular expression, matched without regard to case.
    """

    name: str
    code: str
    openers: str  # what a follow-up opens with: "what about"
    pointers: str  # words that stand for something said before: "it", "another"
    asks: str  # words that open a question
    articles: str  # definite ones
    tasks: str  # what can be asked of any text: "explain", "in other words"
    leans: str  # words that open a sentence which says little without the one before it
    asks_definition: str  # what a question for a definition opens with
    determiners: str  # articles, definite or not, and words in their place
    copulas: str  # what stands between a thing and what it is
    naming: str  # what a definition puts before the name: "is called"
    kinds: Mapping[str, str]  # a question's patterns, by the kind of answer that it waits for (`QuestionKind`)
    negations: frozenset[str]
    abbreviations: str  # words in lower case, without their last dot; no sentence ends after them
    before_numbers: str  # alternatives of abbreviations that do not end a sentence before a number: "Fig. 3"
    quoted: str  # heads an answer that quotes; a line in bold, so that it claims nothing
    nothing_quoted: str  # heads an answer that has nothing to quote
    greetings: str  # alternatives of a whole message
    thanks: str  # the same: thanks, praise, good-byes
    about_assistant: str  # the same: "who are you", "what can you do", "help"
    hello: str
    welcome: str
    introduction: str
    called: str  # stands before the introduction where the assistant has a name, which is `{}`
    examples: str  # stands before questions that the site answers
    example_question: str  # about a section; `{}` is its heading
    refusal: str  # the closest sections are named beside it
    bm25: str = ""  # the stemmer and stop words of Qdrant's BM25 encoder, by its name; else those of `name`
    folded: bool = False  # its letters, digits and marks are brought into one spelling for BM25
    letters: str = ""  # a character class of what it alone is written in, as far as a text can tell; else Latin script
    common: str = ""  # its most common words between blanks, by which a text in it is recognised
    defines_behind: str = ""  # alternatives: what asks for a definition behind the thing: "X 是什么"
    product: str = ""  # what stands for the site's product in a first question: "it", "your tool"; else as in English
    synonyms: str = ""  # groups with semicolons, words and phrases with commas: what readers and pages say differently
    capitals_are_names: bool = True  # False where every noun has a capital
    asking: str = ""  # words between blanks that a question asks with, and that name no matter
    # Of what a sentence holds, alternatives without `\b` around them.
    reasons: str = ""  # what gives a reason: "because"
    numbers: str = ""  # number words
    months: str = ""
    # Regular expressions with the groups `one` and `other`: the things that a question compares. The first that is
    # found in the question, without its last punctuation, counts.
    compares: tuple[str, ...] = ()
    asks_which: str = ""  # alternatives: what asks which of several things to use
    # Of the verifier, words between blanks.
    opposites: str = ""  # pairs with a slash; a pair holds for every form that has the same stem
    denying: str = ""  # words that say without a negation that something is not so
    denying_prefixes: str = ""  # a regular expression of what turns a word into its opposite
    turning_suffixes: str = ""  # pairs with a slash: "useful" and "useless"
    before_objects: str = ""  # determiners and prepositions
    joins: str = ""  # alternatives: what joins two clauses behind a comma
    contrasts: str = ""  # alternatives: what does so without one

    @property
    def is_unspaced(self) -> bool:
        """Whether its words stand in one run, without blanks between them."""
        return self.name in ("chinese", "japanese")
