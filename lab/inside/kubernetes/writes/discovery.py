"""Discovery: the groups, versions and kinds that an API server announces.

In: the kinds. Out: path -> JSON of the discovery documents and of OpenAPI v3.
It does not: describe the fields of a kind. OpenAPI only announces `fieldValidation`, so
that helm and kubectl leave the validation to the server (`rules`).
Source: Kubernetes API concepts, "API discovery"; KEP-2896 (OpenAPI v3).
"""

from collections.abc import Iterable
from typing import Any

from lab.inside.kubernetes.writes.kinds import Kind

VERBS = ["create", "delete", "get", "list", "patch", "update", "watch"]

type Document = dict[str, Any]


def documents(kinds: Iterable[Kind]) -> dict[str, Document]:
    """Return every document by its path."""
    by_group: dict[str, list[Kind]] = {}
    for kind in kinds:
        by_group.setdefault(kind.group, []).append(kind)
    found: dict[str, Document] = {
        "/api": {"kind": "APIVersions", "versions": ["v1"]},
        "/apis": {
            "kind": "APIGroupList",
            "apiVersion": "v1",
            "groups": [_group(g[0]) for g in by_group.values() if g[0].group_name],
        },
        "/openapi/v3": {
            "paths": {
                group: {"serverRelativeURL": f"/openapi/v3/{group}"}
                for group in by_group
            }
        },
    }
    for group, members in by_group.items():
        found[f"/{group}"] = _resources(members)
        found[f"/openapi/v3/{group}"] = _openapi(members)
    return found


def _group(kind: Kind) -> Document:
    version = {"groupVersion": kind.api_version, "version": kind.version}
    return {
        "name": kind.group_name,
        "versions": [version],
        "preferredVersion": version,
    }


def _resources(kinds: list[Kind]) -> Document:
    resources = [
        {
            "name": kind.resource,
            "singularName": kind.name.lower(),
            "namespaced": kind.namespaced,
            "kind": kind.name,
            "verbs": VERBS,
        }
        for kind in kinds
    ]
    head = {"kind": "APIResourceList", "apiVersion": "v1"}
    return head | {"groupVersion": kinds[0].api_version, "resources": resources}


def _openapi(kinds: list[Kind]) -> Document:
    parameters = [
        {"name": name, "in": "query", "schema": {"type": "string"}}
        for name in ("fieldValidation", "dryRun")
    ]
    paths = {
        _path(kind): {
            "patch": {
                "parameters": parameters,
                "x-kubernetes-group-version-kind": _kind(kind),
                "responses": {},
            }
        }
        for kind in kinds
    }
    head = {"openapi": "3.0.0", "info": {"title": "Kubernetes", "version": "lab"}}
    return head | {"paths": paths, "components": {"schemas": {}}}


def _path(kind: Kind) -> str:
    scope = "/namespaces/{namespace}" if kind.namespaced else ""
    return f"/{kind.group}{scope}/{kind.resource}/{{name}}"


def _kind(kind: Kind) -> Document:
    return {"group": kind.group_name, "version": kind.version, "kind": kind.name}
