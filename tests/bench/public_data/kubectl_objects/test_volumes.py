"""Specification of claims, volumes and quotas that are made again."""

from bench.public_data.kubectl_objects import volumes

CLAIM = """\
Name:          data
Namespace:     shop
StorageClass:  fast
Status:        Pending
Volume:
Labels:        <none>
Access Modes:
VolumeMode:    Filesystem
Events:
  Type     Reason              Age  From                         Message
  ----     ------              ---  ----                         -------
  Warning  ProvisioningFailed  9s   persistentvolume-controller  no class
"""
VOLUME = """\
Name:            disk
Labels:          disk=ssd
StorageClass:
Status:          Bound
Claim:           shop/other
Access Modes:    RWO,RWX
VolumeMode:      Filesystem
Capacity:        1Gi
"""
QUOTA = """\
Name:             small
Namespace:        shop
Resource          Used  Hard
--------          ----  ----
requests.storage  9Gi   10Gi
services          3     3
"""


def test_a_claim_requests_what_its_manifest_does() -> None:
    """Kubectl prints none of it before there is a volume."""
    wanted = {"resources": {"requests": {"storage": "3Gi"}}, "storageClassName": "fast"}
    claim = volumes.claim(CLAIM, {"data": wanted, "other": {}})
    assert claim["metadata"]["namespace"] == "shop"
    assert claim["spec"] == wanted
    assert claim["status"] == {"phase": "Pending"}


def test_a_volume_has_its_modes_and_its_claim() -> None:
    """Kubectl writes the modes short."""
    volume = volumes.volume(VOLUME)
    assert volume["metadata"]["labels"] == {"disk": "ssd"}
    assert volume["spec"] == {
        "accessModes": ["ReadWriteOnce", "ReadWriteMany"],
        "capacity": {"storage": "1Gi"},
        "claimRef": {"namespace": "shop", "name": "other"},
        "storageClassName": "",
        "volumeMode": "Filesystem",
    }


def test_a_quota_has_what_is_used() -> None:
    """The heading and its line are left out."""
    assert volumes.quota(QUOTA)["status"] == {
        "used": {"requests.storage": "9Gi", "services": "3"},
        "hard": {"requests.storage": "10Gi", "services": "3"},
    }
