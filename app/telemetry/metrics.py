"""What Prometheus reads at /metrics, on a port of its own.

Labels take few values: routes are templates, corpora those of the corpus file, everything else words of ours. Each
process serves its own numbers on its own port; Prometheus adds them up.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from multiprocessing import parent_process
from threading import Thread
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from pipelines.ingestion.progress import IngestionProgress
from pipelines.types import Answer, Usage
from storage_config.errors import ConfigurationError
from storage_config.settings import Settings

# Dense around 200 ms, which the retrieval path is to stay under.
_PATH_BUCKETS = (0.01, 0.025, 0.05, 0.075, 0.1, 0.125, 0.15, 0.175, 0.2, 0.225, 0.25, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5)
_STAGE_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 10)
_SLOW_BUCKETS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3, 6, 12, 25, 50, 100)
STAGES = ("history", "condense", "embed", "search", "fuse", "rerank", "refusal")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_WORKER_PORTS = 64
_CIRCUIT_STATES = ("closed", "half_open", "open")


class Metrics:
    """The numbers of one process. `circuits` says the state of each vendor's circuit when asked."""

    def __init__(self, circuits: Callable[[], Mapping[str, str]] = dict) -> None:
        self.registry = registry = CollectorRegistry()
        registry.register(_Circuits(circuits))
        counter = partial(Counter, namespace="footnoted", registry=registry)
        gauge = partial(Gauge, namespace="footnoted", registry=registry)
        histogram = partial(Histogram, namespace="footnoted", registry=registry)
        self._requests = counter("http_requests", "Requests.", ("method", "route", "status"))
        self._seconds = histogram("http_request_seconds", "To the end of it.", ("route",), buckets=_SLOW_BUCKETS)
        self._path = histogram("retrieval_seconds", "From request to passages.", ("corpus",), buckets=_PATH_BUCKETS)
        self._first = histogram("first_token_seconds", "From question to words.", ("corpus",), buckets=_SLOW_BUCKETS)
        self._stages = histogram("stage_seconds", "Stages of answering.", ("stage",), buckets=_STAGE_BUCKETS)
        self._answers = counter("answers", "How questions ended.", ("corpus", "status"))
        self._claims = counter("claims", "Claims by verdict.", ("corpus", "status"))
        self._open = gauge("open_answers", "Answers under way.", ("corpus",))
        self._tokens = counter("llm_tokens", "Tokens of LLMs.", ("corpus", "direction"))
        self._calls = counter("llm_calls", "Calls of LLMs.", ("corpus",))
        self._cost = counter("llm_cost_dollars", "Cost of LLMs, as they tell it.", ("corpus",))
        self._cached = counter("answers_cached", "Answers given again.", ("corpus",))
        self._saved = counter("llm_cost_saved_dollars", "What answers given again did cost.", ("corpus",))
        self._limits = counter("limits_reached", "Requests refused, by limit.", ("limit",))
        self._pages = gauge("ingestion_pages", "Pages of the last ingestion.", ("corpus", "part"))

    def note_request(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """A request ended. `route` is a template."""
        self._requests.labels(method if method in _METHODS else "other", route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def note_limit(self, limit: str) -> None:
        """A request was refused by a limit of that name."""
        self._limits.labels(limit).inc()

    def note_retrieved(self, corpus: str, seconds: float) -> None:
        """The passages stand, so long after the request came."""
        self._path.labels(corpus).observe(seconds)

    @contextmanager
    def open_answer(self, corpus: str) -> Iterator[None]:
        """An answer is under way for the block."""
        with self._open.labels(corpus).track_inprogress():
            yield

    def note_answer(self, corpus: str, answer: Answer) -> None:
        """An answer is complete."""
        self.note_ended(corpus, answer.status)
        for claim in answer.claims:
            self._claims.labels(corpus, claim.status).inc()
        for stage in STAGES:
            if (milliseconds := answer.timings.get(f"{stage}_ms")) is not None:
                self._stages.labels(stage).observe(milliseconds / 1e3)
        if (first := answer.timings.get("first_token_ms")) is not None:
            self._first.labels(corpus).observe(first / 1e3)
        self.note_usage(corpus, answer.usage)

    def note_usage(self, corpus: str, usage: Usage) -> None:
        """What LLMs took for an answer."""
        self._tokens.labels(corpus, "input").inc(usage.prompt_tokens)
        self._tokens.labels(corpus, "output").inc(usage.completion_tokens)
        self._calls.labels(corpus).inc(usage.calls)
        self._cost.labels(corpus).inc(usage.cost or 0.0)

    def note_cached(self, corpus: str, status: str, saved: Usage) -> None:
        """An answer was given again, which took so much when it was made."""
        self.note_ended(corpus, status)
        self._cached.labels(corpus).inc()
        self._saved.labels(corpus).inc(saved.cost or 0.0)

    def note_ended(self, corpus: str, status: str) -> None:
        """A question ended: an answer's status, `failed`, `left` or `overloaded`."""
        self._answers.labels(corpus, status).inc()

    def note_ingestion(self, progress: IngestionProgress) -> None:
        """How far an ingestion is."""
        self._pages.labels(progress.corpus, "done").set(progress.pages_done)
        self._pages.labels(progress.corpus, "total").set(progress.pages_total)


class _Circuits(Collector):
    def __init__(self, read: Callable[[], Mapping[str, str]]) -> None:
        self._read = read

    def collect(self) -> Iterable[Metric]:
        """Each circuit with 1 at its state."""
        family = GaugeMetricFamily("footnoted_circuit", "State of the circuit to a vendor.", labels=("to", "state"))
        for name, state in self._read().items():
            for other in _CIRCUIT_STATES:
                family.add_metric([name, other], float(other == state))
        yield family


@contextmanager
def serve_metrics(settings: Settings, metrics: Metrics) -> Iterator[int | None]:
    """Serve /metrics for the block, in a thread; yields the port, None where none is set.

    Of several workers each takes the next free port. Raises ConfigurationError.
    """
    if settings.metrics_port is None:
        yield None
        return
    tries = _WORKER_PORTS if parent_process() is not None else 1
    server, thread = _start(settings, metrics, tries)
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _start(settings: Settings, metrics: Metrics, tries: int) -> tuple[WSGIServer, Thread]:
    first, host = settings.metrics_port or 0, settings.metrics_host
    for port in range(first, first + tries):
        try:
            return start_http_server(port, host, metrics.registry)
        except OSError as error:
            problem = error.strerror
    raise ConfigurationError(f"FOOTNOTED_METRICS_PORT: cannot listen on {host}:{first}: {problem}")
