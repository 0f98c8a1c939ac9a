"""Monitoring: promtool, and the metrics that Prometheus gets from Parallax."""

import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from prometheus_client import generate_latest

from parallax.model.probe import Phases, Probe, Role
from parallax_agent.serving.metrics import Metrics

ROOT = Path(__file__).parents[3]
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


def agent_metrics() -> str:
    """Return what an agent serves that probed two hops of one target."""
    metrics = Metrics(lambda: 0, lambda: 0)
    metrics.update({"shop": [_probe(Role.INGRESS), _probe(Role.POD)]})
    return generate_latest(metrics.registry).decode()


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


def _documented() -> set[str]:
    """Return the Prometheus names in the table of docs/metrics.md."""
    table = (ROOT / "docs/metrics.md").read_text()
    return set(re.findall(r"^\| `([a-z_]+)` \|", table, re.MULTILINE))


KNOWN = _names(agent_metrics()) | _documented()
