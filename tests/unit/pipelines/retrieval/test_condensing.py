"""Follow-ups: when history counts, what is searched for, and what a model's failure costs."""

import asyncio
from typing import Any

import pytest
from llama_index.core.base.llms.types import ChatMessage, ChatResponse, MessageRole
from llama_index.core.llms import MockLLM
from pydantic import PrivateAttr

from pipelines.errors import VendorBusy
from pipelines.retrieval.condensing import condense, local_queries
from pipelines.retrieval.follow_ups import needs_history, points_at_selection
from pipelines.types import HistoryMessage, PageContext, Question

HISTORY = (
    HistoryMessage("user", "How do I create an IBM Lite account?"),
    HistoryMessage("assistant", "Sign up. [1]"),
    HistoryMessage("user", "Which plans are there?"),
    HistoryMessage("assistant", "Lite and Enterprise. [2]"),
)


class RecordingLlm(MockLLM):
    """Answers with a fixed text, a failure or (None) never, and keeps what it was asked."""

    _reply: str | Exception | None = PrivateAttr()
    _asked: list[str] = PrivateAttr(default_factory=list)
    _reached: asyncio.Event = PrivateAttr(default_factory=asyncio.Event)

    def __init__(self, reply: str | Exception | None) -> None:
        super().__init__()
        self._reply = reply

    async def achat(self, messages: Any, **kwargs: Any) -> ChatResponse:
        self._asked.append(str(messages))
        self._reached.set()
        if isinstance(self._reply, Exception):
            raise self._reply
        if self._reply is None:
            await asyncio.Event().wait()
        message = ChatMessage(role=MessageRole.ASSISTANT, content=self._reply)
        return ChatResponse(message=message, additional_kwargs={"prompt_tokens": 90, "completion_tokens": 9})


@pytest.mark.parametrize(
    "text",
    [
        "Is it free?", "What about Enterprise?", "and the price?", "Why?", "Support", "query definition",
        "How many types does that one offer?", "Tell me more", "Was the album popular?", "What else is included?",
    ],
)  # fmt: skip
def test_follow_ups_need_their_history(text: str) -> None:
    assert needs_history(Question(text, HISTORY))


@pytest.mark.parametrize(
    "text",
    [
        "How do I install the Redux Toolkit package?", "Is it possible to deploy FastAPI with Docker?",
        "How does the router cache responses?", "What keeps the crust soft?", "how do I rotate the signing key",
        "what is a reverse proxy", "how do i set a cookie", "How do I build a package?",
        "What are the benefits of a Virtual Private Cloud?", "How does this library handle websocket connections?",
    ],
)  # fmt: skip
def test_questions_that_stand_alone_do_not(text: str) -> None:
    assert not needs_history(Question(text, HISTORY))


@pytest.mark.parametrize(
    ("language", "text", "needs"),
    [
        ("german", "Und was kostet das?", True),
        ("german", "Wie installiere ich den Server unter Linux?", False),
        ("french", "Est-ce qu'il est gratuit pour les étudiants ?", True),
        ("spanish", "¿Cómo funciona esto en producción?", True),
        ("russian", "А сколько это стоит?", True),
        ("russian", "Как установить сервер на Linux?", False),
        ("russian", "что такое inode", False),
        ("russian", "а такое можно отключить?", True),
        ("spanish", "qué prioridad tiene un paquete que ya está instalado", False),  # "esta" would be "this"
        ("spanish", "para qué sirve esta opción de apt", True),
        ("portuguese", "É possível instalar vários servidores juntos?", False),  # "e" would be "and"
        ("portuguese", "e como instalo vários servidores juntos?", True),
    ],
)
def test_other_languages(language: str, text: str, needs: bool) -> None:
    assert needs_history(Question(text, HISTORY), language) is needs


def test_without_a_turn_of_the_reader_nothing_is_needed() -> None:
    assert not needs_history(Question("Is it free?"))
    assert not needs_history(
        Question("Is it free?", (HistoryMessage("assistant", "Hello!"), HistoryMessage("user", " ")))
    )


async def test_a_follow_up_carries_what_the_answer_before_cites_and_another_question_does_not() -> None:
    history = (
        HistoryMessage("user", "How do I install the server?"),
        HistoryMessage("assistant", "Like this.", ("https://docs.example/install#linux",)),
        HistoryMessage("user", "thanks"),
        HistoryMessage("assistant", "You are welcome."),
    )
    assert (await condense(Question("And how do I remove it?", history))).cited == (
        "https://docs.example/install#linux",
    )
    assert (await condense(Question("How does Redux Toolkit handle websocket connections?", history))).cited == ()


