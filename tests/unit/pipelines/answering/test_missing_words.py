"""What a question names and no passage says, in any form."""

from dataclasses import replace

import pytest

from pipelines.answering.missing_words import BeyondTopic, names_unknown, price_unknown, release_unknown
from pipelines.answering.refusal import RefusalModel
from pipelines.answering.sentence_ranking import rank_units
from pipelines.text.words import Words
from pipelines.types import Passage
from tests.support.passages import build_passage

PASSAGES = [
    build_passage("Osprey runs jobs on macOS and Linux.", title="Osprey", heading="Platforms", dense=0.6, bm25=9.0),
    build_passage("Osprey stores its jobs in SQLite.", title="Osprey", heading="Storage", dense=0.5, bm25=8.0),
    build_passage("Osprey is under the MIT license.", title="Osprey", heading="License", dense=0.45, bm25=7.0),
    build_passage("Osprey sends an email when a job fails.", title="Osprey", heading="Alerts", dense=0.4, bm25=6.0),
]


def _asked(question: str, passages: list[Passage] = PASSAGES) -> BeyondTopic:
    ranking = rank_units(((question, 1.0),), passages)
    held = [
        frozenset(stem for unit in units for stem in unit.stems) | heading
        for units, heading in zip(ranking.passages, ranking.headings, strict=True)
    ]
    return BeyondTopic.of(ranking, held, passages, "english")


@pytest.mark.parametrize(
    ("question", "entities"),
    [
        ("Does Osprey support PostgreSQL?", "postgresql"), ("does osprey run on kubernetes or in deno", "deno"),
        ("When will Osprey 12 be out?", "12"),
        ("Can Osprey send SMS?", "SMS"), ("Is there an Osprey plugin for Grafana?", "grafana"),
        ("How do I schedule cron jobs with it?", "cron"), ("What does osprey squash do?", "squash"),
        ("what is the tuition fee", "tuition"), ("how much does a scholarship cost", "scholarship"),
        ("is there a scholarship for osprey users", "scholarship"), ("Does it offer virtual headsets?", "headsets"),
    ],
)  # fmt: skip
def test_a_name_that_no_passage_says_is_missed(question: str, entities: str) -> None:
    assert set(Words().stems(entities)) <= set(_asked(question).entities)


@pytest.mark.parametrize(
    "question",
    [
        "does it run on a mac?",
        "how do I move my stuff over to osprey",
        "Which licence does Osprey have?",
        "Where does Osprey keep its jobs?",
        "what is osprey",
    ],
)
def test_other_forms_and_common_words_are_no_missing_names(question: str) -> None:
    assert not _asked(question).entities


def test_what_all_passages_say_is_their_topic() -> None:
    assert not set(Words().stems("osprey")) & _asked("Does Osprey support Rust?").beyond.keys()


def test_a_site_of_one_section_has_no_topic() -> None:
    assert set(Words().stems("osprey")) <= _asked("Does Osprey support Rust?", PASSAGES[:1]).beyond.keys()


def test_naming_the_product_does_not_make_a_missing_thing_answerable() -> None:
    model = RefusalModel.from_file()
    there, missing = (
        model.probability(((f"Does Osprey run on {system}?", 1.0),), PASSAGES) for system in ("Linux", "Solaris")
    )
    assert there > 0.5
    assert missing < there / 2  # at the same cosine


def test_what_asks_for_a_thing_that_no_passage_names_must_be_rather_sure() -> None:
    model = RefusalModel.from_file()
    weak = replace(model, intercept=model.intercept + 0.4)
    asked = {name: ((f"Does Osprey run on {name}?", 1.0),) for name in ("Linux", "Solaris")}
    assert 0.2 < weak._judge(asked["Solaris"], PASSAGES) < 0.35
    assert weak.probability(asked["Solaris"], PASSAGES) == 0.1
    there = replace(model, intercept=model.intercept - 4.6)
    assert 0.2 < there.probability(asked["Linux"], PASSAGES) == there._judge(asked["Linux"], PASSAGES) < 0.35


