"""Catalog: every exported metric, with its names.

In: nothing. Out: constants. All metrics are gauges.
It does not: have CloudWatch's metrics; `parallax.metrics` prints them.

The names of a target's metrics are blackbox_exporter's, `prober/*.go`. A receiver that
translates OTLP for Prometheus replaces dots and appends the unit: so each OTLP name
becomes the Prometheus name.
Source: OpenTelemetry, "Prometheus and OpenMetrics Compatibility"; UCUM for units.
"""

from dataclasses import dataclass

SECONDS = "s"
_SUFFIXES = {SECONDS: "_seconds", "": ""}


@dataclass(frozen=True, slots=True)
class Metric:
    """A gauge: its OTLP name, its unit, and what it means."""

    otlp: str
    unit: str
    help: str

    @property
    def prometheus(self) -> str:
        """The name for Prometheus."""
        return self.otlp.replace(".", "_") + _SUFFIXES[self.unit]


SUCCESS = Metric(
    "probe.success", "", "1 if the newest probe met the target's health rule, else 0."
)
DURATION = Metric(
    "probe.duration", SECONDS, "Seconds from the start of the newest probe to its end."
)
STATUS = Metric(
    "probe.http.status_code", "", "Status of the response; 0 if there was none."
)
PHASE = Metric(
    "probe.http.duration",
    SECONDS,
    "Seconds in one phase: resolve, connect, tls, processing, transfer.",
)
SSL = Metric("probe.http.ssl", "", "1 if the URL is https, else 0.")
PROTOCOL = Metric(
    "probe.ip_protocol", "", "4 or 6, by the address that the probe connected to."
)
EXPIRY = Metric(
    "probe.ssl.earliest_cert_expiry",
    "",
    "Unix time at which the server's certificate expires.",
)
PROBED_AT = Metric(
    "parallax.probe.timestamp", SECONDS, "Unix time at which the newest probe started."
)
ERROR = Metric(
    "parallax.probe.error.info", "", "1 if the newest probe got no usable response."
)
TARGET = Metric(
    "parallax.target.info",
    "",
    "1 for each enabled target, with the labels of the targets file.",
)
TARGETS = Metric("parallax.targets", "", "Enabled targets.")
PROBED = Metric("parallax.targets.probed", "", "Targets with a recent probe.")
FAILING = Metric(
    "parallax.targets.failing", "", "Targets whose newest, recent probe failed."
)
ROUND_END = Metric(
    "parallax.round.end.timestamp",
    SECONDS,
    "Unix time at which a shard's last round of probes ended.",
)
INCIDENTS = Metric("parallax.incidents.open", "", "Open incidents.")
BY_CAUSE = Metric(
    "parallax.incidents.open_by_cause", "", "Open incidents with this cause."
)
INCIDENT = Metric(
    "parallax.incident.info", "", "1 for each target of an open incident."
)
REPORTING = Metric(
    "parallax.agents.reporting",
    "",
    "Nodes whose agent sent its last heartbeat in time.",
)
SILENT = Metric("parallax.agents.silent", "", "Other nodes of the cluster.")
