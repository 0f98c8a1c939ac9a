"""The Grafana dashboard: its queries, its shape, and how the chart ships it."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from tests.agent.chart.monitoring import KNOWN, metrics_of, promtool
from tests.agent.chart.test_chart import EXAMPLES, chart, of_kind

FILE = Path(__file__).parents[3] / "agent/chart/files/dashboard.json"
BOARD: dict[str, Any] = json.loads(FILE.read_text())
PANELS = [panel for panel in BOARD["panels"] if panel["type"] != "row"]


def queries() -> list[str]:
    """Return every query, with the variables replaced as Grafana does."""
    return [
        target["expr"].replace("$target", ".+").replace("$__rate_interval", "5m")
        for panel in PANELS
        for target in panel["targets"]
    ]


def test_grafana_knows_every_field() -> None:
    """Grafana's own types read the file; nothing is lost when they write it again."""
    read = Dashboard.from_json(BOARD)
    assert json.loads(json.dumps(read, cls=JSONEncoder)) == BOARD
    assert BOARD["schemaVersion"] >= 36


def test_every_query_is_valid(tmp_path: Path) -> None:
    """Prometheus' own parser reads each, here as a recording rule."""
    rules = [
        {"record": f"query_{number}", "expr": expr}
        for number, expr in enumerate(queries())
    ]
    file = tmp_path / "rules.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "all", "rules": rules}]}))
    result = promtool("check", "rules", str(file))
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_queries_use_only_metrics_that_exist() -> None:
    """The agent's own, and those of the stack's exporter."""
    used = {metric for expr in queries() for metric in metrics_of(expr)}
    assert used <= KNOWN
    assert {name.split("_")[0] for name in used} == {"parallax", "probe"}


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_a_panel_explains_itself_and_follows_the_data_source(
    panel: dict[str, Any],
) -> None:
    """Its description is a sentence; it uses the data source that the user chose."""
    assert panel["description"].endswith(".")
    assert panel["datasource"]["uid"] == "$datasource"
    assert {target["datasource"]["uid"] for target in panel["targets"]} == {
        "$datasource"
    }


def test_no_panel_covers_another() -> None:
    """Each has its own id, and each cell of the 24 columns one panel at most."""
    ids = [panel["id"] for panel in BOARD["panels"]]
    assert ids == list(range(1, len(ids) + 1))
    cells = [
        (x, y)
        for panel in BOARD["panels"]
        for at in [panel["gridPos"]]
        for x in range(at["x"], at["x"] + at["w"])
        for y in range(at["y"], at["y"] + at["h"])
    ]
    assert len(cells) == len(set(cells))
    assert {x for x, _ in cells} <= set(range(24))


def test_the_sidecar_finds_it_only_if_it_is_enabled() -> None:
    """A ConfigMap with the label of the Grafana chart's sidecar, and the same file."""
    maps = of_kind(chart(EXAMPLES[0]), "ConfigMap")
    assert not [item for item in maps if "grafana_dashboard" in str(item)]
    words = ("--set", "dashboard.enabled=true", "--set", "dashboard.namespace=grafana")
    found = [
        item
        for item in of_kind(chart(EXAMPLES[0], *words), "ConfigMap")
        if item["metadata"]["labels"].get("grafana_dashboard") == "1"
    ]
    (made,) = found
    assert made["metadata"]["namespace"] == "grafana"
    assert json.loads(made["data"]["parallax.json"]) == BOARD
