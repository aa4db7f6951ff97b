import json
from pathlib import Path

import pytest

from pipelines.errors import GoldenSetError
from pipelines.evaluation.golden import dump_questions, parse_question, read_golden

FULL = {
    "id": "a", "kind": "what_is", "question": "What is it?", "history": ["Where?"], "must": ["one", ["two", "zwei"]],
    "not": ["three"], "urls": ["start/#install"], "expect": "answer",
}  # fmt: skip


def write(folder: Path, *lines: object) -> Path:
    path = folder / "golden.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
    return path


def test_a_line_becomes_a_question() -> None:
    question = parse_question(json.dumps(FULL))
    assert (question.id, question.kind, question.history, question.must_not) == (
        "a",
        "what_is",
        ("Where?",),
        ("three",),
    )
    assert question.needed == (("one",), ("two", "zwei"))


def test_what_is_written_reads_as_it_was(tmp_path: Path) -> None:
    questions = read_golden(write(tmp_path, FULL, {"id": "b", "question": "Hi", "expect": "social", "draft": True}))
    (tmp_path / "again.jsonl").write_text(dump_questions(questions), encoding="utf-8")
    assert read_golden(tmp_path / "again.jsonl") == questions
    assert [question.draft for question in questions] == [False, True]


def test_empty_lines_and_a_byte_order_mark_do_not_matter(tmp_path: Path) -> None:
    path = write(tmp_path, "", FULL, "  ")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(read_golden(path)) == 1


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({**FULL, "musts": ["x"]}, "musts: unknown key. Did you mean must?"),
        ({**FULL, "must_not": ["x"]}, "must_not: unknown key."),
        ({**FULL, "expect": "perhaps"}, "expect: Input should be 'answer', 'refusal' or 'social'"),
        ({"id": "b", "must": ["x"]}, "question: is missing"),
        ({**FULL, "must": ["x", 3]}, "must.1: "),
        ({**FULL, "must": [[]]}, "must.0: "),
        ({**FULL, "question": "  "}, "question: "),
        ({"id": "b", "question": "How?"}, 'needs "must" or "urls"'),
        ({**FULL, "expect": "refusal"}, "are for answers"),
        ("[1]", "no JSON object"),
        ("{'id'", "no JSON: "),
        ('{"id": "' + "x" * 100_001 + '"}', "100000 are allowed"),
    ],
)
def test_a_wrong_line_is_named_with_its_key(tmp_path: Path, line: object, message: str) -> None:
    path = write(tmp_path, {**FULL, "id": "first"}, line)
    with pytest.raises(GoldenSetError) as raised:
        read_golden(path)
    assert str(raised.value).startswith(f"{path}: line 2: ")
    assert message in str(raised.value)


def test_every_wrong_line_is_named(tmp_path: Path) -> None:
    with pytest.raises(GoldenSetError) as raised:
        read_golden(write(tmp_path, {**FULL, "a": 1, "b": 2}, FULL, {**FULL, "c": 1}))
    assert [line.split(": ")[1:3] for line in str(raised.value).splitlines()] == [
        ["line 1", "a"], ["line 1", "b"], ["line 3", "c"],
    ]  # fmt: skip


def test_an_id_stands_once(tmp_path: Path) -> None:
    with pytest.raises(GoldenSetError, match="line 3: id: 'a' is that of line 1"):
        read_golden(write(tmp_path, FULL, {**FULL, "id": "b"}, FULL))


def test_a_file_without_questions_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(GoldenSetError, match="holds no question"):
        read_golden(write(tmp_path, ""))
    with pytest.raises(GoldenSetError, match="no such file"):
        read_golden(tmp_path / "none.jsonl")
    (tmp_path / "latin.jsonl").write_bytes(b'{"id": "\xe4"}')
    with pytest.raises(GoldenSetError, match="utf-8"):
        read_golden(tmp_path / "latin.jsonl")
