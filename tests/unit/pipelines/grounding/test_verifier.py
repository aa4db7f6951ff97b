"""Verdicts: what carries a claim, what rules it out, and that no model can lift a claim over what its words say."""

import asyncio
import json
import math
from typing import Any

import pytest

from pipelines.grounding.contradictions import contradiction
from pipelines.grounding.evidence import evidence_of, lex
from pipelines.grounding.lexical_features import (
    FITTED,
    Features,
    Rarity,
    measure,
    missing_names,
    missing_numbers,
)
from pipelines.grounding.polarity import polarity_of
from pipelines.grounding.verifier import (
    CONTAINED_SCORE,
    CONTRADICTED_SCORE,
    WEIGHTS,
    ClaimToVerify,
    LexicalVerifier,
    Verdict,
    read_weights,
    stands_in,
    without_decoration,
)
from pipelines.text.sentences import SegmentKind
from pipelines.types import Passage
from tests.support.passages import build_passage

TEXT = (
    "Gazebo simulates up to 12 robots at once on a machine with a graphics card. The simulator was first released by "
    "the Open Source Robotics Foundation in May 2002. It does not need an internet connection. Physics are computed by "
    "ODE, while rendering is done by Ogre. Nodes exchange messages over topics, and every node may publish to a topic. "
    "The bridge translates 1,500 messages a second between Gazebo and ROS 2."
)
CODE = "Run it:\n\n```bash\ncolcon build\nsource install/setup.bash\n```\n"
PASSAGE = build_passage(TEXT, title="Gazebo guide", heading="Humble release")
VERIFIER = LexicalVerifier()


def judge(
    text: str, *passages: Passage, cited: bool = True, kind: SegmentKind = "sentence", asked: str = ""
) -> Verdict:
    claim = ClaimToVerify(text, passages or (PASSAGE,), cited, kind)
    return asyncio.run(VERIFIER.verify([claim], asked))[0]


@pytest.mark.parametrize(
    "claim",
    [
        "It does not need an internet connection.",
        "it does not need  an internet\nconnection",
        "**It does not need an internet connection.**",
        "1. It does not need an internet connection.",
        "It does not need an internet connection [1].",
        "It does not need an internet connection (Passage 1).",
    ],
)
def test_what_stands_there_word_for_word_is_supported(claim: str) -> None:
    assert judge(claim) == Verdict("supported", CONTAINED_SCORE)


@pytest.mark.parametrize(
    "claim",
    [
        "Gazebo can simulate up to twelve robots at once.",
        "On a machine with a graphics card, Gazebo simulates up to 12 robots.",
        "The physics are computed by ODE and the rendering is done by Ogre.",
        "Nodes exchange messages over topics.",
        "The first release of the simulator was in May 2002, by the Open Source Robotics Foundation.",
        "Gazebo needs no internet connection.",
        "The bridge translates 1500 messages per second.",
        "Gazebo and ROS 2 exchange messages over the bridge, according to the Humble release section of the guide.",
    ],
)
def test_paraphrases_are_supported(claim: str) -> None:
    assert judge(claim).status == "supported", judge(claim)


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("Gazebo simulates up to 15 robots at once on a machine with a graphics card.", "changed: 15"),
        ("Gazebo simulates up to 1,500 robots at once on a machine with a graphics card.", "changed: 1,500"),
        ("The simulator was first released by the Open Source Robotics Foundation in May 2012.", "changed: 2012"),
        ("The simulator was first released by the Open Source Robotics Foundation in June 2002.", "changed: june"),
        ("Webots simulates up to 12 robots at once on a machine with a graphics card.", "changed: webots"),
        ("Physics are computed by Bullet, while rendering is done by Ogre.", "changed: bullet"),
        ("Physics are computed by Ogre, while rendering is done by ODE.", "changed: ogre"),
        ("It does need an internet connection.", "changed: not"),
        ("Nodes do not exchange messages over topics, and every node may publish to a topic.", "changed: not"),
        ("Nodes exchange messages over topics, and every node may never publish to a topic.", "changed: never"),
    ],
)
def test_a_near_copy_that_changes_a_fact_is_not_supported(claim: str, reason: str) -> None:
    assert judge(claim) == Verdict("unsupported", CONTRADICTED_SCORE, reason)


