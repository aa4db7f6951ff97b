"""What Prometheus reads."""

import socket

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.telemetry.metrics import Metrics, serve_metrics
from pipelines.errors import VendorBusy
from pipelines.events import Finished
from pipelines.ingestion.progress import IngestionProgress
from storage_config.errors import ConfigurationError
from storage_config.settings import Settings
from tests.support.fakes import answered_script, failed_script, refused_script
from tests.support.serving import World, build_world, open_client

CHAT = "/api/v1/chat"


def _value(metrics: Metrics, name: str, **labels: str) -> float:
    return metrics.registry.get_sample_value(f"footnoted_{name}", labels) or 0.0


async def _metrics_after(world: World, *requests: tuple[str, str]) -> Metrics:
    async with open_client(world) as client:
        for method, path in requests:
            await client.request(method, path, json={"question": "Why?", "stream": False})
        metrics: Metrics = client._transport.app.state.footnoted.use_cases.meter.metrics  # type: ignore[attr-defined]
        return metrics


async def test_requests_are_counted_by_template_and_status() -> None:
    metrics = await _metrics_after(
        build_world(answered_script()),
        ("POST", CHAT), ("GET", "/made/up"), ("GET", "/made/up/too"), ("BREW", CHAT), ("GET", "/api/v1/documents/1"),
    )  # fmt: skip
    assert _value(metrics, "http_requests_total", method="POST", route=CHAT, status="200") == 1
    assert _value(metrics, "http_requests_total", method="GET", route="(unmatched)", status="404") == 2
    assert _value(metrics, "http_requests_total", method="other", route=CHAT, status="405") == 1
    assert _value(metrics, "http_request_seconds_count", route="/api/v1/documents/{document_id}") == 1


async def test_an_answer_is_counted_with_what_it_took() -> None:
    metrics = await _metrics_after(build_world(answered_script()), ("POST", CHAT))
    assert _value(metrics, "answers_total", corpus="docs", status="partial") == 1
    assert _value(metrics, "claims_total", corpus="docs", status="supported") == 1
    assert _value(metrics, "claims_total", corpus="docs", status="unsupported") == 1
    assert _value(metrics, "llm_tokens_total", corpus="docs", direction="input") == 12
    assert _value(metrics, "llm_tokens_total", corpus="docs", direction="output") == 7
    assert _value(metrics, "llm_calls_total", corpus="docs") == 1
    assert _value(metrics, "stage_seconds_sum", stage="embed") == pytest.approx(0.005)
    assert _value(metrics, "retrieval_seconds_count", corpus="docs") == 1
    assert _value(metrics, "retrieval_seconds_bucket", corpus="docs", le="0.2") <= 1
    assert _value(metrics, "open_answers", corpus="docs") == 0


@pytest.mark.parametrize(
    ("script", "status"),
    [
        (refused_script(), "refused"),
        (failed_script(VendorBusy("x", vendor="v")), "failed"),
        ([ZeroDivisionError("x")], "failed"),
        (answered_script()[:3], "left"),  # an engine that ends without an answer
    ],
)
async def test_every_question_ends_in_one_way(script: list[object], status: str) -> None:
    metrics = await _metrics_after(build_world(script), ("POST", CHAT))  # type: ignore[arg-type]
    assert _value(metrics, "answers_total", corpus="docs", status=status) == 1


async def test_what_a_limit_refuses_is_counted() -> None:
    world = build_world(answered_script(), settings=Settings(_env_file=None, ask_rate_address="1/hour"))
    metrics = await _metrics_after(world, ("POST", CHAT), ("POST", CHAT), ("POST", CHAT))
    assert _value(metrics, "limits_reached_total", limit="ask-address-hour") == 2


def test_circuits_are_read_when_asked() -> None:
    states = {"openrouter vendor/model": "closed"}
    metrics = Metrics(lambda: states)
    states["openrouter vendor/model"] = "open"
    assert _value(metrics, "circuit", to="openrouter vendor/model", state="open") == 1
    assert _value(metrics, "circuit", to="openrouter vendor/model", state="closed") == 0


def test_the_port_is_off_by_default() -> None:
    with serve_metrics(Settings(_env_file=None), Metrics()) as port:
        assert port is None


def test_it_is_served_on_loopback_in_the_common_format() -> None:
    metrics = Metrics()
    (finished,) = (step for step in answered_script() if isinstance(step, Finished))
    metrics.note_answer("docs", finished.answer)
    metrics.note_ingestion(IngestionProgress("docs", pages_total=9, pages_done=3))
    with serve_metrics(Settings(_env_file=None, metrics_port=0), metrics) as port:
        answer = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False)
    names = {family.name for family in text_string_to_metric_families(answer.text)}
    assert {"footnoted_answers", "footnoted_claims", "footnoted_ingestion_pages", "footnoted_circuit"} <= names
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False)


def test_a_taken_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(ConfigurationError, match="FOOTNOTED_METRICS_PORT"),
            serve_metrics(Settings(_env_file=None, metrics_port=port), Metrics()),
        ):
            pytest.fail("served")