async def test_first_question_is_left_as_it_is() -> None:
    llm = RecordingLlm("never used")
    condensed = await condense(Question("Is it free?"), llm)
    assert (condensed.standalone, condensed.queries) == ("Is it free?", (("Is it free?", 1.0),))
    assert condensed.method == "as_asked"
    assert llm._asked == []


async def test_local_rule_adds_the_last_turns_of_the_reader_with_small_weights() -> None:
    condensed = await condense(Question("How many types does it offer?", HISTORY))
    assert condensed.method == "local"
    assert condensed.queries == (
        ("How many types does it offer? plans IBM Lite", 1.0),  # "it" is what was asked before, of what came before it
        ("Which plans are there?", 0.2),
        ("How do I create an IBM Lite account?", 0.1),
    )
    assert condensed.standalone.startswith("How many types does it offer?")


@pytest.mark.parametrize(
    ("before", "asked", "main"),
    [
        ("What is createAsyncThunk?", "which actions does it dispatch?", "createAsyncThunk"),
        ("How do I open the RTK Query panel?", "does it work offline as well?", "RTK Query"),
        ("what is the capstone project about", "can I do it together with a friend?", "capstone project"),
        ("how do I fake a login with APIClient", "how do I undo that for the next test", "APIClient"),
    ],
)
def test_what_a_question_points_back_at_is_searched_for_by_name(before: str, asked: str, main: str) -> None:
    queries = local_queries(Question(asked, (HistoryMessage("user", before),)))
    assert queries[0] == (f"{asked} {main}", 1.0)
    assert queries[1] == (before, 0.2)


@pytest.mark.parametrize(
    ("language", "before", "asked", "topic"),
    [
        ("english", "Where do I call configure_all()?", "And how do I restore defaults?", "configure_all"),
        ("spanish", "como programo una orden con at", "y como la cancelo si me arrepiento?", "orden"),
        ("chinese", "samba 怎么添加用户", "那临时停用他的账号呢", "samba"),
        ("japanese", "自分のユーザーでsudo使えるようにしたい", "それをパスワードなしでできるようにするには", "sudo"),
    ],
)
def test_a_follow_up_of_few_words_is_about_what_was_asked(language: str, before: str, asked: str, topic: str) -> None:
    (main, _), (beside, _) = local_queries(Question(asked, (HistoryMessage("user", before),)), language)
    assert main.startswith(asked)
    assert topic in main
    assert beside == before


@pytest.mark.parametrize(
    ("language", "asked"),
    [
        ("english", "And how do I configure the second replica of my database?"),
        ("chinese", "那在生产环境里怎么给数据库的第二个副本配置加密连接和备份策略"),
    ],
)
def test_a_follow_up_of_many_words_is_searched_for_as_it_is(language: str, asked: str) -> None:
    (main, _), _ = local_queries(Question(asked, (HistoryMessage("user", "How do I install samba?"),)), language)
    assert main == asked


def test_a_follow_up_of_a_follow_up_is_about_what_was_asked_first() -> None:
    said = ("where is the openapi schema served?", "can I change that?")
    history = tuple(HistoryMessage("user", text) for text in said)
    main, *_ = local_queries(Question("how do I switch it off?", history))
    assert "openapi schema" in main.text
    assert main.text.endswith("can I change that? how do I switch it off?")


def test_a_question_of_many_words_says_itself_what_it_asks() -> None:
    asked = "What if I want to create encrypted image since it cannot scan those?"
    history = (HistoryMessage("user", "What does Vulnerability Advisor scan?"),)
    main, before = local_queries(Question(asked, history))
    assert main == (asked, 1.0)
    assert before == ("What does Vulnerability Advisor scan?", 0.2)


async def test_a_question_without_words_of_its_own_is_read_with_the_turn_before_it() -> None:
    condensed = await condense(Question("Is it free?", HISTORY))
    assert condensed.queries == (
        ("IBM Lite Which plans are there? Is it free?", 1.0),
        ("How do I create an IBM Lite account?", 0.2),
    )
    assert condensed.standalone == "IBM Lite Which plans are there? Is it free?"


def test_a_question_repeated_is_searched_for_once() -> None:
    asked = "How many types does it offer?"
    assert local_queries(Question(asked, (HistoryMessage("user", asked),))) == ((asked, 1.0),)


def test_long_turns_are_cut() -> None:
    long = HistoryMessage("user", "word " * 1000)
    ((_, _), (text, _)) = local_queries(Question("How many types does it offer?", (long,)))
    assert len(text) <= 400
    ((main, _),) = local_queries(Question("Why?", (long,)))
    assert len(main) <= 405


