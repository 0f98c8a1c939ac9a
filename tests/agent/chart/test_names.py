"""Names and labels of the chart's objects: overrides, and what an upgrade must keep."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.agent.chart.test_chart import CHART, EXAMPLES, chart, of_kind, ran, rendered

EARLIER = Path(__file__).parent / "recorded/parallax-agent-0.1.0.tgz"
"""The chart as it was before it had these overrides."""
NEW_LABELS = {"helm.sh/chart", "app.kubernetes.io/component"}
FULL = ("--set", "key.existingSecret=", "--set", "key.value=whsec_YQ==")
FULL += ("--set", "targets.existingConfigMap=", "--set", "targets.content=targets: []")


def objects(source: object, release: str, *more: str) -> dict[str, dict[str, Any]]:
    """Return kind and name -> object of a release."""
    words = ("template", release, source, "-n", "parallax", "-f", EXAMPLES[0], *FULL)
    items = rendered("helm", *words, *more)
    return {f"{item['kind']} {item['metadata']['name']}": item for item in items}


@pytest.mark.parametrize("release", ["parallax-agent", "prod", "a" * 50])
def test_an_upgrade_changes_no_name_no_selector_and_no_pod(release: str) -> None:
    """Only labels of the objects are new; so an upgrade restarts nothing by itself."""
    before, now = objects(EARLIER, release), objects(CHART, release)
    assert before.keys() == now.keys()
    for name, item in now.items():
        labels = item["metadata"]["labels"]
        assert labels.keys() - before[name]["metadata"]["labels"].keys() == NEW_LABELS
        item["metadata"]["labels"] = {
            key: value for key, value in labels.items() if key not in NEW_LABELS
        }
        assert item == before[name]


def test_values_of_an_earlier_release_still_render() -> None:
    """`helm upgrade --reuse-values` does not add the new chart's default values."""
    old = yaml.safe_load((CHART / "values.yaml").read_text()).keys()
    old -= {"cluster", "ingest", "key", "targets", "interval", "metrics", "image"}
    nulls = [word for name in sorted(old) for word in ("--set", f"{name}=null")]
    now, reused = objects(CHART, "p"), objects(CHART, "p", *nulls)
    daemon_set = reused["DaemonSet p-parallax-agent"]["spec"]
    assert (
        daemon_set["updateStrategy"]
        == (now["DaemonSet p-parallax-agent"]["spec"]["updateStrategy"])
    )
    assert "ServiceAccount p-parallax-agent" in reused


def test_every_object_has_the_usual_labels() -> None:
    """Those that Kubernetes recommends, and the chart's; a pod has no chart version."""
    more = ("serviceMonitor", "prometheusRule", "dashboard")
    words = [w for name in more for w in ("--set", f"{name}.enabled=true")]
    found = objects(CHART, "prod", *words)
    assert {"Service", "ServiceMonitor", "PrometheusRule"} <= {
        name.split()[0] for name in found
    }
    parts = ("name", "instance", "version", "component", "part-of", "managed-by")
    usual = {f"app.kubernetes.io/{part}" for part in parts} | {"helm.sh/chart"}
    for item in found.values():
        assert usual <= item["metadata"]["labels"].keys()
    pod = found["DaemonSet prod-parallax-agent"]["spec"]["template"]["metadata"]
    assert "helm.sh/chart" not in pod["labels"]


def test_names_can_be_overridden() -> None:
    """NameOverride replaces a part, fullnameOverride the whole."""
    assert "DaemonSet prod-eyes" in objects(CHART, "prod", "--set", "nameOverride=eyes")
    full = objects(CHART, "prod", "--set", "fullnameOverride=eyes")
    assert {name.split()[1].split("-")[0] for name in full} == {"eyes"}
    labels = full["DaemonSet eyes"]["spec"]["selector"]["matchLabels"]
    assert labels["app.kubernetes.io/name"] == "parallax-agent"


