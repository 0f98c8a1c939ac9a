"""Rules: which objects and changes an API server rejects.

In: an object, and the stored one. Out: a list of causes; empty: accepted.
It does not: know every rule. It has the schemas of the built-in kinds, without unknown
fields, and the rules that an installation or an upgrade of a chart can break: names,
labels, selectors that match nothing, and fields that cannot change.
Source: `k8s.io/kubernetes/pkg/apis/{apps,rbac}/validation`, and the schemas that
`kubernetes-validate` packages.
"""

import re
from typing import Any

import kubernetes_validate
from kubernetes_validate import ValidationError

from lab.inside.kubernetes.store import Item
from lab.inside.kubernetes.writes.kinds import BUILT_IN, Kind

VERSION = "1.34"
SUBDOMAIN = re.compile(r"[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?")
LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-._A-Za-z0-9]{0,61}[A-Za-z0-9])?)?")
LABEL_NAME = re.compile(r"([-.a-z0-9]{1,253}/)?[A-Za-z0-9]([-._A-Za-z0-9]{0,61})?")
ROLES = {"clusterroles", "roles"}
FIXED = {
    "daemonsets": ("spec", "selector"),
    "clusterrolebindings": ("roleRef",),
    "rolebindings": ("roleRef",),
}
"""The field of a kind that no change may alter."""


def problems(kind: Kind, item: Item, stored: Item | None) -> list[str]:
    """Return why an object is rejected."""
    return [
        *_schema(kind, item),
        *_names(kind, item),
        *_selector(kind, item),
        *(_fixed(kind, item, stored) if stored else ()),
    ]


def _schema(kind: Kind, item: Item) -> list[str]:
    if kind not in BUILT_IN:
        return []
    try:
        kubernetes_validate.validate(item, VERSION, strict=True)
    except ValidationError as error:
        return [f"{'.'.join(map(str, error.path))}: {error.message}"]
    return []


def _names(kind: Kind, item: Item) -> list[str]:
    meta = item["metadata"]
    found: list[str] = []
    # A role may have any name; RBAC's own contain colons.
    if kind.resource not in ROLES and not SUBDOMAIN.fullmatch(meta["name"]):
        found.append(f"metadata.name: Invalid value: {meta['name']!r}")
    for where, labels in (
        ("metadata.labels", meta.get("labels") or {}),
        ("spec.template.metadata.labels", _template_labels(item)),
    ):
        found += [
            f"{where}: Invalid value: {name}={value!r}"
            for name, value in labels.items()
            if not (LABEL_NAME.fullmatch(name) and LABEL_VALUE.fullmatch(value))
        ]
    return found


def _template_labels(item: Item) -> dict[str, str]:
    return _at(item, ("spec", "template", "metadata", "labels")) or {}


def _selector(kind: Kind, item: Item) -> list[str]:
    if kind.resource != "daemonsets":
        return []
    wanted = _at(item, ("spec", "selector", "matchLabels")) or {}
    if wanted.items() <= _template_labels(item).items():
        return []
    return ["spec.template.metadata.labels: `selector` does not match template labels"]


def _fixed(kind: Kind, item: Item, stored: Item) -> list[str]:
    place = FIXED.get(kind.resource)
    if place is None or _at(item, place) == _at(stored, place):
        return []
    return [f"{'.'.join(place)}: Invalid value: field is immutable"]


def _at(item: Item | None, place: tuple[str, ...]) -> Any:  # noqa: ANN401 - any field
    """Return a nested field; None if a part of the way is missing."""
    for name in place:
        item = (item or {}).get(name)
    return item
