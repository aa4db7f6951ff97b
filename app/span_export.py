"""Where spans go: nowhere, or by OTLP as the standard OTEL_* variables say."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from opentelemetry import trace

from storage_config.errors import ConfigurationError
from storage_config.settings import Settings

_log = structlog.get_logger(__name__)


@contextmanager
def export_spans(settings: Settings) -> Iterator[None]:
    """Export spans for the block where an OTLP endpoint is set; what is left is sent at its end.

    Once a process: OpenTelemetry has one provider. Raises ConfigurationError where the SDK is not installed.
    """
    if settings.otlp_endpoint is None and settings.otlp_traces_endpoint is None:
        yield
        return
    # Here, since it is an extra that most installations leave out.
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise ConfigurationError(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, but the exporter is not installed: install footnoted[otel]."
        ) from None

    # OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win, as do samplers and headers, all read by the SDK itself.
    provider = TracerProvider(resource=Resource({"service.name": "footnoted"}).merge(Resource.create()))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    try:
        yield
    finally:
        provider.shutdown()
