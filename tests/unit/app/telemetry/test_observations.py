"""What was last seen of each dependency."""

from app.telemetry.observations import Observations
from pipelines.errors import CorpusNotIngested, VendorTimeout
from storage_config.errors import DatabaseUnavailable, VectorsUnavailable


def test_probes_are_kept_by_name() -> None:
    observations = Observations()
    observations.note_probes({"database": (True, 1.234, ""), "vectors": (False, 9.0, "no answer")})
    assert observations.last()["database"].ok
    assert observations.last()["database"].latency_ms == 1.23
    assert not observations.last()["vectors"].ok
    assert observations.last()["vectors"].detail == "no answer"


def test_a_failed_request_names_its_dependency_without_its_words() -> None:
    observations = Observations()
    for error in (
        DatabaseUnavailable("secret"),
        VectorsUnavailable("secret"),
        VendorTimeout("secret", vendor="openrouter"),
        CorpusNotIngested("secret"),
        ValueError("secret"),
    ):
        observations.note_failure(error)
    seen = observations.last()
    assert {name: observation.detail for name, observation in seen.items()} == {
        "database": "DatabaseUnavailable",
        "vectors": "VectorsUnavailable",
        "openrouter": "VendorTimeout",
    }
    assert not any(observation.ok for observation in seen.values())


def test_a_later_probe_clears_a_failure() -> None:
    observations = Observations()
    observations.note_failure(DatabaseUnavailable("x"))
    failed_at = observations.last()["database"].observed_at
    observations.note_probes({"database": (True, 1.0, "")})
    assert observations.last()["database"].ok
    assert observations.last()["database"].observed_at >= failed_at


def test_an_answer_clears_what_requests_saw_failing() -> None:
    observations = Observations()
    observations.note_failure(DatabaseUnavailable("x"))
    observations.note_probes({"vectors": (False, 9.0, "no answer"), "embedding": (True, 1.0, "")})
    observations.note_answer()
    assert observations.last()["database"].ok
    assert not observations.last()["vectors"].ok  # a probe saw it: only a probe knows better
    assert observations.last()["embedding"].latency_ms == 1.0
