"""Questions to begin with, made from headings: only those that are answered from the section they were made from."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

from pipelines.answering.sections import heading_of
from pipelines.languages.known import Language
from pipelines.text.boundaries import sentence_spans
from pipelines.text.definitions import asked_term, definition_level
from pipelines.text.identifiers import split_name
from pipelines.types import Passage, Source

MAX_HEADING_CHARS = 160
_NUMBER = re.compile(r"^\s*(?:\d+(?:\.\d+)*[.):]?|[A-Z][.)])\s+")
_SIDES = re.compile(r"(?P<one>[^:]{1,60}?) (?:vs\.?|versus) (?P<other>[^:]{1,60})", re.IGNORECASE)
_WHEN_TO = re.compile(r"(?P<when>when|where|why) (?:to|you should) (?P<task>\w.*)", re.IGNORECASE)
_CALL = re.compile(r"[\w.$]{2,80}\([^\n]*\)?")
_HOW_TO = re.compile(r"how to\s+(.+)", re.IGNORECASE)
_DOING = re.compile(r"[a-z]{2,}ing\b", re.IGNORECASE)
_IMPERATIVE = re.compile(
    r"(?:"
    "add|annotate|avoid|build|call|cancel|change|check|choose|clear|clone|compile|configure|connect|convert|copy|create|"
    "customize|customise|debug|declare|define|delay|delete|deploy|disable|download|edit|enable|execute|export|extend|find|"
    "fix|generate|get|handle|import|include|inject|insert|inspect|install|launch|learn|load|make|manage|migrate|modify|"
    "monitor|mount|move|override|pass|pause|prepare|publish|raise|read|remove|rename|render|replace|request|restart|"
    "restore|resume|return|run|save|scale|secure|send|serve|set|setup|skip|split|start|stop|store|submit|switch|test|"
    "troubleshoot|turn|uninstall|update|upgrade|upload|use|validate|verify|wait|wrap|write"
    r") ",
    re.IGNORECASE,
)
_READ_CHARS = 20_000
_READ_SENTENCES = 200
_READ_HEADINGS = 500
_READ_OF_HEADING = 1_000  # characters
_QUESTION = re.compile(
    r"\W*(?:what|which|who|whose|when|where|why|how|is|are|am|can|could|do|does|did|will|would|should|may|must|has|have)\b",
    re.IGNORECASE,
)
_MAX_NOUNS = 3
_HEADING_LINE = re.compile(r"^#{1,6} .*$", re.MULTILINE)
_TITLE_WORD = re.compile(r"\b[A-Z][a-z]+\b")
_PLURAL = re.compile(r"[^sui]s$")
_FILE = re.compile(r"[\w./-]+\.[a-z]{1,5}")
# A call, or a name in the spelling of code.
_CODE = re.compile(r"[\w.$]+\([^()]*\)|[a-z]+[A-Z]\w*|[a-z\d]+(?:_[a-z\d]+)+|--?[a-z][\w-]*")
_NO_THING = re.compile(
    r"[()/:,&!]|\b(?:and|or|with|for|in|vs\.?|versus|part|chapter|tutorial|guide|what\S*|why|when|how|where|table)\b",
    re.IGNORECASE,
)
# Headings that say nothing of what stands below them.
_BARE = re.compile(
    r"(?:overview|introduction|intro|summary|recap|conclusions?|examples?|notes?|see also|references?|further reading|"
    r"next steps?|what'?s next|prerequisites|requirements|background|faq|about|usage|details|more|contents|options|"
    r"returns?|return values?|arguments?|parameters?|props|properties|methods|attributes|further information|"
    r"getting started|quick ?start|(?:learning |more )?resources|basics?|basic introductions?|tips|warnings?)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class SectionToAsk:
    """A section that a question may be about. `url` has its anchor, but for what a page opens with.

    `text` is that of the section or its page: it shows which words of a heading are names.
    """

    url: str
    title: str
    heading: str
    text: str = ""


def plain_heading(heading: str) -> str:
    """The heading without numbering, marks of code, emphasis and links, in its own case."""
    bare = re.sub(r"[`*]|!?\[([^\]]*)\]\([^)]*\)", r"\1", _NUMBER.sub("", heading[:_READ_OF_HEADING]))
    return re.sub(r"\s+", " ", bare).strip(" :")


def question_about(heading: str, *, english: bool, of: str = "") -> tuple[str, str]:
    """A kind and a question from the words of a heading; where English has no words for it, the heading is it.

    `of` is the title of the page where other pages have the same heading.
    """
    if heading.endswith(("?", "？", "؟")) or not english:
        return "heading", heading
    if of and of != heading:
        return "heading", f"What does {of} say about {heading}?"
    if match := _SIDES.fullmatch(heading):
        return "comparison", f"What is the difference between {match['one']} and {match['other']}?"
    if match := _WHEN_TO.match(heading):
        return "heading", f"{match['when'].capitalize()} should I {match['task']}?"
    name = heading.replace("`", "")
    if _CODE.fullmatch(name) or _CALL.match(name):
        return "code", f"What does {name.partition('(')[0]} do?"
    if match := _HOW_TO.match(heading):
        return "how_to", f"How do I {match.group(1)}?"
    if _DOING.match(heading) and " " in heading:
        return "how_to", f"What do I have to know about {_lower(heading)}?"
    if _IMPERATIVE.match(heading):
        return "how_to", f"How do I {_lower(heading)}?"
    if _QUESTION.match(heading) and " " in heading:
        return "heading", f"{heading}?"
    if _PLURAL.search(heading) and len(heading.split()) <= _MAX_NOUNS:
        return "what_is", f"What are {_lower(heading)}?"
    return "what_is", f"What is {heading}?"


def sections_of(url: str, title: str, headings: Sequence[Mapping[str, Any]], text: str) -> list[SectionToAsk]:
    """The sections of a page by its headings (`documents.headings`), what it opens with first, bare headings last."""
    text = _HEADING_LINE.sub("", text[:_READ_CHARS])
    sections = [SectionToAsk(url, title, title, text)]
    sections += [
        SectionToAsk(f"{url}#{one['anchor']}", title, str(one["text"]), text)
        for number, one in enumerate(headings[:_READ_HEADINGS])
        if one["anchor"] and not (number == 0 and one["level"] == 1)
    ]
    return in_order_of_use(sections)


def section_of(found: Passage | Source) -> SectionToAsk:
    """The section that a passage stands in."""
    return SectionToAsk(found.url, found.title, heading_of(found), _HEADING_LINE.sub("", found.text))


def in_order_of_use(sections: Iterable[SectionToAsk]) -> list[SectionToAsk]:
    """Without headings that nobody would ask about, those that say little by themselves behind the others.

    Names of code stand between: of a hundred methods the first three are no better than others to begin with.
    """
    said = [one for one in sections if 0 < len(plain_heading(one.heading)) <= MAX_HEADING_CHARS]
    return sorted(said, key=lambda one: _rank_of_use(plain_heading(one.heading)))


def _rank_of_use(heading: str) -> int:
    if _BARE.fullmatch(heading):
        return 2
    return 1 if _is_code(heading) else 0


def _is_code(heading: str) -> bool:
    """Whether it is a name of code; a version is none."""
    owner, _ = split_name(heading)
    return _CODE.fullmatch(heading) is not None or (owner != "" and not owner[0].isdigit())


def phrase(section: SectionToAsk, language: Language) -> tuple[str, ...]:
    """Ways to ask for the section, the most natural first, the last by its heading in quotation marks.

    None for a heading that names a file: it asks nothing.
    """
    heading = plain_heading(section.heading)
    if _FILE.fullmatch(heading):
        return ()
    named = language.example_question.format(heading)
    if heading.endswith(("?", "？", "؟")):
        asks_nobody = language.code == "en" and not _QUESTION.match(
            heading
        )  # "Liked what you saw?" is none of a reader's
        return (named,) if asks_nobody else (heading, named)
    asked = _in_english(heading, section) if language.code == "en" else ""
    return (asked, named) if asked else (named,)


def _in_english(heading: str, section: SectionToAsk) -> str:
    """A question that a reader might ask; empty where the heading gives none that is plain English."""
    title = plain_heading(section.title)
    if _BARE.fullmatch(heading):
        return _about_part(heading, title) if title != heading else ""
    if _is_code(heading):
        return f"What does {heading} do?"
    heading = _without_capitals(heading, section.text)
    words = heading.split()
    if match := _HOW_TO.match(heading):
        return f"How do I {match.group(1)}?"
    if _IMPERATIVE.match(heading):
        return f"How do I {_lower(heading)}?"
    if _DOING.fullmatch(words[0]) and len(words) > 1:
        verb = _infinitive(words[0].lower(), section.text)
        return f"How do I {verb} {' '.join(words[1:])}?" if verb else ""
    if len(words) > _MAX_NOUNS or _NO_THING.search(heading):
        return ""
    question = f"What {'are' if _PLURAL.search(heading) else 'is'} {heading}?"
    return question if _is_defined(question, section.text) else ""


def _is_defined(question: str, text: str) -> bool:
    """Whether the section says what its heading is: "What is installation?" is asked by nobody."""
    term = asked_term(question)
    return any(definition_level(term, sentence) for sentence in _sentences(text))


@lru_cache(maxsize=8)
def _sentences(text: str) -> tuple[str, ...]:
    """The first sentences of a page, which all of its headings are looked for in."""
    spans = islice(sentence_spans(text, "english"), _READ_SENTENCES)
    return tuple(text[low:high].strip() for low, high in spans)


def _about_part(heading: str, title: str) -> str:
    """Of what every page has: its examples, its options."""
    if heading.casefold() in ("returns", "return value", "return values"):
        return f"What does {title} return?"
    if _PLURAL.search(heading) and " " not in heading:
        return f"What are the {heading.lower()} of {title}?"
    return ""


def _infinitive(doing: str, text: str) -> str:
    """What the -ing form is of, where the text has it: "using" is of "use", "running" of "run"."""
    stem = doing.removesuffix("ing")
    forms = [stem, f"{stem}e", *([stem[:-1]] if len(stem) > 2 and stem[-1] == stem[-2] else [])]
    said = {form: len(re.findall(rf"\b{re.escape(form)}\b", text, re.IGNORECASE)) for form in forms}
    best = max(forms, key=lambda form: said[form])
    return best if said[best] else ""


def _without_capitals(heading: str, text: str) -> str:
    """A Title Like This with small letters, but for words that the text writes with a capital inside a sentence."""

    def small(match: re.Match[str]) -> str:
        word = match.group()
        return word if re.search(rf"[a-z,;] {re.escape(word)}\b", text) else word.lower()

    return _TITLE_WORD.sub(small, heading)


def _lower(heading: str) -> str:
    """With a small first letter, unless its first word is a name or an acronym."""
    first = heading.split()[0]
    return heading if any(letter.isupper() for letter in first[1:]) else heading[0].lower() + heading[1:]
