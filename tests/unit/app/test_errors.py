"""Failures as problem documents."""

import inspect
import math
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from app import errors
from app.errors import (
    PROBLEMS,
    FieldProblem,
    InvalidRequest,
    log_fields,
    problem_of,
    problem_of_status,
    read_field_problems,
)
from pipelines import errors as pipeline
from storage_config import errors as storage

SECRET = "sk-very-secret vendor text"


def _error_classes() -> list[type[Exception]]:
    return [
        cls
        for module in (pipeline, storage, errors)
        for _, cls in inspect.getmembers(module, inspect.isclass)
        if issubclass(cls, Exception) and cls.__module__ == module.__name__ and cls is not errors.AppError
    ]


@pytest.mark.parametrize("cls", _error_classes(), ids=lambda cls: cls.__name__)
def test_every_error_of_ours_has_a_problem(cls: type[Exception]) -> None:
    assert cls in PROBLEMS


def test_types_are_stable_words_and_unique_by_meaning() -> None:
    names = {kind.name: kind for kind in PROBLEMS.values()}
    assert all(name.replace("-", "").isalpha() and name == name.lower() for name in names)
    assert {kind.status for kind in names.values()} <= {401, 403, 404, 409, 422, 429, 500, 503, 507}


def test_nothing_of_the_message_reaches_a_client() -> None:
    for error in (
        pipeline.VendorBroken(SECRET, vendor="openrouter", status=500),
        pipeline.CorpusNotIngested(SECRET),
        storage.DatabaseUnavailable(SECRET),
        RuntimeError(SECRET),
    ):
        assert "secret" not in str(problem_of(error).body("r"))


def test_the_nearest_class_wins() -> None:
    class Special(pipeline.VendorBusy):
        pass

    assert problem_of(Special("x", vendor="cohere")).kind.name == "vendor-busy"
    assert problem_of(KeyError("x")).kind == errors.INTERNAL


def test_a_body_has_the_members_of_the_rfc() -> None:
    body = problem_of(pipeline.VendorBusy("x", vendor="cohere", retry_after=7.2)).body("request-1")
    assert body == {
        "type": "urn:footnoted:problem:vendor-busy",
        "title": "A service behind the answers is busy.",
        "status": 503,
        "detail": "Please try again in a moment.",
        "retry_after": 8,
        "request_id": "request-1",
    }


@pytest.mark.parametrize(
    ("told", "answered"), [(None, 20), (0.0, 1), (-5.0, 1), (1e9, 86_400), (math.inf, 20), (math.nan, 20)]
)
def test_retry_after_is_bounded(told: float | None, answered: int) -> None:
    assert problem_of(pipeline.VendorBusy("x", vendor="v", retry_after=told)).retry_after == answered


def test_every_503_says_when_to_come_back() -> None:
    assert all(kind.retry_after for kind in PROBLEMS.values() if kind.status in (429, 503))


def test_an_unnamed_corpus_is_told_the_names() -> None:
    body = problem_of(pipeline.UnknownCorpus("c", ["a", "b"])).body()
    assert body["corpora"] == ["a", "b"]
    assert body["errors"] == [{"field": "corpus", "message": "must be one of: a, b"}]


@pytest.mark.parametrize(
    ("status", "name"), [(404, "not-found"), (405, "method-not-allowed"), (413, "body-too-large"), (418, "http")]
)
def test_a_bare_status_has_a_problem(status: int, name: str) -> None:
    body = problem_of_status(status).body()
    assert (body["status"], body["type"]) == (status, f"urn:footnoted:problem:{name}")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")
    count: int


def _problems(value: Any) -> tuple[FieldProblem, ...]:
    with pytest.raises(ValidationError) as caught:
        _Model.model_validate(value)
    return read_field_problems([{**problem, "loc": ("body", *problem["loc"])} for problem in caught.value.errors()])


def test_fields_are_named_without_the_input() -> None:
    assert _problems({"count": SECRET, "other": SECRET}) == (
        FieldProblem("count", "Input should be a valid integer, unable to parse string as an integer"),
        FieldProblem("other", "unknown key"),
    )


def test_fields_are_bounded() -> None:
    problems = _problems({"count": 1} | {f"{'x' * 500}{number}": 1 for number in range(50)})
    assert len(problems) == 20
    assert all(len(problem.field) <= 120 for problem in problems)


def test_broken_json_and_tags_of_bodies_are_named_plainly() -> None:
    broken: dict[str, Any] = {"type": "json_invalid", "loc": ("body", 17), "msg": "JSON decode error"}
    tagged: dict[str, Any] = {
        "type": "missing",
        "loc": ("body", "use_chat", "messages", 0, "role"),
        "msg": "Field required",
    }
    assert read_field_problems([broken, tagged]) == (
        FieldProblem("body", "must be valid JSON"),
        FieldProblem("messages.0.role", "Field required"),
    )


def test_an_invalid_request_says_its_fields() -> None:
    assert str(InvalidRequest(FieldProblem("a", "b"), FieldProblem("c", "d"))) == "a: b; c: d"


def test_only_faults_of_ours_are_logged_with_their_stack() -> None:
    busy, fault = pipeline.VendorBusy("busy", vendor="v"), ZeroDivisionError("x")
    assert log_fields(busy) == {"error": "VendorBusy: busy"}
    assert log_fields(fault) == {"error": "ZeroDivisionError", "exc_info": fault}
