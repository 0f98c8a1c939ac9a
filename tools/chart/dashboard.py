"""Dashboard: what the Grafana dashboard of the chart shows.

In: nothing. Out: its JSON, for Grafana's import and for the sidecar's ConfigMap.
It does not: name a cause; that is in the finding.
Series with the label `role` are the agents' (inside the cluster); those without it are
the results from the internet (docs/metrics.md).
"""

import json

from grafana_foundation_sdk.builders.dashboard import (
    Dashboard,
    DatasourceVariable,
    QueryVariable,
    Row,
)
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    VariableOption,
    VariableRefresh,
    VariableSort,
)

from tools.chart.panels import (
    NONE_IS_GOOD,
    ONE_IS_GOOD,
    SOURCE,
    health,
    labels,
    lines,
    number,
    stacked,
    thresholds,
)

OUTSIDE = 'role="",target=~"$target"'
INSIDE = 'role!="",target=~"$target"'
EXPIRY = thresholds((None, "red"), (3 * 86400, "orange"), (14 * 86400, "green"))


def dashboard() -> str:
    """Return the dashboard as JSON."""
    made = (
        Dashboard("Parallax")
        .uid("parallax")
        .description("Public URLs, probed from the internet and inside the cluster.")
        .tags(["parallax", "synthetic-monitoring"])
        .editable()
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .refresh("1m")
        .time("now-3h", "now")
        .with_variable(_datasource())
        .with_variable(_target())
    )
    for part in (_now, _health, _duration, _agents):
        part(made)
    built = made.build()
    for own_id, panel in enumerate(built.panels or (), 1):
        panel.id_val = own_id
    encoded = json.dumps(built, cls=JSONEncoder, indent=2, ensure_ascii=False)
    return f"{encoded}\n"


def _datasource() -> DatasourceVariable:
    return DatasourceVariable("datasource").label("Prometheus").type("prometheus")


def _target() -> QueryVariable:
    """Every target that the agents or the probes of the internet have."""
    return (
        QueryVariable("target")
        .label("Target")
        .datasource(SOURCE)
        .query('label_values(probe_success{target!=""}, target)')
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(VariableSort.ALPHABETICAL_ASC)
        .multi(True)  # noqa: FBT003 - the SDK's own form
        .include_all(True)  # noqa: FBT003 - the SDK's own form
        .all_value(".+")
        .current(VariableOption(selected=True, text=["All"], value=["$__all"]))
    )


def _now(board: Dashboard) -> None:
    board.with_row(Row("Now"))
    for panel in (
        number(
            "Fail from the internet",
            "max(parallax_targets_failing)",
            "Targets whose newest probe from the internet failed.",
            NONE_IS_GOOD,
        ),
        number(
            "Fail inside",
            f"count(min by (target) (probe_success{{{INSIDE}}}) == 0) or vector(0)",
            "Targets for which at least one probe inside the cluster failed.",
            NONE_IS_GOOD,
        ),
        number(
            "Open incidents",
            "max(parallax_incidents_open)",
            "Incidents that Parallax has not closed.",
            NONE_IS_GOOD,
        ),
        number(
            "Agents",
            "count(parallax_agent_last_cycle_timestamp_seconds)",
            "Nodes whose agent Prometheus scrapes.",
            ONE_IS_GOOD,
        ),
        number(
            "Silent agents",
            "sum(parallax_agents_silent)",
            "Nodes from which Parallax received no heartbeat in time.",
            NONE_IS_GOOD,
        ),
        number(
            "Next certificate expires in",
            f"min(probe_ssl_earliest_cert_expiry{{{OUTSIDE}}}) - time()",
            "Of the certificates that the probes from the internet received.",
            EXPIRY,
        ).unit("s"),
        labels(
            "Targets of open incidents",
            'parallax_incident_info{target=~"$target"}',
            "The cause is the one in the finding that Parallax sent.",
        ),
    ):
        board.with_panel(panel)


def _health(board: Dashboard) -> None:
    board.with_row(Row("Health"))
    for panel in (
        health(
            "From the internet",
            f"min by (target) (probe_success{{{OUTSIDE}}})",
            "{{target}}",
            "The newest probe of each target. Red here and green on the right: the "
            "fault is on the way into the cluster.",
        ),
        health(
            "Inside the cluster, by hop",
            f"min by (target, role) (probe_success{{{INSIDE}}})",
            "{{target}} {{role}}",
            "Red if the hop failed from at least one node.",
        ),
        lines(
            "Status from the internet",
            f"max by (target) (probe_http_status_code{{{OUTSIDE}}})",
            "{{target}}",
            "0 if there was no response.",
            unit="none",
        ),
        lines(
            "Nodes from which a hop fails",
            f"sum by (target, role) (probe_success{{{INSIDE}}} == bool 0)",
            "{{target}} {{role}}",
            "Failed probes of the last cycle; a hop on another node counts for each "
            "pair of nodes.",
            unit="none",
        ),
    ):
        board.with_panel(panel)


def _duration(board: Dashboard) -> None:
    board.with_row(Row("Duration"))
    for panel in (
        stacked(
            lines(
                "From the internet, by phase",
                f"avg by (phase) (probe_http_duration_seconds{{{OUTSIDE}}})",
                "{{phase}}",
                "The average of the selected targets.",
                unit="s",
            )
        ),
        lines(
            "Inside the cluster, by hop",
            f"avg by (target, role) (probe_duration_seconds{{{INSIDE}}})",
            "{{target}} {{role}}",
            "The average of all nodes.",
            unit="s",
        ),
    ):
        board.with_panel(panel)


def _agents(board: Dashboard) -> None:
    board.with_row(Row("Parallax itself"))
    for panel in (
        lines(
            "Age of each agent's last cycle",
            "time() - parallax_agent_last_cycle_timestamp_seconds",
            "{{instance}}",
            "Usually below a minute. The kubelet restarts an agent after three.",
            unit="s",
        ),
        lines(
            "Pushes that wait for ingest",
            "parallax_agent_buffered_pushes",
            "{{instance}}",
            "They are sent when ingest accepts them; an agent keeps at most 120.",
            unit="none",
        ),
        lines(
            "Reports dropped",
            "increase(parallax_agent_dropped_reports_total[$__rate_interval])",
            "{{instance}}",
            "Reports that are lost because the buffer was full.",
            unit="none",
        ),
        lines(
            "Age of the last round of probes from the internet",
            "time() - parallax_round_end_timestamp_seconds",
            "{{shard}}",
            "One line for each shard.",
            unit="s",
        ),
    ):
        board.with_panel(panel)
