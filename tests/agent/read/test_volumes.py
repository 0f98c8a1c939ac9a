"""Specification of what is read about claims without a volume, and about quotas."""

from typing import Any

import pytest

from parallax.model.cluster import ClusterReading
from parallax.model.namespace import Claim, Quota
from tests.agent.shapes import Object, Shelf, meta, seen, service, slices

CLAIM = "persistentvolumeclaims"


def pod(*claims: str, node: str | None = None) -> Object:
    """Return a pod of Service web that mounts claims."""
    volumes = [{"persistentVolumeClaim": {"claimName": name}} for name in claims]
    place = {"nodeName": node} if node else {}
    return {
        "metadata": meta("shop/web-1") | {"labels": {"app": "web"}},
        "spec": {"volumes": [*volumes, {"emptyDir": {}}], **place},
        "status": {"phase": "Pending"},
    }


def claim(name: str = "data", phase: str = "Pending", **spec: Any) -> Object:
    """Return a claim for 3Gi without a class."""
    wanted = {"accessModes": ["ReadWriteOnce"], "storageClassName": ""}
    size = {"resources": {"requests": {"storage": "3Gi"}}}
    return {
        "metadata": meta(f"shop/{name}"),
        "spec": {**wanted, **size, **spec},
        "status": {"phase": phase},
    }


def volume(
    name: str = "disk", size: str = "5Gi", labels: Object | None = None, **spec: Any
) -> Object:
    """Return a volume that is free and fits."""
    return {
        "metadata": {"name": name, "labels": labels or {}},
        "spec": {
            "accessModes": ["ReadWriteOnce", "ReadOnlyMany"],
            "capacity": {"storage": size},
            **spec,
        },
        "status": {"phase": "Bound" if "claimRef" in spec else "Available"},
    }


def shelf(*pods: Object, **objects: Any) -> Shelf:
    """Return a cluster with Service web and these pods."""
    return Shelf(services=[service("shop/web")], pods=list(pods), **objects)


def read(cluster: Shelf) -> ClusterReading:
    """Read Service web."""
    return seen(cluster, namespace="shop", service="web").reading


def near(wanted: Object, *volumes: Object) -> list[tuple[str, tuple[Any, ...]]]:
    """Return what comes near to a claim."""
    cluster = shelf(pod("data"), persistentvolumes=list(volumes), **{CLAIM: [wanted]})
    claims = read(cluster).claims
    assert claims is not None
    (found,) = claims
    assert found.near is not None
    return [(one.name, one.differs) for one in found.near]


@pytest.mark.parametrize(
    ("wanted", "has", "differs"),
    [
        ({}, {}, ()),
        ({}, {"size": "1Gi"}, (("capacity", "1Gi"),)),
        (
            {"accessModes": ["ReadWriteMany"]},
            {},
            (("access-modes", "ReadOnlyMany,ReadWriteOnce"),),
        ),
        ({}, {"storageClassName": "local"}, (("class", "local"),)),
        (
            {"selector": {"matchLabels": {"disk": "ssd"}}},
            {"labels": {"disk": "hdd"}},
            (("labels", "disk=hdd"),),
        ),
        (
            {"selector": {"matchExpressions": [{"key": "a", "operator": "Exists"}]}},
            {},
            (("labels", "none"),),
        ),
        ({"volumeMode": "Block"}, {}, (("mode", "Filesystem"),)),
        (
            {},
            {"claimRef": {"namespace": "shop", "name": "other"}},
            (("taken", "shop/other"),),
        ),
        ({}, {"claimRef": {"namespace": "shop", "name": "data"}}, ()),
    ],
)
def test_what_keeps_a_volume_from_a_claim_is_read(
    wanted: Object, has: Object, differs: tuple[Any, ...]
) -> None:
    """As the volume controller compares them."""
    assert near(claim(**wanted), volume(**has)) == [("disk", differs)]


def test_a_volume_of_a_deleted_claim_says_so() -> None:
    """It stays reserved until somebody frees it."""
    kept = volume(claimRef={"namespace": "old", "name": "data"})
    kept["status"]["phase"] = "Released"
    assert near(claim(), kept) == [("disk", (("taken", "old/data (Released)"),))]