def test_a_sentence_that_says_just_this_elsewhere_lifts_the_veto() -> None:
    other = build_passage("Gazebo simulates up to 15 robots at once on a machine with a graphics card and more memory.")
    claim = "Gazebo simulates up to 15 robots at once on a machine with a graphics card."
    assert judge(claim, PASSAGE, other).status == "supported"
    assert judge(claim, other, PASSAGE).status == "supported"


@pytest.mark.parametrize(
    ("claim", "missing"),
    [
        ("Messages are exchanged by nodes over topics, of which there are 40.", "40"),
        ("Since 1999, nodes exchange messages over topics.", "1999"),
        ("As Einstein said, nodes exchange messages over topics, and each may publish.", "einstein"),
        ("Over topics, the nodes of CARLA exchange messages, and every node may publish.", "carla"),
    ],
)
def test_numbers_dates_and_names_that_the_passages_lack_keep_a_claim_from_support(claim: str, missing: str) -> None:
    verdict = judge(claim)
    assert verdict.status in ("partial", "unsupported")
    assert verdict.score is not None
    assert verdict.score < read_weights().supported_from
    if verdict.status == "partial" and verdict.reason != "score":
        assert verdict.reason == f"missing: {missing}"


@pytest.mark.parametrize(
    "claim",
    [
        "The best way to cook rice is to rinse it first and to let it rest under a towel.",
        "Its licence costs 300 dollars a month for companies with more than fifty employees.",
        "Paris is the capital of France.",
    ],
)
def test_what_the_passages_do_not_speak_of_is_unsupported(claim: str) -> None:
    verdict = judge(claim)
    assert verdict.status == "unsupported"
    assert verdict.score is not None
    assert verdict.score < 0.5


def test_a_claim_that_cites_nothing_is_partial_at_most() -> None:
    assert judge("It does not need an internet connection.", cited=False).status == "partial"
    assert judge("Nodes exchange messages over topics.", cited=False).status == "partial"
    assert judge("Paris is the capital of France.", cited=False).status == "unsupported"


def test_without_passages_nothing_is_supported() -> None:
    claim = ClaimToVerify("Gazebo simulates robots.", ())
    assert asyncio.run(VERIFIER.verify([claim], ""))[0].status == "unsupported"


@pytest.mark.parametrize("text", ["Hello!", "What is it?", "I could not find this in the sources.", "...", "", "[1]"])
def test_what_claims_nothing_has_no_score(text: str) -> None:
    assert judge(text) == Verdict("not_checkable", None)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("colcon build\nsource install/setup.bash", "supported"),
        ("  colcon   build\n  source install/setup.bash\n", "supported"),
        ("colcon build", "supported"),
        ("colcon build\nros2 run", "partial"),
        ("colcon build --symlink-install\nros2 run demo talker", "unsupported"),
        ("rm -rf /", "unsupported"),
    ],
)
def test_code_is_checked_by_containment(code: str, status: str) -> None:
    assert judge(code, build_passage(CODE), kind="code").status == status


def test_the_question_excuses_words_but_no_number() -> None:
    claim = "Nodes of the Turtlebot exchange messages over topics, and every node may publish."
    bare, asked = judge(claim), judge(claim, asked="How do the nodes of the turtlebot talk?")
    assert bare.score is not None
    assert asked.score is not None
    assert asked.score >= bare.score


def test_verdicts_come_in_the_order_of_the_claims() -> None:
    texts = ["Paris is the capital of France.", "It does not need an internet connection.", "Why?"]
    found = asyncio.run(VERIFIER.verify([ClaimToVerify(text, (PASSAGE,)) for text in texts], ""))
    assert [verdict.status for verdict in found] == ["unsupported", "supported", "not_checkable"]


