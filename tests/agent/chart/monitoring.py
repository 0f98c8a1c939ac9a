"""Monitoring: promtool, and the metrics that Prometheus gets from Parallax."""

import re
import shutil
import subprocess
from datetime import UTC, datetime

from prometheus_client import generate_latest

from parallax.exporter.exposition import exposition
from parallax.exporter.points import families
from parallax.model.probe import Phases, Probe, Role
from parallax_agent.serving.metrics import Metrics
from tests.parallax.exporter.views import VIEW

WORDS = {
    *("absent", "and", "avg", "bool", "by", "count", "group_left", "increase", "max"),
    *("max_over_time", "min", "min_over_time", "on", "or", "sum", "time", "unless"),
    "vector",
}
"""Words of PromQL that are not metrics."""
NOW = datetime(2026, 11, 30, tzinfo=UTC)


def promtool(*words: str) -> subprocess.CompletedProcess[str]:
    """Run promtool as `make setup` has installed it."""
    program = shutil.which("promtool")
    assert program, "promtool is missing: make setup"
    return subprocess.run(  # noqa: S603 - our own words
        [program, *words], capture_output=True, text=True, check=False
    )


def metrics_of(expr: str) -> set[str]:
    """Return the metrics of an expression."""
    bare = re.sub(r"\{[^}]*\}|\[[^]]*\]|\b(?:by|on|group_left) *\([^)]*\)", " ", expr)
    return set(re.findall(r"[a-zA-Z_:][\w:]*", bare)) - WORDS


def agent() -> Metrics:
    """Return the metrics of an agent that probed two hops of one target."""
    metrics = Metrics(lambda: 0, lambda: 0)
    metrics.update({"front": [_probe(Role.INGRESS), _probe(Role.POD)]})
    return metrics


def stack_metrics() -> str:
    """Return what the exporter of the stack responds for two targets."""
    return exposition(families(VIEW))


def _probe(role: Role) -> Probe:
    return Probe(
        role=role,
        request_id="id",
        url="https://shop.example/",
        started_at=NOW,
        healthy=True,
        duration=0.25,
        status_code=200,
        phases=Phases(connect=0.05, processing=0.2),
    )


def _names(exposition: str) -> set[str]:
    return set(re.findall(r"^([a-z_]+)(?=[{ ])", exposition, re.MULTILINE))


KNOWN = _names(generate_latest(agent().registry).decode()) | _names(stack_metrics())
"""The metrics that agent and exporter really write."""
