"""Specification of the reason why a probe fails."""

import pytest

from parallax.evidence.reasons.probes import reason_of
from parallax.model.cluster import Pod
from parallax.model.reason import Reason

POD = Pod(
    name="web-1",
    readiness_probe="GET :8081/ready of container web",
    liveness_probe="connect to :8080 of container web",
    ports=(8080,),
)
REFUSED = "dial tcp 10.0.0.1:8081: connect: connection refused"
OTHER = 'transport connection broken: malformed HTTP response "\\x00\\x00"'


@pytest.mark.parametrize(
    ("kind", "message", "reason"),
    [
        ("Readiness", REFUSED, Reason.READINESS_PROBE_WRONG_PORT),
        ("Liveness", REFUSED, Reason.LIVENESS_PROBE_FAILS),
        ("Readiness", OTHER, Reason.READINESS_PROBE_WRONG_PROTOCOL),
        ("Liveness", OTHER, Reason.LIVENESS_PROBE_WRONG_PROTOCOL),
        ("Readiness", "statuscode: 503", Reason.READINESS_PROBE_FAILS),
        ("Startup", OTHER, Reason.STARTUP_PROBE_FAILS),
    ],
)
def test_the_message_and_the_ports_tell(
    kind: str, message: str, reason: Reason
) -> None:
    """A port that no container declares counts only where it refuses."""
    assert reason_of(kind, message, POD) is reason


def test_without_declared_ports_no_port_is_wrong() -> None:
    """To declare a port is optional; an older agent does not report it."""
    for ports in (None, ()):
        pod = Pod(name="web-1", readiness_probe=POD.readiness_probe, ports=ports)
        assert reason_of("Readiness", REFUSED, pod) is Reason.READINESS_PROBE_FAILS
