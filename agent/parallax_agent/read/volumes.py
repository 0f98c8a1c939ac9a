"""Volumes: the claims that keep a target's pods from a node, and what comes near.

In: a target's pods as read. Out: their claims without a volume, each with the volumes
that come nearest to it. All agents send the same of the same objects.
It does not: list anything unless a pod without a node mounts a claim, or volumes unless
a claim waits for one that exists.
Source: Kubernetes, component-helpers/storage/volume (FindMatchingVolume): a free volume
is bound whose class, mode and labels fit, which has every access mode that the claim
requests, and at least its size. Without a class, nothing makes a volume.
"""

from collections.abc import Iterable, Iterator, Sequence

from parallax.model.namespace import Claim, NearVolume
from parallax.model.shortened import shortened
from parallax.model.wire import Json
from parallax_agent.read.placement import fits
from parallax_agent.read.quantity import number
from parallax_agent.route.service_state import Reader, ServiceState
from parallax_agent.watch.objects import many, name_of, part
from parallax_agent.watch.pod_state import claims_of

MOST_CLAIMS = 5
MOST_NEAR = 3
OLD_CLASS = "volume.beta.kubernetes.io/storage-class"
"""The annotation that had the class before the field."""
FILESYSTEM = "Filesystem"
LONGEST = 120
"""Characters of the labels that are sent: volumes of some drivers have many."""


def unbound(reader: Reader, app: ServiceState) -> tuple[Claim, ...] | None:
    """Return the claims without a volume of pods without a node; None: not read."""
    waiting = (p for p in app.pods or () if not part(p, "spec").get("nodeName"))
    names = sorted({name for pod in waiting for name in claims_of(pod)})
    if not names:
        return None
    listed = reader.on_demand("persistentvolumeclaims", app.namespace)
    if listed is None:
        return None
    known = {name_of(item): item for item in listed}
    missing = [n for n in names if n not in known or not _is_bound(known[n])]
    return tuple(_claim(reader, n, known.get(n)) for n in missing[:MOST_CLAIMS])


def _is_bound(claim: Json) -> bool:
    return part(claim, "status").get("phase") == "Bound"


def _claim(reader: Reader, name: str, item: Json | None) -> Claim:
    if item is None:
        return Claim(name=name, exists=False)
    named = part(item, "spec").get("volumeName") is not None
    volumes = None
    if not (_class(item) or named):
        volumes = reader.on_demand("persistentvolumes", None)
    return Claim(
        name=name,
        storage_class=_class(item),
        wants=tuple(_wants(item)),
        near=None if volumes is None else _near(item, volumes),
    )


def _class(item: Json) -> str:
    old = part(item, "metadata", "annotations").get(OLD_CLASS)
    return str(old or part(item, "spec").get("storageClassName") or "")


def _mode(item: Json) -> str:
    return str(part(item, "spec").get("volumeMode") or FILESYSTEM)


def _wants(claim: Json) -> Iterator[tuple[str, str]]:
    """Yield what a claim requests, in words."""
    yield "access-modes", _text(many(claim, "spec", "accessModes"))
    size = part(claim, "spec", "resources", "requests").get("storage")
    yield "capacity", str(size or 0)
    if labels := part(claim, "spec", "selector", "matchLabels"):
        yield "labels", _pairs(labels)
    yield "mode", _mode(claim)


def _near(claim: Json, volumes: Sequence[Json]) -> tuple[NearVolume, ...]:
    """Return of each set of differences one volume, those with the fewest first."""
    found: dict[tuple[str, ...], NearVolume] = {}
    for volume in sorted(volumes, key=name_of):
        differs = tuple(_differs(claim, volume))
        kinds = tuple(kind for kind, _ in differs)
        found.setdefault(kinds, NearVolume(name=name_of(volume), differs=differs))
    order = sorted(found, key=lambda kinds: (len(kinds), kinds))
    return tuple(found[kinds] for kinds in order[:MOST_NEAR])


def _differs(claim: Json, volume: Json) -> Iterator[tuple[str, str]]:
    """Yield what keeps a volume from a claim, and what the volume has instead."""
    has, wants = part(volume, "spec"), part(claim, "spec")
    modes = many(has, "accessModes")
    if not set(many(wants, "accessModes")) <= set(modes):
        yield "access-modes", _text(modes)
    size = part(has, "capacity").get("storage")
    wanted = number(part(wants, "resources", "requests").get("storage") or 0)
    room = number(size)
    if room is not None and wanted is not None and room < wanted:
        yield "capacity", str(size)
    if _class(volume) != _class(claim):
        yield "class", _class(volume) or "none"
    labels = part(volume, "metadata", "labels")
    if not _selected(part(wants, "selector"), labels):
        yield "labels", _pairs(labels) or "none"
    if _mode(volume) != _mode(claim):
        yield "mode", _mode(volume)
    if (owner := part(has, "claimRef")) and _names(owner) != _names(claim["metadata"]):
        phase = str(part(volume, "status").get("phase") or "Bound")
        place = f"{owner.get('namespace')}/{owner.get('name')}"
        yield "taken", place if phase == "Bound" else f"{place} ({phase})"


def _names(meta: Json) -> tuple[Json, Json]:
    return meta.get("namespace"), meta.get("name")


def _selected(selector: Json, labels: Json) -> bool:
    """Return whether a claim's selector selects a volume; an empty one does."""
    exact = part(selector, "matchLabels").items() <= labels.items()
    others = many(selector, "matchExpressions")
    return exact and all(fits(one, labels) for one in others)


def _text(modes: Iterable[Json]) -> str:
    return ",".join(sorted(map(str, modes))) or "none"


def _pairs(labels: Json) -> str:
    text = ",".join(f"{key}={labels[key]}" for key in sorted(labels))
    return shortened(text, LONGEST)
