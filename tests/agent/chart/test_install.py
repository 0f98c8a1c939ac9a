"""The packaged chart, installed, upgraded, rolled back and removed by the real helm.

The API is the lab's writable one (docs/decisions/0025 says what that leaves out).
"""

import base64
import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.inside.kubernetes.store import Store
from lab.inside.kubernetes.writes.kinds import BUILT_IN, PROMETHEUS_OPERATOR, TRAEFIK
from tests.agent.chart.test_chart import CHART, EXAMPLES, ROOT
from tests.agent.chart.test_names import EARLIER
from tests.lab.inside.kubernetes.writes.running import running

type Words = Sequence[str | Path]

NAMESPACE = ("--namespace", "parallax")
FOREIGN = "set-by-a-person"


class Cluster:
    """A cluster without nodes, and helm and kubectl for it."""

    def __init__(self, store: Store, kubeconfig: Path) -> None:
        self.store = store
        self._environment = os.environ | {
            "KUBECONFIG": str(kubeconfig),
            "HELM_CACHE_HOME": str(kubeconfig.parent / "helm"),
        }

    def run(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """Run helm or kubectl."""
        program = ROOT / ".tools/bin" / words[0]
        return subprocess.run(  # noqa: S603 - our own words
            [program, *words[1:]],
            capture_output=True,
            text=True,
            check=False,
            env=self._environment,
            cwd=ROOT,
        )

    def must(self, *words: str | Path) -> str:
        """Run helm or kubectl; it must succeed."""
        done = self.run(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def get(self, resource: str, name: str, namespace: str = "parallax") -> Any:
        """Return an object, or None."""
        return self.store.get(resource, (namespace, name))

    def daemon_set(self) -> Any:
        """Return the agent's DaemonSet."""
        return self.get("daemonsets", "parallax-agent")

    def names(self) -> set[str]:
        """Return resource and name of everything but namespaces."""
        kinds = {*BUILT_IN, *PROMETHEUS_OPERATOR, *TRAEFIK}
        return {
            f"{kind.resource}/{item['metadata']['name']}"
            for kind in kinds
            if kind.resource != "namespaces"
            for item in self.store.items(kind.resource)
        }


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Package the chart."""
    folder = tmp_path_factory.mktemp("packaged")
    words = (str(ROOT / ".tools/bin/helm"), "package", str(CHART), "-d", str(folder))
    subprocess.run(words, check=True, capture_output=True)  # noqa: S603
    (made,) = folder.glob("*.tgz")
    return made


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """Serve a cluster that has ingress-nginx's namespace."""
    with running(tmp_path) as (store, kubeconfig):
        made = Cluster(store, kubeconfig)
        made.must("kubectl", "create", "namespace", "ingress-nginx")
        yield made


@pytest.fixture
def full_values(tmp_path: Path) -> Words:
    """Return values with which the chart creates the Secret and the ConfigMap."""
    (tmp_path / "key").write_text("whsec_c2VjcmV0\n")
    (tmp_path / "key.id").write_text("2026-12\n")
    (tmp_path / "targets").write_text("targets: []\n")
    return (
        *("--set", "cluster=keybuzz", "--set", "ingest.url=https://ingest.example/"),
        *("--set-file", f"key.value={tmp_path}/key"),
        *("--set-file", f"targets.content={tmp_path}/targets"),
    )


def commands(section: str, replaced: dict[str, str]) -> list[str]:
    """Return the commands of a section of the chart's README."""
    text = (CHART / "README.md").read_text().partition(f"\n## {section}\n")[2]
    block = text.partition("```sh\n")[2].partition("```")[0].replace("\\\n", "")
    for placeholder, value in replaced.items():
        assert placeholder in block
        block = block.replace(placeholder, value)
    return block.strip().splitlines()


def test_the_package_is_installed_as_the_readme_says(
    cluster: Cluster, package: Path, full_values: Words
) -> None:
    """Every object is accepted; the notes name the next commands."""
    files = [str(word).partition("=")[2] for word in full_values if "=/" in str(word)]
    replaced = {
        "CHART": str(package),
        "KEYFILE": files[0],
        "targets.yaml": files[1],
        "cluster=NAME": "cluster=keybuzz",
        "=URL": "=https://ingest.example/",
        "REGISTRY": "registry.example",
    }
    notes = ""
    for command in commands("Install", replaced):
        notes = cluster.must(*command.split())
    (agent,) = cluster.daemon_set()["spec"]["template"]["spec"]["containers"]
    assert agent["image"] == "registry.example/parallax-agent:0.1.0"
    labels = cluster.get("namespaces", "parallax", "")["metadata"]["labels"]
    assert labels == {"pod-security.kubernetes.io/enforce": "privileged"}
    assert cluster.names() == {
        "clusterroles/parallax-agent",
        "clusterrolebindings/parallax-agent",
        "configmaps/parallax-agent",
        "configmaps/parallax-agent-targets",
        "daemonsets/parallax-agent",
        "rolebindings/parallax-agent",
        "roles/parallax-agent",
        "secrets/parallax-agent-key",
        "secrets/sh.helm.release.v1.parallax-agent.v1",
        "serviceaccounts/parallax-agent",
    }
    key = cluster.get("secrets", "parallax-agent-key")["data"]
    assert base64.b64decode(key["key"]) == b"whsec_c2VjcmV0"
    assert base64.b64decode(key["key.id"]) == b"2026-12"
    targets = cluster.get("configmaps", "parallax-agent-targets")["data"]
    assert targets == {"targets.yaml": "targets: []"}
    assert "kubectl -n parallax rollout status daemonset/parallax-agent" in notes


def test_a_missing_value_installs_nothing(cluster: Cluster, package: Path) -> None:
    """The error names the values before the API gets a request to write."""
    words = ("install", "parallax-agent", package, *NAMESPACE, "--create-namespace")
    done = cluster.run("helm", *words)
    assert done.returncode != 0
    assert "--set-file key.value=KEYFILE" in done.stderr
    assert not cluster.names()


def test_an_upgrade_from_an_earlier_chart_restarts_nothing(
    cluster: Cluster, package: Path, full_values: Words
) -> None:
    """The same objects and the same pods, also with `--reuse-values`."""
    words = ("install", "parallax-agent", EARLIER, *NAMESPACE, "--create-namespace")
    cluster.must("helm", *words, *full_values)
    before, names = cluster.daemon_set(), cluster.names()
    words = ("upgrade", "parallax-agent", package, *NAMESPACE, "--reuse-values")
    cluster.must("helm", *words)
    after = cluster.daemon_set()
    assert cluster.names() - names == {"secrets/sh.helm.release.v1.parallax-agent.v2"}
    assert names <= cluster.names()
    assert after["spec"] == before["spec"]
    for name in ("uid", "generation"):
        assert after["metadata"][name] == before["metadata"][name]
    assert after["metadata"]["labels"]["helm.sh/chart"].startswith("parallax-agent-")


def test_upgrade_rollback_and_uninstall(
    cluster: Cluster, package: Path, full_values: Words
) -> None:
    """A change restarts the pods, a rollback reverts it, and nothing is left."""
    words = ("install", "parallax-agent", package, *NAMESPACE, "--create-namespace")
    cluster.must("helm", *words, *full_values)
    cluster.must("kubectl", "-n", "parallax", "create", "configmap", FOREIGN)
    first = cluster.daemon_set()["spec"]
    words = ("upgrade", "parallax-agent", package, *NAMESPACE, "--reuse-values")
    cluster.must("helm", *words, "--set", "interval=30")
    assert cluster.daemon_set()["metadata"]["generation"] == 2
    cluster.must("helm", "rollback", "parallax-agent", "1", *NAMESPACE)
    assert cluster.daemon_set()["spec"] == first
    shown = cluster.must("helm", "history", "parallax-agent", *NAMESPACE, "-o", "json")
    states = [revision["status"] for revision in json.loads(shown)]
    assert states == ["superseded", "superseded", "deployed"]
    cluster.must("helm", "uninstall", "parallax-agent", *NAMESPACE)
    assert cluster.names() == {f"configmaps/{FOREIGN}"}


def test_a_new_name_override_is_rejected_before_the_agent_stops(
    cluster: Cluster, package: Path
) -> None:
    """Kubernetes' own error, as the README says; the old pods keep running."""
    values = ("-f", EXAMPLES[0], "--set", "fullnameOverride=parallax-agent")
    words = ("install", "parallax-agent", package, *NAMESPACE, "--create-namespace")
    cluster.must("helm", *words, *values)
    before = cluster.daemon_set()
    words = ("upgrade", "parallax-agent", package, *NAMESPACE, *values)
    done = cluster.run("helm", *words, "--set", "nameOverride=eyes")
    assert done.returncode != 0
    assert "spec.selector: Invalid value: field is immutable" in done.stderr
    assert cluster.daemon_set() == before


def test_objects_of_an_operator_need_the_operator(
    tmp_path: Path, package: Path
) -> None:
    """Without it the error names the kind, and nothing is installed."""
    switches = ("serviceMonitor", "prometheusRule", "dashboard")
    on = [w for name in switches for w in ("--set", f"{name}.enabled=true")]
    words = ("install", "parallax-agent", package, *NAMESPACE, "--create-namespace")
    words = ("helm", *words, "-f", EXAMPLES[0], *on)
    for number, kinds in enumerate((BUILT_IN, BUILT_IN + PROMETHEUS_OPERATOR)):
        folder = tmp_path / str(number)
        folder.mkdir()
        with running(folder, kinds) as (store, kubeconfig):
            cluster = Cluster(store, kubeconfig)
            cluster.must("kubectl", "create", "namespace", "ingress-nginx")
            done = cluster.run(*words)
            names = cluster.names()
        if kinds == BUILT_IN:
            assert 'no matches for kind "ServiceMonitor"' in done.stderr
            assert not names
        else:
            assert done.returncode == 0, done.stderr
            assert {
                "services/parallax-agent",
                "servicemonitors/parallax-agent",
                "prometheusrules/parallax-agent",
                "configmaps/parallax-agent-dashboard",
            } <= names


def test_the_role_grows_with_the_kinds_of_the_cluster(
    tmp_path: Path, package: Path
) -> None:
    """Helm discovers Traefik's kinds, and the agent may read them."""
    words = ("install", "parallax-agent", package, *NAMESPACE, "--create-namespace")
    with running(tmp_path, BUILT_IN + TRAEFIK) as (store, kubeconfig):
        cluster = Cluster(store, kubeconfig)
        cluster.must(
            "helm", *words, "-f", EXAMPLES[0], "--set-json", "ingressControllers=[]"
        )
        role = cluster.get("clusterroles", "parallax-agent", "")
    assert "traefik.io" in {g for rule in role["rules"] for g in rule["apiGroups"]}


def test_a_parent_chart_installs_it_and_removes_it_by_its_condition(
    cluster: Cluster, tmp_path: Path
) -> None:
    """As the README says: a dependency, its values below its name."""
    text = (CHART / "README.md").read_text().partition("```yaml\n")[2]
    (dependency,) = yaml.safe_load(text.partition("```")[0])["dependencies"]
    dependency["repository"] = f"file://{CHART}"
    head = {"apiVersion": "v2", "name": "shop", "version": "1.0.0"}
    parent = tmp_path / "shop"
    parent.mkdir()
    about = yaml.safe_dump(head | {"dependencies": [dependency]})
    (parent / "Chart.yaml").write_text(about)
    own = yaml.safe_load(EXAMPLES[0].read_text())
    (parent / "values.yaml").write_text(yaml.safe_dump({"parallax-agent": own}))
    cluster.must("helm", "dependency", "update", parent, "--skip-refresh")
    cluster.must("helm", "install", "shop", parent, *NAMESPACE, "--create-namespace")
    assert "daemonsets/shop-parallax-agent" in cluster.names()
    off = ("--set", "parallax-agent.enabled=false")
    cluster.must("helm", "upgrade", "shop", parent, *NAMESPACE, *off)
    assert {name.split("/")[0] for name in cluster.names()} == {"secrets"}


def test_the_manifests_are_applied_as_the_readme_says(
    cluster: Cluster, tmp_path: Path
) -> None:
    """Each command of the README, with kubectl; then the same names as the chart's."""
    text = (ROOT / "agent/README.md").read_text()
    block = text.partition("kubectl apply -f agent/manifests/namespace.yaml")
    commands = (block[1] + block[2].partition("```")[0]).strip().splitlines()
    assert len(commands) == 4
    (tmp_path / "KEYFILE").write_text("whsec_c2VjcmV0")
    (tmp_path / "KEYFILE.id").write_text("2026-12")
    for command in commands:
        cluster.must(*command.replace("=KEYFILE", f"={tmp_path}/KEYFILE").split())
    pods = cluster.daemon_set()["spec"]["template"]["spec"]
    wanted = {
        volume["configMap"]["name"] if "configMap" in volume else "parallax-agent-key"
        for volume in pods["volumes"]
        if "emptyDir" not in volume
    }
    names = {name.split("/")[1] for name in cluster.names()}
    assert wanted <= names
    targets = cluster.get("configmaps", "parallax-targets")["data"]["targets.yaml"]
    assert yaml.safe_load(targets)["targets"]
