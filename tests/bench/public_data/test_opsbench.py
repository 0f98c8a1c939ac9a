"""Specification of the converter for data sets like Cloud-OpsBench."""

from pathlib import Path

from bench.public_data import opsbench
from bench.public_data.case import Case
from bench.public_data.clone import Clone
from parallax.diagnose.judge import judge
from parallax.model.cluster import ClusterReading
from parallax.model.probe import Role
from parallax.model.snapshot import Snapshot
from tests.bench.public_data import made

READY = {
    "endpoints": made.ENDPOINTS.replace("10.0.1.5", "<none>").replace(
        "Addresses:          <none>", "Addresses:          10.0.1.5", 1
    )
}


def convert(
    folder: Path, label: str = "any", about: str = "app/orders", **changes: str | None
) -> Case:
    """Return the one case of a made data set."""
    clone = Clone(made.opsbench(folder, label, about, **changes))
    (case,) = opsbench.cases(clone)
    clone.close()
    return case


def reading(snapshot: Snapshot | None) -> ClusterReading:
    """Return the reading in a snapshot."""
    assert snapshot
    return next(r.reading for r in snapshot.reports if r.reading)


def test_the_app_is_the_data_sets_and_the_edge_is_the_labs(tmp_path: Path) -> None:
    """The agent reads the made objects; the ingress has nodes of its own."""
    case = convert(tmp_path)
    read = reading(case.snapshot)
    assert case.id == "shop/made/1"
    assert read.service
    assert (read.service.namespace, read.service.name) == ("shop", "orders")
    assert [(e.address, e.ready, e.port) for e in read.endpoints or ()] == [
        ("10.0.1.5", False, 8080)
    ]
    assert [(p.name, p.node, p.restarts) for p in read.pods or ()] == [
        ("orders-5f6c-x1", "one", 4)
    ]
    assert [n.name for n in read.nodes or ()][-1] == "one"
    assert all(p.name.startswith("ingress-") for p in read.ingress_pods or ())
    assert case.snapshot
    assert judge(case.snapshot).cause == "pods-not-ready"


def test_the_label_changes_no_snapshot(tmp_path: Path) -> None:
    """Two labels, one snapshot."""
    one = convert(tmp_path / "one", "cpu_capacity_mismatch")
    other = convert(tmp_path / "other", "oom_killed")
    assert one.snapshot == other.snapshot
    assert (one.label, other.label) == ("cpu_capacity_mismatch", "oom_killed")


def test_ready_pods_that_take_no_connection_refuse_it(tmp_path: Path) -> None:
    """Agents probe them from each node that is ready, also from the pod's own."""
    case = convert(tmp_path, **READY)
    assert case.snapshot
    probes = {
        (r.node, p.peer_address, p.error_type)
        for r in case.snapshot.reports
        for p in r.probes
        if p.role is Role.POD
    }
    assert ("one", "10.0.1.5", "connection_refused") in probes
    assert judge(case.snapshot).cause == "pod-refuses-connection"


def test_a_service_that_takes_connections_is_left_out(tmp_path: Path) -> None:
    """No URL fails there."""
    case = convert(tmp_path, **READY, connection="open\nConnection Succeeded")
    assert case.snapshot is None
    assert case.left_out == opsbench.RESPONDS


def test_a_case_about_a_node_is_about_the_first_service_that_fails(
    tmp_path: Path,
) -> None:
    """The data set tested each Service."""
    case = convert(tmp_path / "fails", about="node/one")
    assert reading(case.snapshot).service
    well = convert(tmp_path / "well", about="node/one", connection="Succeeded")
    assert well.left_out == opsbench.NO_FAILURE


def test_a_service_that_does_not_exist_fails_too(tmp_path: Path) -> None:
    """It was tested; what was neither tested nor printed is left out."""
    tested = convert(tmp_path / "tested", services=None, endpoints=None)
    assert tested.snapshot
    assert judge(tested.snapshot).cause == "service-without-endpoints"
    case = convert(tmp_path / "not", services=None, endpoints=None, connection=None)
    assert case.left_out == opsbench.NO_SERVICE


def test_a_node_that_is_not_ready_sends_no_report(tmp_path: Path) -> None:
    """What its agent would see is in no data set."""
    down = made.NODE.replace("Ready   True", "Ready   Unknown")
    case = convert(tmp_path, nodes=down)
    assert case.snapshot
    assert "one" not in {r.node for r in case.snapshot.reports}
    (one,) = (n for n in reading(case.snapshot).nodes or () if n.name == "one")
    assert not one.ready
