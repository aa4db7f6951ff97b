"""The table of vendor failures is what the code does, calls are bounded, and nothing of the vendor's text gets out."""

import asyncio
import logging
import traceback

import pytest

from pipelines.errors import VendorError
from tests.contract import vendor_matrix
from tests.contract.vendor_matrix import COHERE_FAILURES, DOCUMENT, OPENROUTER_FAILURES, Outcome
from tests.emulators import cohere, openrouter

ALL = [f"openrouter: {name}" for name in OPENROUTER_FAILURES] + [f"cohere: {name}" for name in COHERE_FAILURES]


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return asyncio.run(vendor_matrix.rows())


@pytest.mark.parametrize("name", ALL)
def test_the_document_says_what_happens(made: dict[str, str], name: str) -> None:
    assert made[name] in DOCUMENT.read_text(encoding="utf-8").splitlines()


def test_the_document_is_complete(made: dict[str, str]) -> None:
    assert vendor_matrix.document(made) == DOCUMENT.read_text(encoding="utf-8")


def test_every_failure_of_the_emulators_has_a_row() -> None:
    kinds = {failure.kind for failure in OPENROUTER_FAILURES.values()}
    assert kinds == set(openrouter.KINDS)
    assert {failure.kind for failure in COHERE_FAILURES.values()} == set(cohere.KINDS)


@pytest.mark.parametrize(
    "name", ["402, no credit", "502", "200 with an error body (502)", "error chunk after some text"]
)
async def test_no_vendor_text_and_no_key_gets_out(name: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    alone, _ = await vendor_matrix.openrouter_row(name)
    assert _leaks(alone, (openrouter.VENDOR_TEXT, openrouter.API_KEY), caplog.text) == []


@pytest.mark.parametrize("name", ["429 without Retry-After", "500", "200 with an error body"])
async def test_no_text_of_cohere_gets_out(name: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for outcome in await vendor_matrix.cohere_row(name):
        assert _leaks(outcome, (cohere.VENDOR_TEXT, cohere.API_KEY), caplog.text) == []


def _leaks(outcome: Outcome, secrets: tuple[str, ...], logged: str) -> list[str]:
    """Which of them stand in the error, its stack or the log."""
    assert isinstance(outcome.error, VendorError)
    told = "".join(traceback.format_exception(outcome.error)) + repr(outcome.error) + logged
    return [secret for secret in (*secrets, "org-8841") if secret in told]


async def test_the_vendors_wish_to_wait_is_passed_on() -> None:
    alone, _ = await vendor_matrix.openrouter_row("429 with a long Retry-After")
    assert alone.error is not None
    assert alone.error.retry_after == 3600
    assert alone.error.status == 429