@pytest.mark.parametrize(
    ("language", "page", "claim", "status"),
    [
        ("german", "Ein Knoten ist ein Prozess. Er läuft mit 10 Hertz.", "Ein Knoten ist ein Prozess.", "supported"),
        ("german", "Der Roboter fährt mit 10 Metern pro Sekunde über den Hof.",
         "Der Roboter fährt mit 20 Metern pro Sekunde über den Hof.", "unsupported"),
        ("german", "Der Sensor braucht keine Batterie und sendet über Funk.",
         "Der Sensor braucht nicht keine Batterie und sendet über Funk.", "unsupported"),
        ("french", "Le robot ne tombe pas dans les escaliers de la maison.",
         "Le robot ne tombe dans les escaliers de la maison.", "unsupported"),
        ("spanish", "El nodo publica 30 mensajes por segundo en el tema.",
         "El nodo publica 90 mensajes por segundo en el tema.", "unsupported"),
    ],
)  # fmt: skip
def test_other_languages_have_the_same_rules(language: str, page: str, claim: str, status: str) -> None:
    verifier = LexicalVerifier(language)
    found = asyncio.run(verifier.verify([ClaimToVerify(claim, (build_passage(page),))], ""))
    assert found[0].status == status


# Features


def features(claim: str, question: str = "") -> Features:
    return measure(lex(claim), [evidence_of(TEXT)], lex(question), Rarity({}, 6.0))


def test_words_that_no_passage_has_make_a_stretch() -> None:
    assert features("Gazebo simulates robots.").novel_stretch == 0
    one, two = features("Gazebo simulates bananas."), features("Gazebo simulates purple bananas.")
    assert 0 < one.novel_stretch < two.novel_stretch
    assert one.novel_rarest == two.novel_rarest == 6.0
    assert features("Gazebo simulates bananas.", "Are bananas simulated?").novel_stretch == 0


def test_another_form_of_a_word_is_hardly_news() -> None:
    assert features("Gazebo simulationist.").novel_stretch == 1.5


def test_together_counts_neighbours_of_one_sentence() -> None:
    assert features("Physics are computed by ODE.").together == 1.0
    assert features("Physics publish robots.").together == 0.0


def test_missing_numbers_are_counted_up_to_three() -> None:
    assert features("It has 12 robots, in May 2002.").numbers_missing == 0
    assert features("It has 1 and 3 and 5 and 7 and 9 robots.").numbers_missing == 3


def test_missing_names_and_numbers_look_at_the_titles_too() -> None:
    passages = [evidence_of(TEXT)]
    claim = lex("In Iron and Humble, ROS 2 has 77 nodes.")
    assert missing_names(claim, passages, lex("")) == ["iron", "humble"]
    assert missing_names(claim, passages, lex("Humble release")) == ["iron"]
    assert missing_numbers(claim, passages, lex("")) == ["77"]
    assert missing_numbers(claim, passages, lex("77 nodes")) == []


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        ("The American style wins.", "The style of America wins."),
        ("The BRCA 1 gene.", "The BRCA1 gene."),
        ("The PlayStation3 console.", "The PlayStation 3 console."),
        ("The Bureau of Labor Statistics says so.", "The BLS says so."),
        ("A higher DBP was seen.", "A higher diastolic blood pressure was seen."),
        ("The GAZEBO simulator.", "The gazebo simulator."),
        ("Made by Ada's team.", "Made by ada and her team."),
        ("Employers pay lower National Insurance Contributions.", "Employers pay lower NICs."),
        ("The low is 56 degrees Fahrenheit.", "The low is 56 °F."),
    ],
)
def test_a_name_in_another_form_is_not_missing(claim: str, page: str) -> None:
    assert missing_names(lex(claim), [evidence_of(page)], lex("")) == []


def test_initials_that_are_a_common_word_abbreviate_nothing() -> None:
    claim = lex("Of the Hague embassy, nothing is said.")
    assert missing_names(claim, [evidence_of("Of the embassy nothing is said; the rest is silence.")], lex("")) == [
        "hague"
    ]


def test_a_short_claim_is_no_near_copy() -> None:
    assert contradiction(lex("In 2012."), [evidence_of(TEXT)], Rarity({}, 6.0), polarity_of("english")) is None


@pytest.mark.parametrize(
    ("text", "bare"),
    [("1. Do it [1].", "Do it."), ("- Do it", "Do it"), ("As said in passage 2, do it.", "As said, do it.")],
)
def test_decoration_goes(text: str, bare: str) -> None:
    assert without_decoration(text) == bare


def test_the_weights_say_where_they_come_from() -> None:
    data: dict[str, Any] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    assert data["fitted_by"] == "notebooks/fit_grounding.py"
    assert data["cross_validated_by_source"]["sentence_auroc"] > 0.86
    assert data["cross_validated_by_source"]["response_f1"] > 0.58
    assert 0 < data["partial_from"] < data["supported_from"] < 1
    assert WEIGHTS.stat().st_size < 50_000