async def test_a_models_rewrite_leads_and_the_question_stays() -> None:
    llm = RecordingLlm('"Is the IBM Lite plan free?"\n\nIt asks about the plan.')
    condensed = await condense(Question("Is it free?", HISTORY), llm)
    assert condensed.method == "llm"
    assert condensed.standalone == "Is the IBM Lite plan free?"
    assert condensed.queries[:2] == (
        ("Is the IBM Lite plan free?", 1.0),
        ("IBM Lite Which plans are there? Is it free?", 0.5),
    )
    assert (condensed.usage.prompt_tokens, condensed.usage.completion_tokens, condensed.usage.calls) == (90, 9, 1)
    (messages,) = llm._asked
    assert "Lite and Enterprise." in messages


@pytest.mark.parametrize(
    ("reply", "failure"),
    [
        (VendorBusy("limit", vendor="openrouter"), "VendorBusy"),
        (RuntimeError("broken"), "RuntimeError"),
        (None, "TimeoutError"),
        ("  \n ", "unusable rewrite"),
        ("word " * 200, "unusable rewrite"),
    ],
)
async def test_a_model_that_fails_is_replaced_by_the_rule_and_it_is_said(reply: Any, failure: str) -> None:
    condensed = await condense(Question("Is it free?", HISTORY), RecordingLlm(reply), seconds=0.05)
    assert condensed.method == "local_after_llm_failed"
    assert condensed.failure == failure
    assert condensed.queries == local_queries(Question("Is it free?", HISTORY))


async def test_a_client_that_leaves_ends_the_call() -> None:
    llm = RecordingLlm(None)
    task = asyncio.create_task(condense(Question("Is it free?", HISTORY), llm, seconds=30))
    await asyncio.wait_for(llm._reached.wait(), 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(
    "text", ["Explain this", "What does this mean?", "this section?", "Explain this paragraph please"]
)
def test_a_question_that_points_searches_for_the_selection(text: str) -> None:
    page = PageContext("https://docs.example/a", " A quaternion describes a rotation. ")
    queries = local_queries(Question(text, page=page))
    assert queries == (("A quaternion describes a rotation.", 1.0), (text, 0.3))


def test_a_question_of_its_own_words_takes_the_selection_along() -> None:
    page = PageContext("https://docs.example/a", "A quaternion describes a rotation.")
    queries = local_queries(Question("How do I convert Euler angles to a matrix?", page=page))
    assert queries == (
        ("How do I convert Euler angles to a matrix?", 1.0),
        ("A quaternion describes a rotation.", 0.4),
    )


async def test_standalone_of_a_selection_holds_both() -> None:
    condensed = await condense(Question("Explain this", page=PageContext("https://docs.example/a", "A quaternion.")))
    assert condensed.standalone == "Explain this A quaternion."


def test_a_page_without_a_selection_changes_nothing() -> None:
    page = PageContext("https://docs.example/a", "  ")
    assert local_queries(Question("Explain this", page=page)) == (("Explain this", 1.0),)


@pytest.mark.parametrize(
    "text",
    [
        "why?", "Explain this", "What does this mean?", "Explain this in simple words", "Give me an example",
        "Can you explain the highlighted text?", "Please summarise the selected paragraph", "Translate this",
        "And this?",
    ],
)  # fmt: skip
def test_what_points_at_the_selection(text: str) -> None:
    assert points_at_selection(text)


@pytest.mark.parametrize(
    "text",
    [
        "How does this compare with Euler angles in robotics?", "What is a quaternion?", "Explain quaternions",
        "Is this faster on a GPU?", "Who wrote this function?",
    ],
)  # fmt: skip
def test_what_has_words_of_its_own(text: str) -> None:
    assert not points_at_selection(text)


def test_other_languages_point_too() -> None:
    assert points_at_selection("Was bedeutet das?", "german")
    assert points_at_selection("Explique ceci", "french")
    assert points_at_selection("Объясни это", "russian")
    assert not points_at_selection("Was ist ein Quaternion?", "german")


@pytest.mark.parametrize("text", ["show me an example", "give me more examples please", "explain in simple words"])
def test_a_task_without_a_matter_is_about_the_turn_before(text: str) -> None:
    history = (HistoryMessage("user", "What is a perch?"), HistoryMessage("assistant", "A place."))
    assert local_queries(Question(text, history))[0].text == f"What is a perch? {text}"


def test_a_task_with_a_matter_of_its_own_stands_alone() -> None:
    history = (HistoryMessage("user", "What is a perch?"), HistoryMessage("assistant", "A place."))
    assert local_queries(Question("show me an example of nested routers", history))[0].text.startswith("show me")


@pytest.mark.parametrize(
    "asked", ["Is there a setting that in production hides tracebacks?", "Is there a plugin that then compiles Sass?"]
)
def test_that_of_a_clause_points_at_nothing(asked: str) -> None:
    history = (HistoryMessage("user", "How do I configure the timeout of the database?"),)
    assert local_queries(Question(asked, history))[0] == (asked, 1.0)
