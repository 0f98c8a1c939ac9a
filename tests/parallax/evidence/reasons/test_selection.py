"""Specification of the reasons why a Service has no pod at all."""

from datetime import UTC, datetime

from parallax.evidence.reasons.selection import of_absence
from parallax.evidence.reasons.why import Why
from parallax.model.cluster import (
    ClusterReading,
    Pod,
    Service,
    Unselected,
    Warned,
    Workload,
)
from parallax.model.reason import Reason

SERVICE = Service(
    namespace="shop", name="api", selector=(("app", "api"), ("tier", "web"))
)
READING = ClusterReading(
    read_at=datetime(2026, 11, 30, 12, tzinfo=UTC), service=SERVICE
)


def work(
    desired: int, failure: str | None = None, kind: str = "Deployment"
) -> Workload:
    """Return a workload without a ready pod."""
    return Workload(
        kind=kind, name="api", desired=desired, ready=0, updated=0, failure=failure
    )


def absent(*workloads: Workload, reading: ClusterReading = READING) -> Why:
    """Return why the Service has no pod."""
    why = of_absence(reading, reading.service, (), workloads)
    assert why
    return why


def test_a_workload_scaled_to_zero_is_named() -> None:
    """A DaemonSet has no replicas: no node is eligible."""
    why = absent(work(0))
    assert why.reason is Reason.ZERO_REPLICAS
    assert why.text == "Deployment api is scaled to 0 replicas"
    assert absent(work(0, kind="StatefulSet")).reason is Reason.ZERO_REPLICAS
    assert absent(work(0, kind="DaemonSet")).reason is Reason.NO_NODE_MATCHES


def test_the_condition_of_a_deployment_gives_the_reason() -> None:
    """ReplicaFailure has the API server's message."""
    reported = 'pods "api-7-" is forbidden: error looking up service account shop/api: '
    why = absent(work(2, reported + 'serviceaccount "api" not found'))
    assert why.reason is Reason.MISSING_SERVICE_ACCOUNT
    assert why.text.startswith("Deployment api cannot create pods: ")


def test_the_event_of_its_replica_set_gives_it_too() -> None:
    """Another workload's event does not."""
    reported = "exceeded quota: q, requested: pods=1, used: pods=4, limited: pods=4"
    event = Warned(
        kind="ReplicaSet", name="api-7c9", reason="FailedCreate", message=reported
    )
    reading = ClusterReading(read_at=READING.read_at, service=SERVICE, events=(event,))
    assert absent(work(2), reading=reading).reason is Reason.POD_QUOTA_EXCEEDED
    other = ClusterReading(
        read_at=READING.read_at,
        service=SERVICE,
        events=(
            Warned(
                kind="ReplicaSet", name="x-7", reason="FailedCreate", message=reported
            ),
        ),
    )
    why = absent(work(2), reading=other)
    assert why.reason is Reason.PODS_NOT_CREATED
    assert why.text == "Deployment api has 0 of 2 pods, and no event states why"


def test_a_selector_names_the_label_that_differs() -> None:
    """What comes near to it shows the typing error."""
    near = Unselected(
        kind="Deployment", name="api", labels=(("app", "api"), ("tier", "wev"))
    )
    reading = ClusterReading(
        read_at=READING.read_at, service=SERVICE, unselected=(near,)
    )
    why = absent(reading=reading)
    assert why.reason is Reason.SELECTOR_MATCHES_NOTHING
    assert why.text == (
        "no pod has the labels of its selector app=api,tier=web;"
        " Deployment api has tier=wev instead of tier=web"
    )


def test_without_a_selector_somebody_has_to_write_endpoints() -> None:
    """No pod can be missing then."""
    service = Service(namespace="shop", name="api", selector=())
    why = of_absence(READING, service, None, None)
    assert why
    assert why.reason is Reason.NO_SELECTOR
    assert of_absence(READING, SERVICE, None, None) is None


def test_pods_without_an_address_have_their_own_reason() -> None:
    """The Service selects them."""
    pod = Pod(name="api-1", phase="Pending", unscheduled="0/1: 1 Insufficient cpu.")
    why = of_absence(READING, SERVICE, (pod,), (work(1),))
    assert why
    assert why.reason is Reason.INSUFFICIENT_CPU
