"""What a question asks to have defined, and which sentences define it."""

import re
from functools import lru_cache

from pipelines.languages.known import Language, any_language, language_of
from pipelines.languages.scripts import unaccented
from pipelines.text.identifiers import split_name
from pipelines.text.words import Words

_MAX_TERM_STEMS = 4
_MAX_SUBJECT_WORDS = 9
_MIN_INVERTED_WORDS = 6
# A longer text is no short question; the patterns below look at it from many places.
_MAX_ASKED_CHARS = 500
# So much of a heading and of a sentence is looked at: patterns try every blank and bracket of them.
_MAX_HEADING_CHARS, _MAX_SENTENCE_CHARS = 400, 2_000

# "What is X?" in every language that readers ask in; what follows a comma or "in" says where, not what.
_ASKED = re.compile(
    r"^\W*(?:(?:so|ok|okay|and|please|hi|hey|hello)[, ]+|in [^,?]{1,30}, *)?"
    rf"(?:{unaccented(any_language(lambda one: one.asks_definition))})(?:\s+|(?<=[\u3040-\u9fff]))"
    rf"(?:exactly\s+)?(?:(?:{unaccented(any_language(lambda one: one.determiners))})\s+)?"
    r"(?:(?:meaning|definition|idea|concept|purpose|point) (?:of|behind)\s+(?:an?\s+|the\s+)?)?(.+?)\s*$",
    re.IGNORECASE,
)
_BARE = re.compile(r"^\W*([\w.`'’-]+(?:\s+[\w.`'’-]+){0,3}?)\s+(?:definition|meaning|means?)\W*$", re.IGNORECASE)
# "X 是什么", "X क्या है": the thing stands before what asks for it.
_BEHIND = unaccented(any_language(lambda one: one.defines_behind))
_ASKED_BEHIND = re.compile(rf"^\W{{0,9}}(\w.{{0,59}}?)\s?(?:{_BEHIND})\W{{0,9}}$")
# "Isaac Sim - what kind of software is it?": the thing first.
_NAMED_FIRST = re.compile(
    r"^\W{0,9}(?P<term>\w[^?!,:–—]{1,59}?)\s?[,:–—-]{1,3}\s?(?:what(?:['’]?s| is| are) (?:it|that|this|they|those)"
    r"|what (?:kind|sort|type) of [\w ]{2,30} (?:is|are) (?:it|that|this|they))\W{0,9}$",
    re.IGNORECASE,
)
# One end at a time: several in one pattern overlap, and a hundred characters of them took seconds. Words first: the end
# of "a saga good for nowadays" is no "for nowadays".
_MAX_ENDS = 12
_END_WORDS = re.compile(
    r"(?:\s+(?:(?:to|for) (?:an? |the )?(?:(?:complete|total|absolute) )?(?:beginners?|newcomers?|newbies?|novices?"
    r"|child|kids?|me|dummies|layman|laymen)|like i['’]?m \w+|in (?:simple|plain|easy) (?:words|terms|english)"
    r"|is|are|means?|does|do|stands? for|exactly|actually|please|really|here|about|good for|used for|for|all"
    r"|nowadays|these days|today|currently|basically|again)"
    r"|[?!.:]+)$",
    re.IGNORECASE,
)
_BESIDE = r"(?:beside|inside|near|next to|under|at the (?:top|bottom|end) of)"
_WHERE = rf"(?:for|in|within|{_BESIDE})"
_END_PHRASE = re.compile(
    # The last of several: "a semaphore used for in Linux" ends with "in Linux".
    rf"(?:\s+(?:in|for|within) (?!{_WHERE}\b)(?:an? |the )?(?:(?!\s{_WHERE}\s)[\w. -]){{1,30}}"
    rf"|\s+{_BESIDE} (?:an? |the |my |our |your )"
    rf"(?:(?!\s{_WHERE}\s)[\w. -]){{1,30}}"
    r"|\s+(?:and|,|-|;)\s+.*|,.*)$",
    re.IGNORECASE,
)
# Asks for a property of the thing, not for what it is.
_PROPERTY = re.compile(
    r"^(?:\w+\s+){0,2}?(?:(?:default|difference|minimum|maximum|best|right|correct|recommended|most|fastest|easiest"
    r"|largest|first|second|third|last|next)\b"
    # "The type of a column" is one of its properties; "type affinity" is a thing.
    r"|(?:value|type|name|number|size|limit|port|version|url|path|way|order|price|cost|command|options?|arguments?"
    r"|parameters?|steps?|requirements?|advantages?|benefits?|types|kinds|limits?)"
    r"(?=\W*$|\s+(?:allowed|an?|are|as|at|available|behind|by|called|does|for|from|i|if|in|is|my|needed|of|on|per"
    r"|required|supported|that|the|this|to|used|we|when|where|which|with|you|your)\b))",
    re.IGNORECASE,
)
# "An unmanaged value" is a thing, not a property of one; "a CLI option" is a sort of options, no option called `cli`.
_SOME_THING = re.compile(r"\b(?:an?|eine?[nmrs]?|une?|un|una) (?!\S+ of\b)", re.IGNORECASE)
# What does "mounting" a sub application mean? The word in quotation marks is what is to be defined.
_QUOTED = re.compile(r"[\"“”„]([^\"“”„]{2,40})[\"“”]")
# A section of a page that only says what the page is about.
_GENERAL = re.compile(
    r"(?:descriptions?|names?|overview|introduction|intro|general|about|basics|what is (?:it|this)"
    r"|beschreibung|übersicht|überblick|einführung|aperçu|présentation|descripción|introducción|resumen)\W*",
    re.IGNORECASE,
)
# "git-stash(1) Manual Page" is about what readers call `git stash` or `stash`.
_MANUAL_PAGE = re.compile(r"(?:(\w{1,30})-)?([\w-]{1,60})\(\d\w?\)(?: manual page)?", re.IGNORECASE)
# "Closures: Anonymous Functions that Capture Their Environment": a name, and what is said of it.
_SUBTITLED = re.compile(
    r"(?!(?:error|warning|note|example|tip|step|listing|figure|table)\b)([^:]{2,60}): (?-i:[A-Z]|an? |the )\S* ?\S",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[*_`]")
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_NUMBERING = re.compile(r"^\d+(?:\.\d+)*\.?\s+")
# What a signature gives back: "pino.destination([opts]) => SonicBoom".
_RETURNS = re.compile(r"\s*(?:=>|->|→).*$")
# What ends the name of a file or a product, which is all of it: "package.json", "Node.js".
_FILE = re.compile(
    r"\S*\.(?:[cm]?[jt]sx?|cfg|conf|css|env|html?|ini|json5?|lock|mdx?|net|py|r[bst]|sh|to?ml|txt|xml|ya?ml)"
)
# "The mixin option" asks for `mixin`; "the default option" for a property.
_SORT = re.compile(
    r"^(?!(?:an?|the|any|other|new|possible|available|valid|supported|required|optional|main|extra|special|custom)\s\S+$)"
    r"(\S+)\s+(?:option|setting|parameter|argument|flag|switch|method|function|hook|property|field|key|attribute|command)$",
    re.IGNORECASE,
)
# "Copier doesn't provide an image" says what a thing is not.
_NEGATED = re.compile(r"n['’]t\b|\b(?:not|never|cannot)\b", re.IGNORECASE)
# A complement that ranks or points instead of saying what the thing is.
_RANKS = re.compile(
    r"^(?:the|an?) (?:best|most|main|only|right|same|first|last|default|next|good|great|common|better|perfect|key"
    r"|easiest|simplest|latter|former|following)\b|^(?:the )?(?:same|following|also|not|still|now|already)\b",
    re.IGNORECASE,
)
# "Tidy mode is faster" says how a thing is, not what.
_COMPARES = re.compile(
    r"^(?:(?:now|much|far|even|also|still|a lot|a bit) )*(?:faster|slower|better|worse|easier|harder|bigger|smaller"
    r"|larger|newer|older|simpler|cheaper|safer|longer|shorter|higher|lower|stricter|cleaner)\b",
    re.IGNORECASE,
)


# What says what a word stands for says what the thing is: "X means that ...". "A timeout means trouble" does not.
_MEANS = re.compile(
    r"\W{0,3}(?:(?:means?|bedeute[nt]+|signifie(?:nt)?|significan?) (?:that|to|an?|the|\w{2,30}ing|dass|que|che)"
    r"|refers? to|stands? for (?!nothing)|bezeichne[nt]+|désigne(?:nt)?)\b",
    re.IGNORECASE,
)
# "The type affinity of a column is ..." says what type affinity is.
_OF_ANY = re.compile(r"(\S.{0,40}?) of (?:an?|any|each|every) \w", re.IGNORECASE)
# "A Multi-Processing Module (MPM) is ...": what it is called for short.
_SHORT = re.compile(r"\((?=[a-z\d]*[A-Z][a-z\d]*[A-Z])([A-Z][A-Za-z\d]{1,9}?)s?\)")
_MAX_SMALL_WORDS = 2  # in a name
_SMALL_WORDS = frozenset(["a", "an", "and", "as", "for", "in", "of", "on", "or", "the", "to", "with"])
# "It has several models, called Multi-Processing Modules (MPMs)."
_CALLED = re.compile(r"(?P<before>[^,.;:]{1,80}), called (?:an? |the )?(?P<name>[^,.;:()]{2,40} \([A-Z]\w{1,9}\))")
# "If a thunk is a function, call it" says what follows, not what it is; "a while loop is" does.
_CONDITION = re.compile(
    r"^\W*(?:although|because|if|once|since|though|unless|until|when|whenever|where|whether|which|while) "
    r"(?:all|an?|any|it|no|some|that|the|these|this|those|we|you|your)\b",
    re.IGNORECASE,
)
_HYPHEN = re.compile(r"(?<=\w)-(?=\w)")


@lru_cache(maxsize=1_024)
def asked_term(question: str, language: str = "english") -> frozenset[int]:
    """The stems of the thing that a question wants defined; empty where it asks for something else."""
    asked = " ".join(question.split())
    if len(asked) > _MAX_ASKED_CHARS:
        return frozenset()
    shapes = (_ASKED, _BARE, _ASKED_BEHIND, _NAMED_FIRST)
    bare = unaccented(asked)
    found = next((match for shape in shapes if (match := shape.match(bare))), None)
    if found is None:
        return frozenset()
    said = asked[slice(*found.span(1))]
    term = _without_ends(said) or said.split()[0]  # "?? mean" asks for no end of a question
    term = _in_quotation_marks(term, language) or term
    some_thing = _SOME_THING.search(asked[: found.start(1)]) is not None
    if not some_thing and (sort := _SORT.match(term)) and not _PROPERTY.match(sort[1]):
        term = sort[1]
    elif _PROPERTY.match(term) and not some_thing:
        return frozenset()
    stems = frozenset(Words(language).stems(term))
    return stems if 0 < len(stems) <= _MAX_TERM_STEMS else frozenset()


def _without_ends(term: str) -> str:
    """Without what says for whom, where and how: "a scope in the permission system, in simple words?" is "a scope"."""
    for _ in range(_MAX_ENDS):
        shorter = _END_WORDS.sub("", term)
        shorter = shorter if shorter != term else _END_PHRASE.sub("", term)
        if shorter == term:
            break
        term = shorter
    return term


def _in_quotation_marks(term: str, language: str) -> str:
    """The only words in quotation marks, where more than a noun stands beside them: "mounting" a sub application."""
    quoted = _QUOTED.findall(term)
    beside = Words(language).stems(_QUOTED.sub(" ", term))
    return quoted[0] if len(quoted) == 1 and len(beside) > 1 else ""


@lru_cache(maxsize=65_536)
def heading_stems(heading: str, language: str = "english") -> frozenset[int]:
    """The stems of a heading without its numbering, what it gives back and what stands in brackets, such as a type."""
    heading = heading[:_MAX_HEADING_CHARS]
    bare = _BRACKETS.sub(" ", _RETURNS.sub("", _NUMBERING.sub("", heading)))
    return frozenset(Words(language).stems(bare)) or frozenset(Words(language).stems(heading))


def is_headed_by(term: frozenset[int], headings: tuple[str, ...], language: str = "english") -> bool:
    """Whether a section is about a term: by its heading, the last of them, or by that with those above it.

    "Dev mode" below "Environments" is about an environment's dev mode, `.hijack()` below "Reply" about `reply.hijack`,
    "Description" on the page of `dist-tag` about that, and `structlog.configure` about what readers call `configure`.
    """
    headings = naming_headings(headings)
    owner, last = split_name(headings[-1]) if headings else ("", "")
    if headings and (page := _MANUAL_PAGE.fullmatch(headings[-1].strip())):
        owner, last = page[1] or "", page[2]
        headings = (*headings[:-1], last)
    if owner and not _FILE.fullmatch(headings[-1].strip()):
        headings = (*headings[:-1], owner, last)
    own = heading_stems(headings[-1], language) if headings else frozenset[int]()
    if headings and not own <= term and (named := _SUBTITLED.match(headings[-1])):
        own = heading_stems(named[1], language)
    if headings and not own <= term and (short := _short_name(headings[-1])):
        own = heading_stems(short, language)
    if not term or not own or not own <= term:
        return False
    return own == term or term <= own.union(*(heading_stems(one, language) for one in headings[:-1]))


def _short_name(text: str) -> str:
    """What the words before it are called by their letters: "Transport Layer Security (TLS)"; empty for none."""
    short = _SHORT.search(text[:_MAX_HEADING_CHARS])
    if short is None:
        return ""
    words = re.findall(r"\w+", text[: short.start()].casefold())
    name = short[1].casefold()
    for start in range(max(0, len(words) - len(name) - _MAX_SMALL_WORDS), len(words)):
        letters = iter("".join(words[start:]))
        begins = words[start][0] == name[0] and words[start] not in _SMALL_WORDS
        if begins and all(letter in letters for letter in name):
            return short[1]
    return ""


def naming_headings(headings: tuple[str, ...]) -> tuple[str, ...]:
    """Without a last one such as "Description", which only says that the section is about what stands above it."""
    return headings[:-1] if len(headings) > 1 and _GENERAL.fullmatch(headings[-1].strip()) else headings


@lru_cache(maxsize=65_536)
def definition_level(term: frozenset[int], sentence: str, language: str = "english") -> int:
    """How well a sentence defines the term: 2 "a T is a ...", 1 "T is ..." or "the main T is", 0 not at all.

    Subjects and complements are found by word lists, so a definition in other words ("think of T as") is missed.
    """
    if not term:
        return 0
    words = Words(language)
    bare = _MARKS.sub("", sentence[:_MAX_SENTENCE_CHARS])
    found = _sentence(language_of(language)).match(bare)
    if found is not None and _is_subject(found["subject"]) and not _CONDITION.match(bare):
        text = _BRACKETS.sub(" ", found["subject"])
        said_what = _complement(language_of(language)).match(found["complement"]) is not None
        said_what = said_what or _MEANS.match(bare, found.end("subject")) is not None
        # Readers write "metavulnerability" where a page has "meta-vulnerability".
        joined = frozenset(words.stems(_HYPHEN.sub("", text)))
        subject = joined if joined == term else frozenset(words.stems(text))
        if subject != term and (short := _short_name(found["subject"])) and frozenset(words.stems(short)) == term:
            subject = term
        if subject != term and (of_any := _OF_ANY.match(text)) and frozenset(words.stems(of_any[1])) == term:
            subject = term
        level = _level(term, subject, found["complement"], says_what=said_what)
        if level:
            return level
    inverted = _inverted(language_of(language)).finditer(bare)
    long_enough = len(sentence.split()) >= _MIN_INVERTED_WORDS
    named = [one["name"] for one in inverted]
    for called in _CALLED.finditer(bare):
        if not _NEGATED.search(called["before"]):
            named += [called["name"].partition("(")[0], _short_name(called["name"])]
    return 2 if long_enough and any(term == frozenset(words.stems(name)) for name in named) else 0


def _is_subject(text: str) -> bool:
    return len(text.split()) <= _MAX_SUBJECT_WORDS and not _NEGATED.search(text)


def _level(term: frozenset[int], subject: frozenset[int], complement: str, *, says_what: bool) -> int:
    if _COMPARES.match(complement):
        return 0
    says_what = says_what and not _RANKS.match(complement)
    if subject == term:
        return 2 if says_what else 1
    return 1 if says_what and term < subject and len(subject) == len(term) + 1 else 0


@lru_cache
def _sentence(language: Language) -> re.Pattern[str]:
    return re.compile(
        r"^\W*(?:so,? |note that |the (?:word|term) |in [^,]{2,40}, "
        rf"|[^,]{{2,90}}, (?=(?:{language.determiners})\s))?"
        rf"(?:(?:{language.determiners}|(?!(?:what|that|it|here|there|let|how|who|where|he|she)['’])\w+['’]s)\s+)?(?P<subject>\S.{{0,90}}?)\s+(?:{language.copulas})\s+(?P<complement>.*)$",
        re.IGNORECASE | re.DOTALL,
    )


@lru_cache
def _complement(language: Language) -> re.Pattern[str]:
    return re.compile(
        rf"^(?:(?:quite |simply |actually |just |essentially |basically |also |typically |usually )*"
        rf"(?:(?:{language.determiners})\b|one |any |called|used |known|what |how |functions?\b|objects?\b"
        r"|(?!always\b|less\b|perhaps\b|sometimes\b)[a-z]+s\b"
        # "Scopes are specific permissions used to": of several things their sort.
        r"|(?!(?:about|almost|also|always|at|between|by|for|from|in|never|no|not|of|often|on|over|still|to|under|with)\b"
        r"|[a-z]+ly\b)[a-z-]+ (?![a-z]*(?:less|ous|ss|us|ways)\b)[a-z]{3,}s (?:that|which|who|whose|used|made)\b"
        rf"|[a-z-]+ (?:{language.determiners}) |your |our |those |like ))",
        re.IGNORECASE,
    )


@lru_cache
def _inverted(language: Language) -> re.Pattern[str]:
    return re.compile(
        rf"(?:{language.copulas})(?: often| sometimes| also| usually| commonly)? (?:{language.naming}) "
        rf"(?:(?:{language.determiners}) )?[\"“'‘]*(?P<name>\w[\w. -]{{1,40}})",
        re.IGNORECASE,
    )
