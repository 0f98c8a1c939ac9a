"""The Helm chart and the kustomize manifests, rendered by the real programs.

The rendered objects are held against Kubernetes' own schemas, of the oldest version
that the chart names and of a new one.
"""

import subprocess
import tomllib
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from parallax_agent.watch.resources import RESOURCES

ROOT = Path(__file__).parents[3]
CHART = ROOT / "agent/chart"
EXAMPLES = sorted((CHART / "examples").glob("*.yaml"))
VERSIONS = ("1.27", "1.34")
BEHIND_A_PROXY: dict[str, Any] = {
    "targets": {"existingConfigMap": "parallax-targets"},
    "extraEnv": [
        {"name": "SSL_CERT_FILE", "value": "/etc/parallax/targets/ca.crt"},
        {"name": "HTTPS_PROXY", "value": "http://proxy.example:3128"},
    ],
}


def ran(*words: object) -> subprocess.CompletedProcess[str]:
    """Run helm or kubectl as `make setup` has installed them."""
    program, *rest = map(str, words)
    path = ROOT / ".tools/bin" / program
    assert path.exists(), f"{path} is missing: make setup"
    return subprocess.run(  # noqa: S603 - our own words
        [str(path), *rest], capture_output=True, text=True, check=False
    )


def rendered(*words: object) -> list[dict[str, Any]]:
    """Return the objects that a program rendered."""
    result = ran(*words)
    assert result.returncode == 0, result.stderr
    return [item for item in yaml.safe_load_all(result.stdout) if item]


def chart(example: Path, *more: str) -> list[dict[str, Any]]:
    """Return the chart's objects for an example values file."""
    words = ["template", "parallax-agent", CHART, "-n", "parallax", "-f", example]
    return rendered("helm", *words, *more)


def kustomized() -> list[dict[str, Any]]:
    """Return the objects of the plain manifests."""
    return rendered("kubectl", "kustomize", ROOT / "agent/manifests")


def of_kind(items: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """Return the objects of a kind."""
    return [item for item in items if item["kind"] == kind]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_lints_clean(example: Path) -> None:
    """`helm lint --strict` reports nothing, not even a warning."""
    result = ran("helm", "lint", "--strict", CHART, "-f", example)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_renders_valid_objects(example: Path, version: str) -> None:
    """Each object is valid by the schema of its kind, without unknown fields.

    The kinds of the Prometheus operator have no schema here.
    """
    for item in chart(example):
        if not item["apiVersion"].startswith("monitoring.coreos.com/"):
            kubernetes_validate.validate(item, version, strict=True)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_plain_manifests_are_valid(version: str) -> None:
    """`kubectl kustomize` renders objects that are valid by their schemas."""
    for item in kustomized():
        kubernetes_validate.validate(item, version, strict=True)


def test_both_ways_to_install_allow_the_same() -> None:
    """The chart's roles and the manifests' roles have the same rules."""
    installed = chart(CHART / "examples/ingress-nginx.yaml")
    for kind in ("ClusterRole", "Role"):
        (by_chart,), (by_hand,) = of_kind(installed, kind), of_kind(kustomized(), kind)
        assert by_chart["rules"] == by_hand["rules"]


def test_both_ways_to_install_run_the_same() -> None:
    """The pod differs only in names, labels and where its image comes from."""
    (by_chart,) = of_kind(chart(CHART / "examples/ingress-nginx.yaml"), "DaemonSet")
    (by_hand,) = of_kind(kustomized(), "DaemonSet")
    pods = [d["spec"]["template"]["spec"] for d in (by_chart, by_hand)]
    for pod in pods:
        pod["containers"][0].pop("imagePullPolicy", None)
        pod["containers"][0]["image"] = "the image"
        pod["containers"][0]["envFrom"] = "the settings"
    assert pods[0] == pods[1]


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ("ingest.url=ftp://example.com", "/ingest/url"),
        ("interval=0", "/interval"),
        ("image.digest=latest", "/image/digest"),
        ("image=null", "image"),
        ("image.repository=null", "/image"),
        ("image.pullPolicy=null", "/image"),
        ("metrics=null", "metrics"),
        ("metrics.port=null", "/metrics"),
        ("interval=null", "interval"),
        ("nodeselector.a=b", "nodeselector"),
        ("routeKinds={haproxy}", "/routeKinds/0"),
        ("serviceMonitor.interval=often", "/serviceMonitor/interval"),
        ("serviceAccount.create=no", "/serviceAccount/create"),
        ("updateStrategy.type=Recreate", "/updateStrategy/type"),
        ("updateStrategy.rollingUpdate.maxSurge=1", "/updateStrategy/rollingUpdate"),
        ("updateStrategy.rollingUpdate.maxUnavailable=0", "maxUnavailable"),
        ("fullnameOverride=Agent", "/fullnameOverride"),
        ("imagePullSecrets[0].title=a", "/imagePullSecrets/0"),
    ],
)
def test_a_wrong_value_is_rejected_by_its_name(setting: str, problem: str) -> None:
    """The schema names the wrong value before anything is installed."""
    example = CHART / "examples/ingress-nginx.yaml"
    result = ran("helm", "template", CHART, "-f", example, "--set", setting)
    assert result.returncode != 0
    assert "values don't meet the specifications" in result.stderr
    assert problem in result.stderr


