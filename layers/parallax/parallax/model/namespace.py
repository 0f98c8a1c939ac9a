"""Namespace: a namespace's claims without a volume, and its quotas.

In: what the agent read of the Kubernetes API. Out: frozen values.
It does not: judge. They are read only while the target's Service is missing, or none
of its pods is ready.
"""

from dataclasses import dataclass

from parallax.model.wire import wired


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class NearVolume:
    """A PersistentVolume that comes near to what a claim wants."""

    name: str
    differs: tuple[tuple[str, str], ...] = ()
    """What keeps it from the claim, and what the volume has: `access-modes`,
    `capacity`, `class`, `labels`, `mode`, or `taken`, with the claim that has it."""


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A PersistentVolumeClaim that a pod mounts, and that has no volume."""

    name: str
    exists: bool = True
    storage_class: str = ""
    """Empty: no StorageClass makes a volume for it; it waits for one that exists."""
    wants: tuple[tuple[str, str], ...] = ()
    """What it requests, by the words of `NearVolume.differs`."""
    near: tuple[NearVolume, ...] | None = None
    """Without a class: of each set of differences the first volume, those with the
    fewest first, at most 3; empty: there is no volume; None: not read."""


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """One entry of a namespace's ResourceQuota."""

    name: str
    resource: str
    """E.g. `services`, `requests.storage`."""
    used: str
    hard: str
    full: bool
    """Nothing more is admitted."""
