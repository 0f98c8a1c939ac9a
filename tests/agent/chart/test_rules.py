"""The alert rules for Prometheus, held against the real promtool and the chart."""

from pathlib import Path

import yaml

from tests.agent.chart.monitoring import KNOWN, metrics_of, promtool
from tests.agent.chart.test_chart import EXAMPLES, chart, of_kind

ROOT = Path(__file__).parents[3]
RULES = ROOT / "agent/chart/files/rules.yaml"


def test_every_alert_behaves_as_its_unit_tests_say() -> None:
    """Promtool plays series and compares the alerts, with their texts."""
    tests = Path(__file__).parent / "rules_test.yaml"
    result = promtool("test", "rules", str(tests))
    assert result.returncode == 0, result.stdout + result.stderr
    (alerts, tested) = (
        {item["alert"] for group in rules() for item in group["rules"]},
        tests.read_text(),
    )
    assert not [name for name in alerts if f"alertname: {name}" not in tested]


def rules() -> list[dict[str, list[dict[str, str]]]]:
    """Return the groups of the rules file."""
    return yaml.safe_load(RULES.read_text())["groups"]


def test_promtool_finds_nothing_to_complain_about() -> None:
    """Its linter warns, for example, about duplicates."""
    result = promtool("check", "rules", "--lint=all", "--lint-fatal", str(RULES))
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_alerts_use_only_metrics_that_exist() -> None:
    """The agent's own, and those of the stack's exporter."""
    used = {
        metric
        for group in rules()
        for rule in group["rules"]
        for metric in metrics_of(rule["expr"])
    }
    assert used <= KNOWN | {"up"}


def test_the_operator_gets_the_same_rules() -> None:
    """The PrometheusRule's spec is the rules file, templates of Prometheus included."""
    words = (
        *("--set", "prometheusRule.enabled=true"),
        *("--set", "prometheusRule.namespace=monitoring"),
        *("--set", "prometheusRule.labels.release=prometheus"),
    )
    (made,) = of_kind(chart(EXAMPLES[0], *words), "PrometheusRule")
    assert made["spec"] == yaml.safe_load(RULES.read_text())
    assert made["metadata"]["namespace"] == "monitoring"
    assert made["metadata"]["labels"]["release"] == "prometheus"
