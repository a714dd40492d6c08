"""Whether traces are sent: what OpenTelemetry's own variables say.

https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote

from bot.errors import BadConfig

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_HEADERS = ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS")
_EXPORTER = "OTEL_TRACES_EXPORTER"
_DISABLED = "OTEL_SDK_DISABLED"
# What decides whether traces are sent; all else OpenTelemetry reads by itself.
TELEMETRY = (*_ENDPOINTS, *_PROTOCOLS, *_HEADERS, _EXPORTER, _DISABLED)

_OUR_PROTOCOL = "http/protobuf"


def is_traced(telemetry: Mapping[str, str]) -> bool:
    """Say whether spans are to be sent. Raises `BadConfig` on a way to send them that we lack."""
    exporter = telemetry.get(_EXPORTER, "").lower()
    if telemetry.get(_DISABLED, "").lower() == "true" or exporter == "none":
        return False
    if exporter not in ("", "otlp"):
        message = f"{_EXPORTER} must be otlp or none."
        raise BadConfig(message)
    is_wanted = exporter == "otlp" or _first(telemetry, _ENDPOINTS) is not None
    if is_wanted and _first(telemetry, _PROTOCOLS) not in (None, _OUR_PROTOCOL):
        message = f"{_PROTOCOLS[1]} must be {_OUR_PROTOCOL}, or left out."
        raise BadConfig(message)
    return is_wanted


def trace_keys(telemetry: Mapping[str, str]) -> frozenset[str]:
    """Return what the headers hold, for the log to leave out: `name=value,name=value`."""
    entries = [entry for name in _HEADERS for entry in telemetry.get(name, "").split(",")]
    values = {entry.partition("=")[2].strip() for entry in entries}
    return frozenset(values | {unquote(value) for value in values})


def _first(telemetry: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((telemetry[name] for name in names if telemetry.get(name)), None)