def test_the_chart_lints_clean_without_values() -> None:
    """As a registry or a parent chart lints it: nothing but information."""
    result = ran("helm", "lint", "--strict", CHART)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "[WARNING]" not in result.stdout
    assert "[INFO]" not in result.stdout


def test_without_values_the_error_says_how_to_set_each() -> None:
    """One line for each missing value, with the option that sets it."""
    result = ran("helm", "template", CHART)
    assert result.returncode != 0
    lines = [line for line in result.stderr.splitlines() if line.startswith("  - ")]
    assert [line.split()[1] for line in lines] == [
        "cluster",
        "ingest.url",
        "key",
        "targets",
    ]
    assert all(" --set" in line for line in lines)


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ("cluster=", "cluster is missing"),
        ("ingest.url=", "ingest.url is missing"),
        ("key.existingSecret=", "key is missing"),
        ("key.value=whsec_YQ==", "key.existingSecret and key.value are both set"),
        ("key.id=2026-12", "Put the id into that Secret under the name key.id"),
        ("key.id=a b", "key.id is not the id of a key"),
        ("targets.existingConfigMap=", "targets is missing"),
        ("targets.content=a", "targets.existingConfigMap and targets.content are both"),
        ("serviceAccount.create=false", "serviceAccount.name is missing"),
    ],
)
def test_a_missing_or_a_second_value_is_named(setting: str, problem: str) -> None:
    """What a schema cannot explain, the chart explains."""
    example = CHART / "examples/ingress-nginx.yaml"
    result = ran("helm", "template", CHART, "-f", example, "--set", setting)
    assert result.returncode != 0
    assert problem in result.stderr


def test_an_error_never_contains_the_key() -> None:
    """Terminals and logs of a pipeline keep what helm prints."""
    example = CHART / "examples/ingress-nginx.yaml"
    key = ("--set", "key.existingSecret=", "--set", "key.value=my-secret-word")
    result = ran("helm", "template", CHART, "-f", example, *key)
    assert result.returncode != 0
    assert "key.value is not a signing key" in result.stderr
    assert "my-secret-word" not in result.stderr + result.stdout


def test_the_id_of_a_key_is_beside_it_in_the_secret() -> None:
    """The agent reads both from one mounted folder; without an id it is as before."""
    example = CHART / "examples/ingress-nginx.yaml"
    own = ("--set", "key.existingSecret=", "--set", "key.value=whsec_YQ==")
    for more, expected in (
        ((), {"key": "whsec_YQ=="}),
        (("--set-string", "key.id=2026"), {"key": "whsec_YQ==", "key.id": "2026"}),
    ):
        (made,) = of_kind(chart(example, *own, *more), "Secret")
        assert made["stringData"] == expected


def test_every_way_to_install_has_the_same_version() -> None:
    """The agent's package, the chart's appVersion and the image of the manifests."""
    agent = tomllib.loads((ROOT / "agent/pyproject.toml").read_text())["project"]
    about = yaml.safe_load((CHART / "Chart.yaml").read_text())
    file = ROOT / "agent/manifests/kustomization.yaml"
    (image,) = yaml.safe_load(file.read_text())["images"]
    assert agent["version"] == about["appVersion"] == str(image["newTag"])


def test_an_own_ca_comes_with_the_targets(tmp_path: Path) -> None:
    """The ConfigMap is mounted as a whole, and a variable names the CA file."""
    proxy = tmp_path / "values.yaml"
    proxy.write_text(yaml.safe_dump(BEHIND_A_PROXY))
    words = ("-f", str(proxy))
    (daemon_set,) = of_kind(
        chart(CHART / "examples/ingress-nginx.yaml", *words), "DaemonSet"
    )
    pod = daemon_set["spec"]["template"]["spec"]
    (agent,) = pod["containers"]
    file = Path(BEHIND_A_PROXY["extraEnv"][0]["value"])
    assert BEHIND_A_PROXY["extraEnv"][0] in agent["env"]
    (mount,) = [m for m in agent["volumeMounts"] if m["mountPath"] == str(file.parent)]
    (volume,) = [v for v in pod["volumes"] if v["name"] == mount["name"]]
    assert volume["configMap"] == {"name": "parallax-targets"}


