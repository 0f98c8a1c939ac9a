"""Case: valid and invalid files, and the targets of a case."""

from pathlib import Path

import pytest
import yaml

from lab.case import CASES, DEFAULT, Case, CaseError, load

FILES = sorted(CASES.glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_every_case_can_be_read_and_yields_targets(path: Path, tmp_path: Path) -> None:
    """A case has one target for each app, with the balancer's name."""
    case = load(path)
    case.write_targets(tmp_path / "targets.yaml")
    written = yaml.safe_load((tmp_path / "targets.yaml").read_text())["targets"]
    assert [t["name"] for t in written] == [a.name for a in case.apps]
    assert {t["reached"]["load_balancer"] for t in written} == {case.balancer.name}
    assert all(t["allow_private_addresses"] for t in written)


def test_the_default_case_is_the_incident() -> None:
    """Five workers, the ingress and the health check on port 31695."""
    case = load()
    assert [str(n.address) for n in case.nodes] == [
        f"10.0.0.{i}" for i in range(110, 115)
    ]
    assert case.ingress.http_node_port == 31695
    assert {s.health_check.port for s in case.balancer.services} == {31695}
    assert {a.node_port for a in case.apps} == {30080, 30000}
    assert [a.cdn for a in case.apps] == [False, True]


def test_a_health_check_node_port_passes_only_beside_an_ingress_pod() -> None:
    """With it, the other targets are unhealthy without any fault."""
    local = load(CASES / "local.yaml")
    assert [n.name for n in local.serving] == ["pool-1", "pool-2"]
    plain = load(CASES / "k3s.yaml")
    assert plain.serving == plain.nodes
    assert plain.ingress.pod_ports[0] == ("web", 80, 8000)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"nodes": []}, "nodes: Tuple should have at least 2 items"),
        ({"surprise": 1}, "surprise: Extra inputs are not permitted"),
    ],
)
def test_an_invalid_case_is_an_error_with_file_and_place(
    change: dict[str, object], expected: str, tmp_path: Path
) -> None:
    """Each problem is one line with the file, the place and the problem."""
    path = tmp_path / "wrong.yaml"
    plain = yaml.safe_load(DEFAULT.read_text())
    path.write_text(yaml.safe_dump(plain | change))
    with pytest.raises(CaseError) as error:
        load(path)
    assert str(path) in str(error.value)
    assert expected in str(error.value)


def with_hosts(path: Path, *hosts: str, **changes: object) -> Case:
    """Return the default case with other hosts."""
    plain = yaml.safe_load(DEFAULT.read_text()) | changes
    for app, host in zip(plain["apps"], hosts, strict=True):
        app["host"] = host
    path.write_text(yaml.safe_dump(plain))
    return load(path)


@pytest.mark.parametrize(
    ("zone", "hosts", "zones"),
    [
        ("shop.example", ("api.shop.example", "shop.example"), ("shop.example",)),
        ((), ("api.one.example", "www.two.test"), ("one.example", "two.test")),
        ((), ("shop.example", "www.shop.example"), ("shop.example",)),
        (
            ["shop.example", "eu.shop.example"],
            ("api.shop.example", "api.eu.shop.example"),
            ("shop.example", "eu.shop.example"),
        ),
        (
            "other.example",
            ("a.b.co.uk", "xn--h1aa.xn--p1ai"),
            ("b.co.uk", "xn--h1aa.xn--p1ai"),
        ),
    ],
)
def test_hosts_may_be_in_any_zone(
    zone: object, hosts: tuple[str, str], zones: tuple[str, ...], tmp_path: Path
) -> None:
    """A named zone, or the parent domain; a name below a top level is its own zone."""
    case = with_hosts(tmp_path / "any.yaml", *hosts, zone=zone)
    assert case.zones == zones
    assert [t["url"] for t in case.targets()] == [f"https://{h}/" for h in hosts]


def test_the_unrelated_host_is_of_no_app(tmp_path: Path) -> None:
    """It proves that the monitor has network access, so the lab serves it itself."""
    with pytest.raises(CaseError, match="the lab's unrelated host"):
        with_hosts(tmp_path / "taken.yaml", "control.example.net", "a.example.net")


def test_an_address_is_used_only_once(tmp_path: Path) -> None:
    """In one namespace two owners of an address would conflict."""
    plain = yaml.safe_load(DEFAULT.read_text())
    plain["nodes"][1]["address"] = plain["nodes"][0]["address"]
    path = tmp_path / "twice.yaml"
    path.write_text(yaml.safe_dump(plain))
    with pytest.raises(CaseError, match=r"addresses used twice: 10\.0\.0\.110"):
        load(path)


def test_a_file_that_is_not_yaml_is_an_error(tmp_path: Path) -> None:
    """Broken YAML is a CaseError, not a traceback of the parser."""
    path = tmp_path / "broken.yaml"
    path.write_text("a: [")
    with pytest.raises(CaseError, match=r"broken\.yaml"):
        load(path)
