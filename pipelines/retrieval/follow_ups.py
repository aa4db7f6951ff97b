"""Whether a question leans on what was said before, or on the text that the reader selected."""

import re

from pipelines.text.words import Words
from pipelines.types import Question

# Closed word classes of each language: what a follow-up opens with, and words that stand for something said before. A
# false alarm costs one more query of small weight, a miss costs the follow-up. English counts in every corpus.
_OPENERS = {
    "english": r"and|but|so|or|then|also|ok|okay|what about|how about|what if|how so|how come|really|such as|like what",
    "german": r"und|aber|oder|also|was ist mit|wie sieht es|wie steht es|zum beispiel",
    "french": r"et|mais|ou|alors|qu'en est|par exemple",
    "spanish": r"y|pero|o sea|entonces|qué hay de|por ejemplo",
    "italian": r"e|ma|allora|che ne|per esempio",
    "portuguese": r"e|mas|então|por exemplo",
    "dutch": r"en|maar|dus|hoe zit|bijvoorbeeld",
    "russian": r"а|и|но|тогда|например",
}
_POINTERS = {
    "english": (
        r"its?|they|them|their|theirs|he|him|his|she|hers?|these|those|this|ones?|else|another|other|others|same|similar"
        r"|again|more|previous|above|former|latter|instead|besides|(first|second|third|last) (one|step|point|option)"
        r"|(in|after|before|of|for|with|about|on|do|does|did|like|than|explain|mean|is|was|were) that"
        r"|that (one|case|mean|work|way|time|period|happen\w*|year|end|go|help|cause|change|affect)"
    ),
    "german": (
        r"sie|ihn|ihm|ihnen|ihre?[nmrs]?|seine?[nmrs]?|dies\w*|jene\w*|davon|dafür|damit|dabei|darin|dazu|darauf|dort|das"
        r"|andere\w*|weitere\w*|mehr|noch"
    ),
    "french": (
        r"il|elle|ils|elles|leurs?|lui|celui|celle|ceux|celles|ceci|cela|ça|ces?|cet|cette|autres?|même|plus|encore"
    ),
    "spanish": r"él|ella|ellos|ellas|ello|est[aeo]s?|es[aeo]s?|aquel\w*|otr[ao]s?|mism[ao]s?|más|su|sus|lo",
    "italian": r"lui|lei|loro|ess[aeio]|quest[aeio]|quell[aeio]|altr[aeio]|stess[aeio]|più|suo|sua|suoi|sue",
    "portuguese": r"eles?|elas?|est[ae]s?|ess[ae]s?|isto|isso|aquil?o|aquel\w*|outr[ao]s?|mesm[ao]s?|mais|seus?|suas?",
    "dutch": r"hij|zij|ze|hem|haar|hun|deze|die|dit|dat|ander\w*|zelfde|meer|nog|ermee|ervan|hiervan|daarvan",
    "russian": r"он|она|оно|они|его|её|ее|их|им|это\w*|эт[иа]|этих|тот|та|те|друг\w*|ещё|еще|больше",
}
# "it" that stands for nothing, and "this" that stands for something the question itself names.
_EMPTY = re.compile(
    r"\b(is|was|would|how does|if|makes?) it (possible|necessary|worth|better|safe|ok|okay|required|recommended|take)\b"
    r"|\bit('s| is) (possible|necessary|better|recommended)\b|\bmore than\b|\b(each|one) (other|another)\b"
    r"|\bthis (site|book|documentation|course|tutorial|textbook|project|library|framework)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"^\W*(who|whose|whom|what|when|where|why|which|how|is|are|was|were|do|does|did|can|could|should|would|will|has|have"
    r"|may|must|explain|describe|show|list|tell|give|compare|define|write|wer|wie|was|wann|wo|warum|welche\w*|kann|ist"
    r"|sind|gibt|qui|que|quand|où|pourquoi|comment|quel\w*|est|peut|qué|quién|cuándo|dónde|cómo|cuál\w*|por|puedo|chi|che"
    r"|cosa|quando|dove|come|quale|perché|posso|quem|onde|qual|wat|waar|hoe|waarom|welke|kan|кто|что|когда|где|почему"
    r"|как|какой|какие|можно)\b",
    re.IGNORECASE,
)
_DEFINITE = re.compile(r"\b(the|der|die|das|le|la|les|el|los|las|il|lo|gli|o|os|as|de|het)\b", re.IGNORECASE)
_SELECTION = re.compile(
    r"\bthis (page|section|chapter|part|code|passage|paragraph|text|selection|example)\b", re.IGNORECASE
)

# What can be asked of any text: whatever else stands in the question is what it is about.
_TASKS = re.compile(
    r"\b(please|can|could|you|me|explain\w*|describe|clarify|elaborate|summari[sz]e|summary|simplify|translate|rephrase"
    r"|paraphrase|expand|meaning|means?|understand|tell|say\w*|give|show|examples?|detail(s|ed)?|simple|simpler|simply"
    r"|easy|easier|plain|short|briefly|other words|words|terms|language|english"
    r"|(the )?(highlighted|selected|marked|above|quoted) (text|part|passage|sentence|code|words?|lines?|paragraph)"
    r"|erklär\w*|erläuter\w*|bedeute\w*|beispiel\w*|einfach\w*|worten|bitte|zusammenfass\w*|übersetz\w*|text"
    r"|explique\w*|expliquer|signifie|veut dire|exemple|résume\w*|tradui\w*|texte|explica\w*|significa|ejemplo|resum\w*"
    r"|spiega\w*|esempio|riassum\w*|testo|exemplo|leg uit|uitleg\w*|betekent|voorbeeld|объясни\w*|поясни\w*|значит"
    r"|пример\w*|переведи\w*)\b",
    re.IGNORECASE,
)


def _compile(words: dict[str, str], shape: str) -> dict[str, re.Pattern[str]]:
    english = words["english"]
    both = {name: own if name == "english" else f"{english}|{own}" for name, own in words.items()}
    return {name: re.compile(shape.format(own), re.IGNORECASE) for name, own in both.items()}


_OPENS = _compile(_OPENERS, r"^\W*(?:(?:{})\b|why( not)?\W*$)")
_POINTS = _compile(_POINTERS, r"\b(?:{})\b")


def needs_history(question: Question, language: str = "english") -> bool:
    """Whether the question leans on what was said before: a cheap check by word lists.

    It does with an opener ("what about"), a pronoun or a word such as "another", with one content word or none, with
    two and an article ("was the album popular"), or where a few words make no question ("query definition"). Without
    a user's turn before it, it cannot.
    """
    if not any(turn.role == "user" and turn.text.strip() for turn in question.history):
        return False
    text = question.text.strip()
    if _of(_OPENS, language).search(text) or _of(_POINTS, language).search(_EMPTY.sub(" ", text)):
        return True
    words = Words(language)
    content = len(set(words.stems(text)))
    if content <= 2 and not words.names(text) and _DEFINITE.search(text):
        return True
    return content <= 1 or (content <= 3 and not _ASKS.match(text))


def points_at_selection(text: str, language: str = "english") -> bool:
    """Whether a question is about a selected text rather than about words of its own: "explain this simply"."""
    bare = _TASKS.sub(" ", _SELECTION.sub(" this ", text))
    without = _of(_POINTS, language).sub(" ", bare)
    return len(set(Words(language).stems(without))) <= (1 if without != bare else 0) or len(text.split()) <= 1


def _of(patterns: dict[str, re.Pattern[str]], language: str) -> re.Pattern[str]:
    return patterns.get(language, patterns["english"])
