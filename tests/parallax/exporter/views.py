"""Views: what the exporter exports, for tests.

In: nothing. Out: values. It does not: read a table.
"""

from datetime import UTC, datetime, timedelta

from parallax.exporter.view import (
    NewestProbe,
    OpenIncident,
    ReportingAgents,
    View,
)
from parallax.model.target import Severity, Target

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
EXPIRY = NOW + timedelta(days=30)
FRONT = Target(
    name="front",
    url="https://front.example:8443/health",
    labels=(("example.com/team", "shop"), ("tier", "1")),
)
PLAIN = Target(name="plain", url="http://plain.example/", severity=Severity.WARNING)
STALE = Target(name="stale", url="https://stale.example/")
HEALTHY = NewestProbe(
    at=NOW - timedelta(seconds=20),
    success=True,
    status_code=200,
    address="2001:db8::1",
    duration=0.25,
    phases={"resolve": 0.01, "connect": 0.02, "tls": 0.03, "processing": 0.19},
    certificate_ends=EXPIRY,
)
FAILING = NewestProbe(
    at=NOW - timedelta(seconds=21),
    success=False,
    error_type="timeout",
    address="203.0.113.9",
    duration=10.0,
    phases={"resolve": 0.5},
)
INCIDENT = OpenIncident(
    id="e3566463-0d54-5f3a-9c6e-0f0e6b1a2c3d",
    cause="pod-not-ready",
    acknowledged=True,
    targets=(("plain", "warning"),),
)
VIEW = View(
    at=NOW,
    targets=(FRONT, PLAIN, STALE),
    probes={"front": HEALTHY, "plain": FAILING},
    rounds={0: NOW - timedelta(seconds=12)},
    incidents=(INCIDENT,),
    agents=(ReportingAgents(cluster="prod", reporting=4, silent=1),),
)
