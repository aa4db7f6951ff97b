"""`footnoted eval` and `footnoted probe` on the sample book; one of them as a process of its own, as users run it."""

import json
from pathlib import Path

import httpx
import pytest

from app.schemas.evaluations import EvaluationsBody
from storage_config.state_lock import owner_of
from tests.support.command_line import Outcome, copy_book, invoke, run, run_here, serving

QUESTIONS: list[dict[str, object]] = [
    {"id": "bm25", "kind": "what_is", "question": "How does BM25 limit the weight of a repeated term?",
     "must": [["saturat"]], "urls": ["search/bm25#term-frequency-saturates"]},
    {"id": "tokens", "kind": "what_is", "question": "What is a token?", "must": ["words nobody wrote there"],
     "urls": ["gone"]},
    {"id": "outside", "kind": "outside", "question": "Who won the football world cup in 1974?", "expect": "refusal"},
]  # fmt: skip


def write(path: Path, *questions: object) -> Path:
    path.write_text("".join(json.dumps(question) + "\n" for question in questions), encoding="utf-8")
    return path


async def evaluate(site: Path, *words: str, **environment: str) -> Outcome:
    """The command in this process, with the names of files taken as those below the site."""
    placed = [str(site / word) if word.endswith((".jsonl", ".json", ".html")) else word for word in words]
    return await run_here(site, *placed, **environment)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample book, ingested."""
    folder = copy_book(tmp_path_factory.mktemp("book"))
    ingested = invoke(folder, "ingest", "--json")
    assert ingested.code == 0, ingested.err
    write(folder / "golden.jsonl", *QUESTIONS)
    return folder


async def test_a_set_is_graded_compared_and_reported(site: Path) -> None:
    first = await run(site, "eval", "golden.jsonl", "--json")
    assert first.code == 0, first.err
    result = json.loads(first.out)
    assert [row["verdict"] for row in result["rows"]] == ["right", "wrong", "refused"]
    assert result["rows"][0]["measures"]["hit@8"] == 1.0
    assert result["rows"][0]["measures"]["citation_recall"] == 1.0
    assert "tokens: no page or section of the corpus has the url gone" in result["notes"]
    (site / "baseline.json").write_text(first.out, encoding="utf-8")

    compared = ("--baseline", "baseline.json", "--gate")
    same = await evaluate(site, "eval", "golden.jsonl", *compared, "--report", "report.html")
    assert same.code == 0, same.err
    assert "50 %" in same.out
    page = (site / "report.html").read_text(encoding="utf-8")
    assert "What is a token?" in page
    assert "Since the baseline" in page

    harder = [{**QUESTIONS[0], "must": ["words nobody wrote there"]}, *QUESTIONS[1:]]
    write(site / "harder.jsonl", *harder)
    worse = await evaluate(site, "eval", "harder.jsonl", *compared)
    assert worse.code == 7, worse.err
    assert "right: 0.500 → 0.000 worse" in worse.err
    assert (await evaluate(site, "eval", "harder.jsonl", "--baseline", "baseline.json")).code == 0
    allowed = await evaluate(site, "eval", "harder.jsonl", *compared, "--tolerance", "1")
    assert allowed.code == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "GOLDEN: is missing"),
        (("golden.jsonl", "--gate"), "--gate: needs a --baseline"),
        (("none.jsonl",), "none.jsonl: no such file"),
        (("wrong.jsonl",), "wrong.jsonl: line 1: questoin: unknown key. Did you mean question?"),
        (("golden.jsonl", "--baseline", "wrong.jsonl"), "wrong.jsonl: is no result of `footnoted eval --json`"),
        (("golden.jsonl", "--corpus", "nothing"), "no corpus 'nothing'"),
        (("golden.jsonl", "--make"), "is there already"),
    ],
)
async def test_wrong_use_is_told(site: Path, words: tuple[str, ...], message: str) -> None:
    write(site / "wrong.jsonl", {"id": "a", "questoin": "How?", "must": ["x"]})
    ended = await evaluate(site, "eval", *words, COLUMNS="500")
    assert ended.code == 2
    assert message in " ".join(ended.err.split())


async def test_a_draft_can_be_asked(site: Path) -> None:
    made = await evaluate(site, "eval", "--make", "draft.jsonl", "--questions", "5")
    assert made.code == 0, made.err
    drafts = [json.loads(line) for line in (site / "draft.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(drafts) == 5
    assert all(draft["draft"] and draft["urls"] for draft in drafts)
    asked = await evaluate(site, "eval", "draft.jsonl", "--json")
    assert asked.code == 0, asked.err
    result = json.loads(asked.out)
    assert result["notes"] == ["5 of 5 questions are drafts that nobody looked at: see the key draft"]
    assert all(row["section_right"] is not None for row in result["rows"])
    assert len((await evaluate(site, "eval", "--make", "--questions", "3")).out.splitlines()) == 3


async def test_the_probe_tells_each_kind(site: Path) -> None:
    probed = await evaluate(site, "probe", "--claims", "20", "--json")
    assert probed.code == 0, probed.err
    kinds = json.loads(probed.out)["kinds"]
    assert kinds["unaltered"]["supported"] == kinds["unaltered"]["claims"] == 20
    assert kinds["negation"]["unsupported"] > kinds["negation"]["supported"]
    shown = await evaluate(site, "probe", "--claims", "20")
    assert "let through" in shown.out


async def test_its_figures_stay_for_the_owner(site: Path) -> None:
    write(site / "kept.jsonl", *QUESTIONS)
    for _ in range(2):
        assert (await evaluate(site, "eval", "kept.jsonl")).code == 0
    async with serving(site) as (url, _), httpx.AsyncClient(base_url=url) as client:
        assert (await client.get("/api/v1/evaluations")).status_code == 401
        owner = owner_of(site / ".footnoted")
        assert owner is not None
        response = await client.get("/api/v1/evaluations", headers={"authorization": f"Bearer {owner.token}"})
    kept = [one for one in EvaluationsBody.model_validate(response.json()).items if one.golden == "kept.jsonl"]
    assert len(kept) == 2
    assert kept[0].made_at > kept[1].made_at
    for one in kept:
        assert one.questions == 3
        assert (one.shares["right"].hits, one.shares["right"].of) == (1, 2)
        assert (one.shares["refused"].hits, one.shares["refused"].of) == (1, 1)
        assert one.means["citation_recall"].value == 1.0
    for question in QUESTIONS:
        assert str(question["question"]) not in response.text


async def test_data_that_a_server_owns_is_not_touched(site: Path) -> None:
    async with serving(site):
        for words in (("eval", "golden.jsonl"), ("probe",)):
            assert (await evaluate(site, *words)).code == 4


async def test_a_corpus_without_pages_names_the_command(tmp_path: Path) -> None:
    folder = copy_book(tmp_path)
    write(folder / "golden.jsonl", *QUESTIONS)
    for words in (("eval", "golden.jsonl"), ("eval", "--make"), ("probe",)):
        ended = await evaluate(folder, *words)
        assert ended.code == 2
        assert "footnoted ingest" in ended.err
