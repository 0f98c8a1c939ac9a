"""Probes: why a container's liveness, readiness or startup probe fails.

In: the kubelet's message and the pod's probes and ports. Out: the reason.
It does not: probe. A port that no container declares may still be open, so it counts
only where the kubelet could not connect.
Source: kubelet, pkg/kubelet/prober; Go, net/http (malformed HTTP response).
"""

import re

from parallax.model.cluster import Pod
from parallax.model.reason import Reason

UNCONNECTED = ("connection refused", "failed to connect", "i/o timeout", "dial tcp")
"""Parts of messages of a probe that got no connection."""
OTHER_PROTOCOL = (
    "malformed http",
    "transport connection broken",
    "server gave http response to https client",
    "first record does not look like a tls handshake",
    "error reading server preface",
)
"""Parts of messages about a response in another protocol than the probe's."""
WRONG_PORT = {
    "Readiness": Reason.READINESS_PROBE_WRONG_PORT,
    "Liveness": Reason.LIVENESS_PROBE_WRONG_PORT,
}
WRONG_PROTOCOL = {
    "Readiness": Reason.READINESS_PROBE_WRONG_PROTOCOL,
    "Liveness": Reason.LIVENESS_PROBE_WRONG_PROTOCOL,
}
FAILS = {
    "Readiness": Reason.READINESS_PROBE_FAILS,
    "Liveness": Reason.LIVENESS_PROBE_FAILS,
    "Startup": Reason.STARTUP_PROBE_FAILS,
}
_PORT = re.compile(r":(\d+)")


def reason_of(kind: str, message: str, pod: Pod) -> Reason:
    """Return why a probe of this kind fails."""
    lower = message.lower()
    if kind in WRONG_PROTOCOL and any(part in lower for part in OTHER_PROTOCOL):
        return WRONG_PROTOCOL[kind]
    if kind in WRONG_PORT and any(part in lower for part in UNCONNECTED):
        probe = pod.readiness_probe if kind == "Readiness" else pod.liveness_probe
        found = _PORT.search(probe or "")
        if found and pod.ports and int(found[1]) not in pod.ports:
            return WRONG_PORT[kind]
    return FAILS[kind]