def test_scores_are_probabilities_of_the_regression() -> None:
    weights = read_weights()
    clean = Features(novel_stretch=0.0, novel_rarest=0.0, together=1.0, numbers_missing=0.0, unknown_share=0.0)
    expected = 1 / (1 + math.exp(weights.bias + weights.weights[FITTED.index("together")]))
    assert weights.score(clean) == pytest.approx(expected)
    assert weights.score(Features(1e9, 1e9, 0.0, 3.0, 0.0)) < 1e-9


@pytest.mark.parametrize(
    ("language", "page", "claim", "changed"),
    [
        ("english", "Redux Toolkit does not include RTK Query.", "Redux Toolkit includes RTK Query.", "not"),
        ("english", "Redux Toolkit includes RTK Query.", "Redux Toolkit does not include RTK Query.", "not"),
        ("english", "ROS 2 replaces ROS 1.", "ROS 1 replaces ROS 2.", "1"),
        ("german", "Der Index speichert keine Stoppwörter.", "Der Index speichert Stoppwörter.", "keine"),
        ("german", "Der Server läuft auf Linux.", "Der Server läuft auf Windows.", "windows"),
        ("russian", "Индекс не хранит стоп-слова.", "Индекс хранит стоп-слова.", "не"),
        ("french", "L'index ne conserve pas les mots vides.", "L'index conserve les mots vides.", "ne"),
        ("spanish", "Los valores van de 1,2 a 2,0.", "Los valores van de 1,5 a 2,0.", "1,5"),
        ("dutch", "De index bewaart geen stopwoorden.", "De index bewaart stopwoorden.", "geen"),
    ],
)
def test_a_short_near_copy_is_caught_in_every_language(language: str, page: str, claim: str, changed: str) -> None:
    """Also where nearly every word is a name, or written like one."""
    passage = build_passage(page)
    for text, status in ((claim, "unsupported"), (page, "supported")):
        (found,) = asyncio.run(LexicalVerifier(language).verify([ClaimToVerify(text, (passage,))], "Why?"))
        assert found.status == status
        assert found.reason == ("" if status == "supported" else f"changed: {changed}")


def test_an_abbreviation_that_the_claim_spells_out_is_no_missing_name() -> None:
    passage = build_passage("Patients with an inflammatory disease of the eye live as long as others do.")
    claim = "Patients with inflammatory eye disease (IED) live as long as others do."
    (found,) = asyncio.run(VERIFIER.verify([ClaimToVerify(claim, (passage,))], "Why?"))
    assert found.status == "supported"


LIMITS = "Requests end after 30 seconds, and sessions after 15 to 45 minutes. Below -20 degrees the battery is damaged."


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("After 30 seconds a request is ended.", "supported"),
        ("After 30 s a request is ended.", "supported"),
        ("A request that takes 30 or more seconds is ended.", "supported"),
        ("After 30 minutes a request is ended.", "partial"),
        ("After 15 minutes sessions end.", "supported"),
        ("Sessions end after 45 hours.", "partial"),
        ("Below -20 degrees the battery is damaged.", "supported"),
        ("Below \u221220 degrees the battery is damaged.", "supported"),
        ("Below 20 degrees the battery is damaged.", "unsupported"),
    ],
)
def test_a_number_keeps_its_unit_and_its_sign(text: str, status: str) -> None:
    claim = ClaimToVerify(text, (build_passage(LIMITS),))
    (found,) = asyncio.run(LexicalVerifier().verify([claim], "When does it end?"))
    assert found.status == status, found


@pytest.mark.parametrize(
    ("claim", "passage", "stands"),
    [
        ("The limit is 3.", "The limit is 3. It can be raised.", True),
        ("The limit is 3", "**The limit is 3**, always.", True),
        ("The limit is 3", "The limit is 3.11 now.", False),
        ("5 degrees are too few", "At -5 degrees are too few birds.", False),
        ("he limit is 3.", "The limit is 3.", False),
        ("The limit", "The limits of it. The limit is 3.", True),
        (" ", "anything", False),
    ],
)
def test_a_slice_that_cuts_no_word_and_no_number_stands_in_its_passage(claim: str, passage: str, stands: bool) -> None:
    assert stands_in(claim, passage) is stands