@pytest.mark.parametrize("ending", ["nowadays", "anymore", "to a beginner", "in kubernetes together"])
def test_when_and_for_whom_is_no_thing(ending: str) -> None:
    assert not _asked(f"What does Osprey run on {ending}?").entities


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("what does the snapshot-timeout option do", True),
        ("What is the rateLimit argument for?", True),
        ("which command is `kestrel fly` command?", True),
        ("what does the hash-length option do", False),
        ("what does the hashLength setting do", False),
        ("which option sets the length?", False),
        ("What does kestrel.nothing_like_this() do?", True),
        ("what is hoverLow?", True),
        ("What does glide() return?", True),
        ("What does kestrel.hash_length do?", False),
        ("what is hashLength for", False),
        ("How do I call my_own.function from it?", False),
        ("How do I set the option max_gliders?", True),
        ("What is the default of max_glide_length in Nest?", True),
        ("what is the default for hash_length", False),
        ("What does the gth_of argument do?", True),  # letters across the words of "length of"
        ("how do i turn on http/3", True),
        ("how do I use http/2?", False),
        ("How do I set limits in Osprey-Limiter?", True),
        ("How do I write Server-Sent messages?", False),
        ("what does the osprey doctor command check", True),
        ("what does the osprey limits command check", False),
        ("what does the best command do", False),
        ("What is the right command to build the site?", False),
        ("how do I use HTTP/2.0", False),
        ("what does the order/2 endpoint do", False),
        ("what is the default for long-running jobs?", False),
        ("what is the default for e.g. timeouts", False),
        ("How do I Self-Host Osprey?", False),
        ("Does it know Wi-Fi?", False),
        ("Which Content-Types are sent?", False),
        ("What does the `osprey run build -- --watch` command do?", False),
        ("Wie richte ich E-Mail-Grenzen ein und wie lade ich die Dateien hoch?", False),
    ],
)
def test_an_option_that_no_passage_names_is_unknown(question: str, unknown: bool) -> None:
    passages = [
        build_passage("- `hash_length`: the length of a hash. `--timeout` ends a snapshot."),
        build_passage("Self-hosting, wifi and a content type. `osprey run build -- --watch` watches."),
        build_passage("Over HTTP/2 the server is the one that sends; 3 limits are sent on. Run `osprey limits`."),
    ]
    assert names_unknown(question, passages) is unknown


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("When will Kestrel 12 be released?", True),
        ("what is new in version 3.1", True),
        ("When was Kestrel 2 released?", False),
        ("Does Kestrel 12 have clocks?", False),
        ("when is it released", False),
    ],
)
def test_a_release_whose_number_no_passage_has_is_unknown(question: str, unknown: bool) -> None:
    passages = [build_passage("Today we announce the release of Kestrel 2.0! It has v3 of the clocks.", title="News")]
    assert release_unknown(question, passages) is unknown


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("How much does a Kestrel licence cost?", True),
        ("what is the price of a seat", True),
        ("how much is a subscription", True),
        ("How much does hovering cost?", True),
        ("Under which licence is Kestrel?", False),
        ("How much does it weigh?", False),
    ],
)
def test_a_price_of_which_no_passage_speaks_is_unknown(question: str, unknown: bool) -> None:
    free = [build_passage("Kestrel has the MIT license and hovers.")]
    assert price_unknown(question, free) is unknown
    assert price_unknown(question, [*free, build_passage("Hovering has a cost at run time.")]) is unknown
    for said in ("Kestrel costs nothing.", "A seat costs CHF 20.", "It is free to use.", "There is no charge."):
        assert not price_unknown(question, [*free, build_passage(said)])
    assert not price_unknown(question, [*free, build_passage("A seat is $12 a month.")])


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("What is the default of flush_interval_s?", False),
        ("What does the setting USE_X_FORWARDED_HOST do?", True),
        ("what does the __frobnicate__ method do?", True),
        ("what is the .pre-flight hook", True),
        ("what does the :nested-depth option do?", True),
    ],
)
def test_names_are_read_whole(question: str, unknown: bool) -> None:
    passages = [build_passage("`flush_interval_s` is how long it waits. Default: `5`", title="Settings")]
    assert names_unknown(question, passages) is unknown
