"""Where spans go: nowhere, or by OTLP as the standard OTEL_* variables say."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from opentelemetry import trace

from storage_config.errors import ConfigurationError
from storage_config.settings import Settings


@asynccontextmanager
async def export_spans(settings: Settings) -> AsyncIterator[None]:
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

    # Samplers, headers and timeouts are read by the SDK itself, as are OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES.
    resource = Resource.create()
    if str(resource.attributes["service.name"]).startswith("unknown_service"):
        resource = resource.merge(Resource({"service.name": "footnoted"}))
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    try:
        yield
    finally:
        await asyncio.to_thread(provider.shutdown)
