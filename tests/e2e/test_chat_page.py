"""The chat page in Chromium, over the application with scripted engines."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from selenium.webdriver.common.keys import Keys

from pipelines.errors import VendorBusy
from pipelines.events import ClaimChecked, Finished, Refused, Retrieved, TextDelta
from pipelines.types import Answer, Citation, Claim, ClosestSection, Usage
from storage_config.settings import Settings
from tests.e2e.page import Page
from tests.support.fakes import Step, Wait, answered_script, build_source, failed_script, refused_script
from tests.support.serving import World, build_world

OpenPage = Callable[[World], Page]
EVIL = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'


def _script(told: str, *claims: Claim, **changes: object) -> list[Step]:
    """An answer of one source, told at once."""
    source = replace(build_source(), **changes)  # type: ignore[arg-type]
    answer = Answer("answered", told, claims, (source,), (), (), "extractive", Usage(), {})
    return [Retrieved((source,), {}), TextDelta(told), *(ClaimChecked(claim) for claim in claims), Finished(answer)]


def _claim(text: str, words: str, status: str = "supported", *, verbatim: bool = False) -> Claim:
    start = text.index(words)
    citation = Citation("1", "BM25 saturates the weight of a repeated term.", 100, 145)
    return Claim(start, start + len(words), status, 0.9, verbatim, (citation,))  # type: ignore[arg-type]


def test_an_answer_is_footnoted_and_judged(open_page: OpenPage) -> None:
    page = open_page(build_world(answered_script()))
    page.ask("How fast is it?")
    assert page.one(".asked").text.endswith("How fast is it?")
    assert page.texts(".prose q.claim") == ["BM25 saturates the weight of a repeated term."]
    assert page.texts(".prose .claim.unsupported") == ["It is twice as fast."]
    assert page.texts(".prose .verdict") == ["quoted", "not supported"]
    assert page.texts(".prose strong") == ["twice"]
    assert page.one(".prose").text.startswith("🔎 BM25 saturates")
    opening = "return getComputedStyle(arguments[0], '::before').content"
    assert page.script(opening, page.one("q")) == "open-quote"


def test_a_footnote_opens_the_passage_with_its_words_marked(open_page: OpenPage) -> None:
    page = open_page(build_world(answered_script()))
    page.ask("Why?")
    first, second = page.all("button.footnote")
    assert (first.text, second.text) == ("1", "2")
    assert first.accessible_name == "Source 1: Ranking"
    first.send_keys(Keys.ENTER)
    assert page.texts(".opened mark") == ["BM25 saturates the weight of a repeated term."]
    assert page.texts(".opened .passage") == [build_source().text]
    assert page.texts(".opened .verdict") == ["quoted"]
    assert page.focused_name() == "Source 1: Ranking"
    assert page.all("button.footnote")[0].get_attribute("aria-expanded") == "true"
    link = page.one(".opened a")
    assert str(link.get_attribute("href")).startswith("https://example.org/docs/ranking#part-1:~:text=BM25%20saturates")
    assert (link.get_attribute("target"), "noopener" in str(link.get_attribute("rel"))) == ("_blank", True)
    page.all("button.footnote")[1].click()
    assert page.texts(".opened .where b") == ["2"]
    page.one(".note-close").click()
    assert page.all(".opened") == []
    assert page.focused_name() == "Source 2: Ranking"


def test_the_sources_show_where_and_what_they_say(open_page: OpenPage) -> None:
    page = open_page(build_world(answered_script()))
    page.ask("Why?")
    assert page.texts(".sources .where a") == [f"Ranking › Term weights › Part {number}" for number in (1, 2)]
    assert page.texts(".sources .quality") == ["official", "official"]
    assert page.texts(".sources blockquote") == [
        "BM25 saturates the weight of a repeated term. quoted",
        "A second sentence stands here. not supported",
    ]
    page.all(".sources summary")[0].click()
    assert page.all(".passage")[0].text == build_source().text
    assert page.texts(".foot .note") == [
        "The pages carry only a part of this answer.",
        "None of the cited sources is peer-reviewed.",
    ]


def test_a_source_whose_page_changed_shows_what_was_cited(open_page: OpenPage) -> None:
    told = "BM25 saturates the weight of a repeated term. [1]"
    page = open_page(build_world(_script(told, _claim(told, "BM25 saturates"), page_state="changed")))
    page.ask("Why?")
    assert page.texts(".sources .note") == ["The page has changed since: this is what it said when it was cited."]
    assert page.one(".sources .passage").text.startswith("BM25 saturates the weight")


def test_markdown_becomes_elements(open_page: OpenPage) -> None:
    text = "## Steps\n\n1. Set `k1`. [1]\n2. Run *it*.\n\n- a\n- b\n\n```sh\nmake <b>all</b>\n```\n\n"
    text += "> Said so.\n\nEnd [9]."
    claims = [_claim(text, "Set `k1`."), _claim(text, "make <b>all</b>", "partial")]
    page = open_page(build_world(_script(text, *claims)))
    page.ask("How?")
    assert page.texts(".prose .heading") == ["Steps"]
    assert page.texts(".prose ol li") == ["Set k1.1supported", "Run it."]
    assert page.texts(".prose ul li") == ["a", "b"]
    assert page.texts(".prose pre") == ["make <b>all</b>"]
    assert page.texts(".prose .code .verdict") == ["partly supported"]
    assert page.texts(".prose blockquote") == ["Said so."]
    assert page.all(".prose p")[-1].text == "End [9]."  # no such source is cited


def test_a_table_is_a_table_with_its_verdicts_below(open_page: OpenPage) -> None:
    text = "Factors:\n\n| times | *factor* |\n| --- | --- |\n| 1 | `1.0` |\n| 2 | a \\| b <i> |\n\n[1]"
    claims = [_claim(text, "| 1 | `1.0` |"), _claim(text, "| 2 | a \\| b <i> |")]
    page = open_page(build_world(_script(text, *claims)))
    page.ask("How?")
    assert page.texts(".prose th") == ["times", "factor"]
    assert page.texts(".prose td") == ["1", "1.0", "2", "a | b <i>"]
    assert page.texts(".prose td code") == ["1.0"]
    assert page.texts(".prose .table .verdict") == ["supported"]
    assert len(page.all(".prose tr.claim")) == 2


def test_a_quote_is_shown_without_the_signs_of_its_page(open_page: OpenPage) -> None:
    text = "Set `k1`. [1]"
    claim = replace(_claim(text, "Set `k1`."), citations=(Citation("1", "The factor `k1` is **1.2** [7].", 100, 131),))
    page = open_page(build_world(_script(text, claim)))
    page.ask("How?")
    assert page.texts(".sources blockquote") == ["The factor k1 is 1.2 [7]. supported"]
    assert page.texts(".sources blockquote code") == ["k1"]


def test_nothing_in_an_answer_becomes_markup(open_page: OpenPage) -> None:
    text = f"{EVIL} [click](javascript:alert(1)) [here](https://evil.example/) [1]"
    source = {
        "title": EVIL,
        "url": "javascript:window.hacked=1",
        "heading_path": (EVIL,),
        "text": EVIL,
        "reference": EVIL,
    }
    page = open_page(build_world(_script(text, _claim(text, EVIL), **source)))
    page.ask(EVIL)
    assert page.all("img, script, a") == []
    assert EVIL in page.one(".prose").text
    assert EVIL in page.one(".asked").text
    assert page.script("return window.hacked") is None


def test_a_refusal_names_the_nearest_sections(open_page: OpenPage) -> None:
    page = open_page(build_world(refused_script()))
    page.ask("What is the weather?")
    assert page.one(".refused .prose").text == "These pages do not answer that."
    assert page.one(".sources h3").text.lower() == "the nearest sections"
    assert page.one(".sources a").get_attribute("href") == "https://example.org/docs/ranking#term-weights"
    assert "Not answered." in str(page.one(".live").get_property("textContent"))


def test_a_refusal_without_near_sections_is_plain(open_page: OpenPage) -> None:
    script = refused_script()
    script[1] = Refused("low_score", "No.", ())
    page = open_page(build_world(script))
    page.ask("Why?")
    assert not page.one(".sources").is_displayed()


def test_an_answer_grows_and_can_be_stopped(open_page: OpenPage) -> None:
    world = build_world([*answered_script()[:5], Wait()])
    page = open_page(world)
    page.type("Why?", Keys.ENTER)
    page.until(lambda: page.texts(".prose q.claim") == ["BM25 saturates the weight of a repeated term."])
    assert page.one(".answer").get_attribute("aria-busy") == "true"
    assert not page.one("form [type=submit]").is_displayed()
    page.one(".stop").click()
    page.until(lambda: world.engine.closed == 1)
    page.until(lambda: page.texts(".foot .note") == ["You stopped this answer."])
    assert page.texts(".prose q.claim") == ["BM25 saturates the weight of a repeated term."]
    assert page.focused() == "footnoted-question"
    page.until(lambda: [exchange.answer.status for exchange in world.conversations.all] == ["interrupted"])


def test_escape_stops_and_the_conversation_goes_on(open_page: OpenPage) -> None:
    world = build_world([*answered_script()[:5], Wait()])
    page = open_page(world)
    page.type("One?", Keys.ENTER)
    page.until(lambda: page.texts(".prose q.claim"))
    page.type(Keys.ESCAPE)
    page.until(lambda: world.conversations.all)
    page.site.do(lambda: setattr(world.engine, "script", answered_script()))
    page.ask("Two?")
    assert world.engine.questions[1].history[0].text == "One?"


def test_a_failure_can_be_read_and_tried_again(open_page: OpenPage) -> None:
    world = build_world([VendorBusy("vendor's own words", vendor="openrouter")])
    page = open_page(world)
    page.ask("Why?")
    problem = page.one(".problem")
    assert problem.get_attribute("role") == "alert"
    assert problem.text.startswith("A service behind the answers is busy. Please try again in a moment.")
    assert "own words" not in page.one(".body").text
    page.site.do(lambda: setattr(world.engine, "script", answered_script()))
    page.one(".problem button").click()
    page.until(lambda: page.texts(".prose .verdict") == ["quoted", "not supported"])
    assert len(page.all(".turn")) == 1


def test_a_failure_after_words_keeps_them(open_page: OpenPage) -> None:
    page = open_page(build_world(failed_script(VendorBusy("x", vendor="openrouter"))))
    page.ask("Why?")
    assert page.one(".prose").text == "BM25"
    assert "is busy" in page.one(".problem").text


def test_a_question_that_is_too_long_is_told_so(open_page: OpenPage) -> None:
    page = open_page(build_world(answered_script(), settings=Settings(_env_file=None, max_question_chars=5)))
    page.ask("Too long a question")
    assert "question: a question has at most 5 characters" in page.one(".problem").text


def test_a_server_that_is_gone_is_told_plainly(open_page: OpenPage) -> None:
    page = open_page(build_world(answered_script()))
    page.script("window.fetch = () => Promise.reject(new TypeError('Failed to fetch'))")
    page.ask("Why?")
    assert page.one(".problem").text.startswith("The server cannot be reached.")


def test_follow_ups_share_a_conversation_until_a_new_one_begins(open_page: OpenPage) -> None:
    world = build_world(answered_script())
    page = open_page(world)
    assert not page.one(".anew").is_displayed()
    page.ask("One?")
    page.ask("Two?")
    assert len(world.conversations.exchanges) == 1
    assert len(page.all(".turn")) == 2
    page.one(".anew").click()
    assert page.all(".turn") == []
    assert page.one(".welcome").is_displayed()
    assert page.focused() == "footnoted-question"
    page.ask("Three?")
    assert len(world.conversations.exchanges) == 2
    assert world.engine.questions[2].history == ()


def test_a_conversation_that_is_gone_is_begun_anew(open_page: OpenPage) -> None:
    world = build_world(answered_script())
    page = open_page(world)
    page.ask("One?")
    world.conversations.owners.clear()
    page.ask("Two?")
    assert "no such conversation" in page.one(".problem").text
    page.one(".problem button").click()
    page.until(lambda: len(page.all(".prose .verdict")) == 4)


def test_the_keyboard_suffices(open_page: OpenPage) -> None:
    page = open_page(build_world(answered_script()))
    assert page.focused() == "footnoted-question"
    page.type("One", Keys.SHIFT, Keys.ENTER, Keys.NULL, "two", Keys.ENTER)
    page.until(lambda: page.all(".foot .made"))
    assert page.site.world.engine.questions[0].text == "One\ntwo"
    assert page.focused() == "footnoted-question"
    page.type(" ", Keys.ENTER)
    assert len(page.all(".turn")) == 1  # an empty question asks nothing


def test_one_of_several_corpora_is_chosen(open_page: OpenPage) -> None:
    world = build_world(answered_script(), refused_script())
    page = open_page(world)
    page.until(lambda: page.all(".corpus"))
    assert page.texts(".corpus option") == ["docs", "docs2"]
    page.ask("Why?")
    page.one(".corpus").send_keys("docs2")
    page.until(lambda: page.all(".turn") == [])
    page.ask("Why?")
    assert page.all(".refused")


def test_a_single_corpus_is_no_choice(open_page: OpenPage) -> None:
    page = open_page(build_world(answered_script()))
    page.ask("Why?")
    assert not page.all(".corpus")


def test_what_is_said_aloud(open_page: OpenPage) -> None:
    page = open_page(build_world(answered_script()))
    page.ask("Why?")
    live = page.one(".live")
    assert live.get_attribute("aria-live") == "polite"
    said = str(live.get_property("textContent"))
    assert "BM25 saturates" in said
    assert said.endswith("Sources: 2. Sentences not supported: 1.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [0, 360], ids=["wide", "phone"])
def test_axe_finds_nothing_wrong(open_page: OpenPage, scheme: str, width: int) -> None:
    world = build_world(answered_script())
    page = open_page(world)
    with page.emulated(prefers_color_scheme=scheme, prefers_reduced_motion="reduce", width=width):
        assert page.accessibility_problems() == []
        page.ask("Why?")
        page.site.do(lambda: setattr(world.engine, "script", refused_script()))
        page.ask("What is the weather?")
        page.site.do(lambda: setattr(world.engine, "script", failed_script(VendorBusy("x", vendor="v"))))
        page.ask("And now?")
        assert page.accessibility_problems() == []
        assert page.script("return document.documentElement.scrollWidth <= window.innerWidth")
        background = page.script("return getComputedStyle(document.documentElement).backgroundColor")
        assert (background == "rgb(21, 25, 27)") == (scheme == "dark")


def test_a_phone_shows_no_sideways_scroll_for_long_words(open_page: OpenPage) -> None:
    text = f"{'verylongword' * 40} `{'code' * 60}` [1]\n\n```\n{'x' * 400}\n```"
    page = open_page(build_world(_script(text, title="y" * 300)))
    with page.emulated(width=360):
        page.ask("z" * 300)
        assert page.script("return document.documentElement.scrollWidth <= window.innerWidth")


def test_everything_is_loaded_from_here(open_page: OpenPage) -> None:
    page = open_page(build_world(answered_script()))
    page.ask("Why?")
    loaded = page.script("return performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert len(loaded) > 5
    assert all(str(address).startswith(page.site.url) for address in loaded)


def test_many_nearest_sections_are_all_links(open_page: OpenPage) -> None:
    script = refused_script()
    sections = tuple(ClosestSection(f"Page {n}", f"https://example.org/{n}", ("A", "B")) for n in range(5))
    script[1] = Refused("low_score", "No.", sections)
    page = open_page(build_world(script))
    page.ask("Why?")
    assert page.texts(".sources a") == [f"Page {n} › A › B" for n in range(5)]


def test_an_answer_of_ten_megabytes_is_cut_and_the_page_goes_on(open_page: OpenPage) -> None:
    world = build_world(
        [Retrieved((), {}), *(TextDelta("word " * 200_000) for _ in range(10)), *answered_script()[-1:]]
    )
    page = open_page(world)
    page.ask("Why?")
    assert page.texts(".prose .note") == ["This answer is too long to be shown whole."]
    assert len(page.texts(".prose")[0]) < 110_000
    page.site.do(lambda: setattr(world.engine, "script", answered_script()))
    page.ask("And now?")
    assert page.texts(".prose .verdict") == ["quoted", "not supported"]


def test_a_text_that_turns_the_direction_stays_in_its_place(open_page: OpenPage) -> None:
    text = "Run \u202egnp.exe now. [1]"
    page = open_page(build_world(_script(text, _claim(text, "Run"), title="\u202eelttit", heading_path=())))
    page.ask("Why?")
    isolated = "return getComputedStyle(arguments[0]).unicodeBidi"
    assert page.script(isolated, page.one(".sources .where a")) == "isolate"
    assert page.script(isolated, page.one(".prose p")) == "plaintext"
    title, quality = page.one(".sources .where a"), page.one(".sources .quality")
    assert title.rect["x"] < quality.rect["x"], "what stands behind the title is not turned"


def test_formulas_stay_as_they_are_written(open_page: OpenPage) -> None:
    text = "It is $a*b*c$ and \\(x_1 * y * z\\), for *5* dollars: $5 or $6. [1]"
    page = open_page(build_world(_script(text, _claim(text, "It is"))))
    page.ask("Why?")
    assert "$a*b*c$ and \\(x_1 * y * z\\)" in page.one(".prose").text
    assert page.texts(".prose em") == ["5"]


def test_code_is_copied(open_page: OpenPage) -> None:
    text = "```sh\nmake all\n```\n\n[1]"
    page = open_page(build_world(_script(text, _claim(text, "make all"))))
    page.ask("How?")
    page.script("window.copied = []; navigator.clipboard.writeText = async (text) => { window.copied.push(text); }")
    page.one(".copy").click()
    page.until(lambda: page.script("return window.copied") == ["make all"])
    assert page.one(".copy").text == "Copied."