def test_each_set_of_differences_is_sent_once() -> None:
    """Those with the fewest first: one of many small disks tells of all."""
    small = [volume(f"small-{i}", size="1Gi") for i in range(9)]
    far = volume("far", size="1Gi", storageClassName="local")
    assert [name for name, _ in near(claim(), far, *small)] == ["small-0", "far"]


def test_what_the_claim_requests_is_sent() -> None:
    """The volumes of a claim with a class are not read: its provisioner says why."""
    cluster = shelf(pod("data"), **{CLAIM: [claim(storageClassName="hcloud-volumes")]})
    found = read(cluster)
    assert found.claims == (
        Claim(
            name="data",
            storage_class="hcloud-volumes",
            wants=(
                ("access-modes", "ReadWriteOnce"),
                ("capacity", "3Gi"),
                ("mode", "Filesystem"),
            ),
        ),
    )
    assert found.pods
    assert found.pods[0].claims == ("data",)
    assert ("persistentvolumes", None) not in cluster.asked


@pytest.mark.parametrize("one", [pod(), pod("data", node="one")])
def test_nothing_is_listed_if_no_pod_waits_for_a_claim(one: Object) -> None:
    """Such as a pod that has a node, or mounts no claim."""
    cluster = shelf(one)
    found = read(cluster)
    assert found.claims is None
    assert found.quotas is None
    lists = {resource for resource, _ in cluster.asked}
    assert not lists & {CLAIM, "persistentvolumes", "resourcequotas"}


def test_nothing_is_listed_while_a_pod_is_ready() -> None:
    """A second replica that waits causes no outage."""
    cluster = shelf(pod("data"), endpointslices=[slices("shop/web", "10.42.0.7")])
    assert read(cluster).claims is None
    assert (CLAIM, "shop") not in cluster.asked


def test_without_permission_claims_are_unknown() -> None:
    """The problem names the call."""
    cluster = shelf(pod("data"))
    cluster.forbid(CLAIM, "shop")
    found = read(cluster)
    assert found.claims is None
    assert f"cannot list {CLAIM} in namespace shop: 403 Forbidden" in found.problems


def test_without_permission_volumes_are_unknown() -> None:
    """Not the same as a cluster without a volume."""
    cluster = shelf(pod("data"), **{CLAIM: [claim()]})
    cluster.forbid("persistentvolumes")
    claims = read(cluster).claims
    assert claims is not None
    assert [one.near for one in claims] == [None]


def test_a_bound_claim_is_left_out() -> None:
    """It is not what the pod waits for."""
    bound = claim("old", phase="Bound")
    cluster = shelf(pod("old", "data"), **{CLAIM: [bound, claim()]})
    found = read(cluster).claims
    assert found is not None
    assert [(one.name, one.near) for one in found] == [("data", ())]


def test_quotas_are_read_if_a_claim_is_missing() -> None:
    """Those that count claims or storage."""
    hard = {"requests.storage": "10Gi", "persistentvolumeclaims": "2", "pods": "9"}
    used = {"requests.storage": "9Gi", "persistentvolumeclaims": "2", "pods": "9"}
    quota = {"metadata": meta("shop/small"), "status": {"hard": hard, "used": used}}
    found = read(shelf(pod("data"), resourcequotas=[quota]))
    assert found.claims == (Claim(name="data", exists=False),)
    assert found.quotas == (
        Quota(
            name="small",
            resource="persistentvolumeclaims",
            used="2",
            hard="2",
            full=True,
        ),
        Quota(
            name="small",
            resource="requests.storage",
            used="9Gi",
            hard="10Gi",
            full=False,
        ),
    )


def test_quotas_are_read_if_the_service_is_missing() -> None:
    """Those that count Services, however they are written."""
    status = {"hard": {"count/services": "1"}, "used": {"count/services": "1"}}
    quota = {"metadata": meta("shop/few"), "status": status}
    found = read(Shelf(resourcequotas=[quota]))
    full = Quota(name="few", resource="count/services", used="1", hard="1", full=True)
    assert found.quotas == (full,)
