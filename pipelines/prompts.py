"""The messages that models are asked with.

Retrieved text is data. Each passage stands between tags whose name is drawn from the passages themselves, so that no
passage can hold its own closing tag, and everything that a page controls (text, title, headings) stands inside. The
question comes last, in the reader's own message, after everything that a page could have said.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from llama_index.core.base.llms.types import ChatMessage, MessageRole

from pipelines.languages.known import LANGUAGES
from pipelines.prompt_texts import (
    ANSWER_PROMPT,
    ANSWER_REQUEST,
    CONDENSE_PROMPT,
    CONDENSE_REQUEST,
    DRAFT_PROMPT,
    DRAFT_REQUEST,
    JUDGE_PROMPT,
    JUDGE_REQUEST,
    LANGUAGE_REQUEST,
    LEVEL_REQUESTS,
    SELECTION_REQUEST,
    STYLE_REQUEST,
)
from pipelines.types import MAX_MESSAGE_CHARS, Audience, HistoryMessage, Passage, Question
from pipelines.voice_spec import VoiceSpec

MAX_SELECTION_CHARS = 2_000

# Turn markers of common chat templates. A provider that fills its template carelessly would take them as turns.
_TURN_MARKER = re.compile(
    r"<(?=\|[\w ]{1,40}\|>)|<(?=/?(?:start_of_turn|end_of_turn)>)|\[(?=/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS)\])"
    r"|<(?=</?SYS>>)"
)
_CITATION_MARKERS = re.compile(r"(?<![\w)\]])(?:\[\d{1,3}\])+(?![\w(])")


def answer_messages(
    question: Question, passages: Sequence[Passage], voice: VoiceSpec = VoiceSpec()
) -> list[ChatMessage]:
    """System prompt, the history, and the passages with the question in the last message.

    `passages[i]` is numbered i + 1. How much of the history goes along is decided before, by `fit_history`.
    """
    selected = question.page.selected_text[:MAX_SELECTION_CHARS] if question.page else ""
    blocks = [_heading(passage) + passage.text for passage in passages]
    fence = fence_for([*blocks, selected, question.text, voice.wishes], "passage")
    request = ANSWER_REQUEST.format(
        fence=fence,
        passages=_fenced(fence, blocks),
        selection=SELECTION_REQUEST.format(fence=fence, text=_tame(selected)) if selected.strip() else "",
        audience=_audience(replace(question.audience, level=question.audience.level or voice.level)),
        question=question.text,
    )
    history = [_message(said) for said in _without_markers(question.history)]
    style = STYLE_REQUEST.format(fence=f"wishes-{fence}", wishes=_tame(voice.wishes)) if voice.wishes else ""
    return [ChatMessage(role=MessageRole.SYSTEM, content=ANSWER_PROMPT + style), *history, _user(request)]


def _audience(audience: Audience) -> str:
    """What the reader wishes, in our words: nothing that a client wrote gets into them."""
    names = {language.code: language.name.capitalize() for language in LANGUAGES.values()}
    language = LANGUAGE_REQUEST.format(language=names[audience.language]) if audience.language else ""
    return language + (LEVEL_REQUESTS[audience.level] if audience.level else "")


def condense_messages(question: str, history: Sequence[HistoryMessage]) -> list[ChatMessage]:
    """Asks for the question as it would be put without the history."""
    messages = _without_markers(history)
    fence = fence_for([*(said.text for said in messages), question], "turn")
    blocks = [f'<{fence} role="{said.role}">\n{_tame(said.text)}\n</{fence}>' for said in messages]
    request = CONDENSE_REQUEST.format(fence=fence, turns="\n".join(blocks), question=question)
    return [ChatMessage(role=MessageRole.SYSTEM, content=CONDENSE_PROMPT), _user(request)]


def judge_messages(claim: str, passages: Sequence[str]) -> list[ChatMessage]:
    """Asks whether the passages carry the claim; the answer is one of supported, partial, unsupported."""
    fence = fence_for([*passages, claim], "passage")
    request = JUDGE_REQUEST.format(fence=fence, passages=_fenced(fence, passages), claim=_tame(claim))
    return [ChatMessage(role=MessageRole.SYSTEM, content=JUDGE_PROMPT), _user(request)]


def draft_messages(section: str) -> list[ChatMessage]:
    """Asks for a question that the section answers, and words of it that an answer has to say, as a JSON object."""
    fence = fence_for([section], "section")
    request = DRAFT_REQUEST.format(fence=fence, section=_tame(section))
    return [ChatMessage(role=MessageRole.SYSTEM, content=DRAFT_PROMPT), _user(request)]


def fence_for(texts: Iterable[str], name: str) -> str:
    """A tag name that stands in none of the texts, the same for the same texts (so that prompt caches work).

    Whoever writes one of the texts cannot name it beforehand: it is a hash of all of them.
    """
    joined = "\0".join(texts)
    digest = hashlib.sha256(joined.encode("utf-8", "surrogatepass"))
    while (fence := f"{name}-{digest.hexdigest()[:12]}") in joined:
        digest.update(b"again")
    return fence


def bounded(question: Question) -> Question:
    """The question as it can be answered and recorded: the selected text and each message before it cut.

    A selection that is itself the source is not: an answer may rest on its end.
    """
    history = tuple(replace(said, text=said.text[:MAX_MESSAGE_CHARS]) for said in question.history)
    page = question.page
    if page is not None and question.scope != "selection":
        page = replace(page, selected_text=page.selected_text[:MAX_SELECTION_CHARS])
    return replace(question, history=history, page=page)


def _without_markers(history: Sequence[HistoryMessage]) -> list[HistoryMessage]:
    """The messages, answers without their [n], whose numbers meant other passages."""
    return [
        HistoryMessage(said.role, _CITATION_MARKERS.sub("", said.text)) if said.role == "assistant" else said
        for said in history
    ]


def _fenced(fence: str, blocks: Iterable[str]) -> str:
    return "\n".join(f'<{fence} n="{n}">\n{_tame(block)}\n</{fence}>' for n, block in enumerate(blocks, 1))


def _heading(passage: Passage) -> str:
    path = " > ".join((passage.title, *passage.heading_path))
    return " ".join(path.split()) + "\n\n"


def _tame(text: str) -> str:
    """The text with turn markers of chat templates broken up by a space; everything else as it is, to be quoted."""
    return _TURN_MARKER.sub(lambda found: found.group() + " ", text)


def _message(said: HistoryMessage) -> ChatMessage:
    role = MessageRole.USER if said.role == "user" else MessageRole.ASSISTANT
    return ChatMessage(role=role, content=_tame(said.text))


def _user(text: str) -> ChatMessage:
    return ChatMessage(role=MessageRole.USER, content=text)