@pytest.mark.parametrize("create", ["true", "false"])
def test_the_roles_are_bound_to_the_service_account_that_is_named(create: str) -> None:
    """Also if the chart does not create it."""
    words = ("--set", f"serviceAccount.create={create}")
    words += ("--set", "serviceAccount.name=eyes")
    words += ("--set", "serviceAccount.annotations.team=web")
    items = chart(EXAMPLES[0], *words)
    accounts = of_kind(items, "ServiceAccount")
    assert [a["metadata"]["name"] for a in accounts] == ["eyes"] * (create == "true")
    assert all(a["metadata"]["annotations"] == {"team": "web"} for a in accounts)
    bindings = of_kind(items, "ClusterRoleBinding") + of_kind(items, "RoleBinding")
    assert {b["subjects"][0]["name"] for b in bindings} == {"eyes"}
    (daemon_set,) = of_kind(items, "DaemonSet")
    assert daemon_set["spec"]["template"]["spec"]["serviceAccountName"] == "eyes"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            ("type=RollingUpdate", "rollingUpdate.maxUnavailable=25%"),
            {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%"}},
        ),
        (("type=OnDelete",), {"type": "OnDelete"}),
    ],
)
def test_the_update_strategy_is_valid(
    words: tuple[str, ...], expected: dict[str, Any]
) -> None:
    """Kubernetes rejects `rollingUpdate` beside OnDelete."""
    sets = [w for word in words for w in ("--set", f"updateStrategy.{word}")]
    (daemon_set,) = of_kind(chart(EXAMPLES[0], *sets), "DaemonSet")
    assert daemon_set["spec"]["updateStrategy"] == expected


def test_the_service_monitor_finds_the_agents() -> None:
    """Its selector matches its Service, whose selector matches the pods."""
    words = ("--set", "serviceMonitor.enabled=true")
    words += ("--set", "serviceMonitor.labels.release=prometheus")
    items = chart(EXAMPLES[0], *words)
    ((service,), (monitor,), (daemon_set,)) = (
        of_kind(items, kind) for kind in ("Service", "ServiceMonitor", "DaemonSet")
    )
    wanted = monitor["spec"]["selector"]["matchLabels"]
    assert wanted.items() <= service["metadata"]["labels"].items()
    pod = daemon_set["spec"]["template"]
    assert service["spec"]["selector"].items() <= pod["metadata"]["labels"].items()
    (endpoint,) = monitor["spec"]["endpoints"]
    (port,) = service["spec"]["ports"]
    assert endpoint["port"] == port["name"]
    (container,) = pod["spec"]["containers"]
    assert port["targetPort"] in [p["name"] for p in container["ports"]]
    assert monitor["metadata"]["labels"]["release"] == "prometheus"


def parent(folder: Path, **own: Any) -> Path:
    """Write a chart that depends on this one, with values for it."""
    (folder / "charts").mkdir(parents=True)
    (folder / "charts/parallax-agent").symlink_to(CHART)
    condition = {"version": "*", "condition": "parallax-agent.enabled"}
    dependency = {"name": "parallax-agent", **condition}
    about = {"apiVersion": "v2", "name": "parent", "version": "1.0.0"}
    text = yaml.safe_dump(about | {"dependencies": [dependency]})
    (folder / "Chart.yaml").write_text(text)
    (folder / "values.yaml").write_text(yaml.safe_dump({"parallax-agent": own}))
    return folder


def test_a_parent_chart_switches_it_on_by_condition(tmp_path: Path) -> None:
    """Without a value it is on; off, it needs no value and brings no object."""
    values = yaml.safe_load(EXAMPLES[0].read_text())
    words = ("template", "p", "-n", "parallax")
    for folder, own, count in (
        ("by-default", values, 1),
        ("on", values | {"enabled": True}, 1),
        ("off", {"enabled": False}, 0),
    ):
        made = parent(tmp_path / folder, **own)
        assert len(of_kind(rendered("helm", *words, made), "DaemonSet")) == count


def test_a_parent_chart_gets_the_same_errors(tmp_path: Path) -> None:
    """The chart's name is in the message, because the parent has other values too."""
    result = ran("helm", "template", "p", parent(tmp_path / "parent", enabled=True))
    assert result.returncode != 0
    assert "These values of parallax-agent must be changed" in result.stderr
