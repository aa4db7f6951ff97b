"""What a near copy may not change: words for their opposites, code spans, names; and what excuses it."""

import asyncio

import pytest

from pipelines.grounding.polarity import polarity_of
from pipelines.grounding.verifier import ClaimToVerify, LexicalVerifier, Verdict
from pipelines.languages.known import LANGUAGES
from tests.support.passages import build_passage


def judge(page: str, claim: str, language: str = "english") -> Verdict:
    verifier = LexicalVerifier(language)
    return asyncio.run(verifier.verify([ClaimToVerify(claim, (build_passage(page),))], ""))[0]


@pytest.mark.parametrize(
    ("page", "claim", "changed"),
    [
        ("The level must stay above the given limit.", "The level must stay below the given limit.", "below"),
        ("The cache is not enabled on Windows hosts.", "The cache is not disabled on Windows hosts.", "disabled"),
        ("All the workers are restarted after a crash.", "Some of the workers are restarted after a crash.", "some"),
        ("Run the migration before the server starts.", "Run the migration after the server starts.", "after"),
        ("The cache is disabled by default on Windows.", "The cache is enabled by default on Windows.", "enabled"),
        ("The flag is kept if the file exists.", "The flag is kept unless the file exists.", "unless"),
        ("It is safe to call this from other threads.", "It is unsafe to call this from other threads.", "unsafe"),
        ("The check of the headers is useful here.", "The check of the headers is useless here.", "useless"),
        ("Disconnected clients are told about it later.", "Connected clients are told about it later.", "connected"),
        ("State values in the store are mutable by design.", "State values in the store are immutable by design.",
         "immutable"),
    ],
)  # fmt: skip
def test_a_word_for_its_opposite_turns_a_sentence(page: str, claim: str, changed: str) -> None:
    assert judge(page, claim).reason == f"changed: {changed}"
    assert judge(claim, page).status == "unsupported"
    assert judge(page, page).status == judge(claim, claim).status == "supported"


def test_a_sentence_that_says_it_the_other_way_elsewhere_lifts_the_veto() -> None:
    page = "The cache is disabled by default on Windows. The cache is enabled by default on Linux and Windows."
    assert judge(page, "The cache is enabled by default on Windows.").status == "supported"


@pytest.mark.parametrize(
    ("language", "page", "claim"),
    [
        ("german", "Der Zwischenspeicher ist auf allen Rechnern aktiviert und läuft immer mit.",
         "Der Zwischenspeicher ist auf allen Rechnern deaktiviert und läuft immer mit."),
        ("french", "Lancez la migration avant le démarrage du serveur.",
         "Lancez la migration après le démarrage du serveur."),
        ("spanish", "Ejecute la migración antes de arrancar el servidor.",
         "Ejecute la migración después de arrancar el servidor."),
    ],
)  # fmt: skip
def test_other_languages_have_opposites_too(language: str, page: str, claim: str) -> None:
    assert judge(page, claim, language).status == "unsupported"


@pytest.mark.parametrize(
    ("page", "claim"),
    [
        (
            "The worker does not respond when its queue is full.",
            "The worker is unable to respond when its queue is full.",
        ),
        ("The cache is not enabled on Windows hosts.", "The cache is disabled on Windows hosts."),
        ("The cache is disabled on Windows hosts.", "The cache is not enabled on Windows hosts."),
        ("Never rub the lens with a dry cloth.", "Take care to avoid to rub the lens with a dry cloth."),
        ("It does not wait for the network but reads the cache.", "It reads the cache instead of the network."),
        ("The build does not succeed where a dependency is missing.", "The build fails where a dependency is missing."),
    ],
)
def test_other_words_that_deny_excuse_a_lost_negation(page: str, claim: str) -> None:
    assert not judge(page, claim).reason.startswith("changed")


@pytest.mark.parametrize(
    ("page", "claim"),
    [
        ("First shut off the main valve behind the Kitchen wall.", "Shut off the main valve behind the kitchen wall."),
        ("Besides Gazebo, nodes exchange the messages over topics.",
         "Additionally, nodes exchange the messages over topics."),
        ("Before Use the filter is rinsed with warm water.", "Rinse the filter is rinsed with warm water."),
    ],
)  # fmt: skip
def test_what_opens_a_sentence_is_no_name_for_its_capital(page: str, claim: str) -> None:
    assert not judge(page, claim).reason.startswith("changed")


CODE_PAGE = (
    "Call `store.dispatch(action)` to change the state of the store. Use `getState` to read the state of the store. "
    "Set the --port option and the `max_age` key. Hooks such as `useSelector()` read from `<Provider>`."
)


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        ("Use `getState` to read the state of the store.", "supported"),
        ("Use `getState()` to read the state of the store.", "supported"),
        ("Use `store.dispatch` to read the state of the store.", "unsupported"),
        ("The `--port` option and the key `max_age` are set.", "supported"),
        ("The `--host` option and the key `max_age` are set.", "partial"),
        ("The option `--port` and the key `max-age` are set.", "partial"),
        ("Set the `--port` option and the `max-age` key.", "partial"),  # the same words with another sign
        ("Hooks such as `useSelector` read from `Provider`.", "supported"),
        ("Hooks such as `useSelect` read from `Provider`.", "unsupported"),
    ],
)
def test_a_code_span_stands_in_a_passage_or_the_claim_is_not_supported(claim: str, status: str) -> None:
    found = judge(CODE_PAGE, claim)
    assert found.status == status, found


def test_the_title_of_a_page_is_evidence_for_a_code_span() -> None:
    passage = build_passage("It reads the state of the store.", title="The `getState` function")
    claim = ClaimToVerify("`getState` reads the state of the store.", (passage,))
    assert asyncio.run(LexicalVerifier().verify([claim], ""))[0].status == "supported"


@pytest.mark.parametrize("name", LANGUAGES)
def test_the_words_of_each_language_are_pairs(name: str) -> None:
    language = LANGUAGES[name]
    assert all(len(pair.split("/")) == 2 and all(pair.split("/")) for pair in language.opposites.split())
    polarity = polarity_of(name)
    assert all(polarity.are_opposite(*pair.split("/")) for pair in language.opposites.split())
    assert not polarity.are_opposite("Haus", "Haus")