def test_controllers_that_share_a_namespace_share_its_role() -> None:
    """Two Roles of one name would fail the install; one names both ConfigMaps."""
    names = [
        word
        for number, name in enumerate(("public", "private"))
        for word in (
            *("--set", f"ingressControllers[{number}].namespace=ingress"),
            *("--set", f"ingressControllers[{number}].configMap={name}"),
        )
    ]
    items = chart(CHART / "examples/ingress-nginx.yaml", *names)
    ((role,), (binding,)) = (of_kind(items, kind) for kind in ("Role", "RoleBinding"))
    named = [rule.get("resourceNames") for rule in role["rules"]]
    assert named == [None, ["public", "private"]]
    assert role["metadata"]["namespace"] == binding["metadata"]["namespace"]


def test_a_targets_file_is_unchanged(tmp_path: Path) -> None:
    """Also if its first line is indented more than the next."""
    file = tmp_path / "targets.yaml"
    file.write_text("  # ours: “a” 'b' {{ c }}\ntargets: []")
    example = CHART / "examples/traefik-k3s.yaml"
    items = chart(example, "--set-file", f"targets.content={file}")
    held = [item["data"].get("targets.yaml") for item in of_kind(items, "ConfigMap")]
    assert file.read_text() in held


def test_a_changed_setting_restarts_the_pods_and_a_changed_key_does_not() -> None:
    """Settings are read at the start, the key for every push."""
    example = CHART / "examples/traefik-k3s.yaml"

    def checksum(*more: str) -> str:
        """Return the annotation that rolls the pods."""
        (found,) = of_kind(chart(example, *more), "DaemonSet")
        marks = found["spec"]["template"]["metadata"]["annotations"]
        return marks["checksum/configuration"]

    own_key = ("--set", "key.existingSecret=", "--set")
    assert checksum("--set", "interval=30") != checksum()
    assert checksum(*own_key, "key.value=whsec_YQ==") == checksum(
        *own_key, "key.value=whsec_Yg=="
    )


def rights(*more: str) -> set[tuple[str, str]]:
    """Return the groups and resources that the agent may list in all namespaces."""
    (role,) = of_kind(chart(EXAMPLES[0], *more), "ClusterRole")
    return {
        (group, resource)
        for rule in role["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
    }


@pytest.mark.parametrize(
    ("value", "version", "allowed"),
    [
        (
            "traefik",
            "traefik.io/v1alpha1/IngressRoute",
            ("traefik.io", "ingressroutes"),
        ),
        (
            "contour",
            "projectcontour.io/v1/HTTPProxy",
            ("projectcontour.io", "httpproxies"),
        ),
        (
            "istio",
            "networking.istio.io/v1/VirtualService",
            ("networking.istio.io", "virtualservices"),
        ),
        ("f5", "k8s.nginx.org/v1/VirtualServer", ("k8s.nginx.org", "virtualservers")),
        (
            "listenersets",
            "gateway.networking.k8s.io/v1/ListenerSet",
            ("gateway.networking.k8s.io", "listenersets"),
        ),
    ],
)
def test_rights_grow_only_for_route_kinds_that_are_installed(
    value: str, version: str, allowed: tuple[str, str]
) -> None:
    """Or that a value names, for those who render without a cluster."""
    assert allowed not in rights()
    assert allowed in rights("--api-versions", version)
    assert allowed in rights("--set", f"routeKinds={{{value}}}")
    more = rights("--set", f"routeKinds={{{value}}}") - rights()
    assert {group for group, _ in more} == {allowed[0]}
    file = ROOT / "agent/manifests/route-kinds" / f"{value}.yaml"
    role, _ = yaml.safe_load_all(file.read_text())
    (rule,) = role["rules"]
    plain = {(g, r) for g in rule["apiGroups"] for r in rule["resources"]}
    assert plain == more


def test_with_every_route_kind_the_rights_are_what_the_agent_can_watch() -> None:
    """No kind that it can read is forbidden, and none is allowed that it never reads.

    What the logs and the ConfigMap need is in the Role of the controller's namespace.
    """
    kinds = "listenersets,traefik,contour,istio,f5"
    known = {
        (resource.group.partition("/")[2].rpartition("/")[0], resource.plural or name)
        for name, resource in RESOURCES.items()
    }
    assert rights("--set", f"routeKinds={{{kinds}}}") == known - {("", "configmaps")}
