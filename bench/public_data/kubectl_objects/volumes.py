"""Volumes: claims, the volumes that they may get, and the quotas of a namespace.

In: their descriptions, and what applied manifests request, which kubectl does not print
of a claim without a volume. Out: JSON objects. It does not: bind a claim.
"""

import re
from collections.abc import Mapping
from typing import Any

from bench.public_data.kubectl_objects.fields import named
from bench.public_data.kubectl_objects.text import describe, without_events

type Object = dict[str, Any]

ACCESS = {
    "RWO": "ReadWriteOnce",
    "ROX": "ReadOnlyMany",
    "RWX": "ReadWriteMany",
    "RWOP": "ReadWriteOncePod",
}
_ENTRY = re.compile(r"(\S+)\s+(\S+)\s+(\S+)")


def claim(text: str, requested: Mapping[str, Object]) -> Object:
    """Return a PersistentVolumeClaim; `requested` has the specifications by name."""
    part = describe(without_events(text)[0])
    spec: Object = {
        **requested.get(part.get("Name").text, {}),
        "storageClassName": part.get("StorageClass").text,
    }
    if part.value("Volume"):
        spec["volumeName"] = part.get("Volume").text
    return named(part, spec=spec, status={"phase": part.get("Status").text})


def volume(text: str) -> Object:
    """Return a PersistentVolume."""
    part = describe(without_events(text)[0])
    modes = part.get("Access Modes").text.split(",")
    spec: Object = {
        "accessModes": [ACCESS[mode] for mode in modes if mode in ACCESS],
        "capacity": {"storage": part.get("Capacity").text},
        "storageClassName": part.get("StorageClass").text,
        "volumeMode": part.get("VolumeMode").text,
    }
    if part.value("Claim"):
        namespace, _, name = part.get("Claim").text.partition("/")
        spec["claimRef"] = {"namespace": namespace, "name": name}
    return named(part, spec=spec, status={"phase": part.get("Status").text})


def quota(text: str) -> Object:
    """Return a ResourceQuota with what is used of it."""
    part = describe(text)
    entries = [found.groups() for line in part.lines if (found := _ENTRY.match(line))]
    rows = [row for row in entries if row[0] != "Resource" and "-" not in row[0][:1]]
    status = {
        "used": {name: used for name, used, _ in rows},
        "hard": {name: hard for name, _, hard in rows},
    }
    return named(part, status=status)
