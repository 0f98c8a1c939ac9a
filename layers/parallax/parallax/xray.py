"""X-Ray: Powertools' Tracer, and what of its segments leaves the function.

In: segments of the X-Ray SDK. Out: datagrams to the daemon that Lambda runs beside the
function: names, times, states, types of errors, our annotations, and of a call to AWS
the operation and the table.
It does not: send the text of an error, a URL, metadata, or anything else that the SDK
collects, now or in a later version: what is not listed here stays. Only botocore is
patched; other clients' URLs may be secrets. No daemon, or one that does not respond,
costs nothing and fails nothing: a datagram has no answer.
Source: AWS X-Ray, "Segment documents" and "Sending segment documents to the daemon".
"""

import json
import logging
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Tracer

HEADER = '{"format":"json","version":1}'
"""The line before each segment."""
KEPT = (
    "name",
    "id",
    "trace_id",
    "parent_id",
    "type",
    "namespace",
    "start_time",
    "end_time",
    "in_progress",
    "fault",
    "error",
    "throttle",
    "annotations",
)
OF_AWS = ("operation", "region", "request_id", "table_name")
OF_ERRORS = ("id", "type", "remote")
SDK = "aws_xray_sdk"
log = logging.getLogger(__name__)


def open_tracer() -> Tracer:
    """Return the tracer. Outside of Lambda, Powertools switches it off."""
    from aws_xray_sdk.core import (  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs] - its import opens a socket; it has no types
        xray_recorder,  # pyright: ignore[reportUnknownVariableType]
    )

    # It warns at each call of an invocation that Lambda does not trace.
    logging.getLogger(SDK).setLevel(logging.CRITICAL)
    recorder: Any = xray_recorder
    recorder.configure(emitter=Emitter(recorder.emitter))
    return Tracer(patch_modules=("botocore",))


class Emitter:
    """Sends a segment without what is not listed, and never raises.

    `udp` is the SDK's emitter, which has a socket and the address of the daemon.
    """

    def __init__(self, udp: Any) -> None:  # noqa: ANN401 - it has no types
        self._udp = udp

    def set_daemon_address(self, address: str | None) -> None:
        """Send to another daemon from now on."""
        self._udp.set_daemon_address(address)

    def send_entity(self, entity: Any) -> None:  # noqa: ANN401 - the same
        """Send a segment or subsegment to the daemon."""
        try:
            text = json.dumps(sent(entity.to_dict()))
            self._udp._send_data(f"{HEADER}\n{text}")  # noqa: SLF001 - it has no public one
        except Exception as error:  # noqa: BLE001 - no trace is worth an invocation
            log.debug("segment was not sent", extra={"reason": type(error).__name__})


def sent(segment: Mapping[str, Any]) -> dict[str, Any]:
    """Return what leaves the function of a segment, as the SDK's dict has it."""
    found = _listed(segment, KEPT)
    if aws := _listed(segment.get("aws", {}), OF_AWS):
        found["aws"] = aws
    status = segment.get("http", {}).get("response", {}).get("status")
    if isinstance(status, int):
        found["http"] = {"response": {"status": status}}
    if cause := segment.get("cause"):
        found["cause"] = cause if isinstance(cause, str) else _errors(cause)
    if parts := segment.get("subsegments"):
        found["subsegments"] = [sent(part) for part in parts]
    return found


def _errors(cause: Mapping[str, Any]) -> dict[str, Any]:
    return {"exceptions": [_listed(e, OF_ERRORS) for e in cause["exceptions"]]}


def _listed(values: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}
