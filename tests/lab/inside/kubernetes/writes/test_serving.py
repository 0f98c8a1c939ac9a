"""The writable API over HTTPS, as the official client and plain requests see it."""

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from lab.inside.kubernetes.writes.changes import APPLY, MERGE
from lab.inside.kubernetes.writes.kinds import BUILT_IN, TRAEFIK
from lab.inside.kubernetes.writes.serving import TOKEN
from tests.lab.inside.kubernetes.writes.running import running

MAPS = "/api/v1/namespaces/default/configmaps"


@pytest.fixture
def api(tmp_path: Path) -> Iterator[httpx.Client]:
    """Serve the API; return a client of it."""
    with running(tmp_path, BUILT_IN + TRAEFIK) as (_, kubeconfig):
        (cluster,) = yaml.safe_load(kubeconfig.read_text())["clusters"]
        place = cluster["cluster"]
        tls = ssl.create_default_context(cafile=place["certificate-authority"])
        token = {"Authorization": f"Bearer {TOKEN}"}
        client = httpx.Client(base_url=place["server"], verify=tls, headers=token)
        with client:
            yield client


def config_map(name: str = "a", **data: str) -> dict[str, Any]:
    """Return a ConfigMap."""
    head = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}}
    return head | {"data": data}


def apply(api: httpx.Client, item: dict[str, Any], **query: str) -> httpx.Response:
    """Apply an object, as helm does."""
    path = f"{MAPS}/{item['metadata']['name']}"
    head = {"Content-Type": APPLY}
    content = yaml.safe_dump(item)
    return api.patch(path, content=content, headers=head, params=query)


def test_every_kind_can_be_discovered(api: httpx.Client) -> None:
    """Core group, groups, and what OpenAPI announces for each."""
    assert api.get("/api").json()["versions"] == ["v1"]
    groups = {group["name"] for group in api.get("/apis").json()["groups"]}
    assert {"apps", "rbac.authorization.k8s.io", "traefik.io"} <= groups
    resources = api.get("/apis/traefik.io/v1alpha1").json()["resources"]
    assert [resource["kind"] for resource in resources] == ["IngressRoute"]
    assert "api/v1" in api.get("/openapi/v3").json()["paths"]


def test_an_object_lives_from_create_to_delete(api: httpx.Client) -> None:
    """201, 409, 200, 200, 404; uid and creation time stay."""
    first = api.post(MAPS, json=config_map(x="1"))
    assert first.status_code == 201
    assert api.post(MAPS, json=config_map()).json()["reason"] == "AlreadyExists"
    second = api.put(f"{MAPS}/a", json=config_map(x="2"))
    assert second.status_code == 200
    assert second.json()["data"] == {"x": "2"}
    for name in ("uid", "creationTimestamp"):
        assert first.json()["metadata"][name] == second.json()["metadata"][name]
    assert api.delete(f"{MAPS}/a").json()["status"] == "Success"
    assert api.get(f"{MAPS}/a").status_code == 404
    for missing in (api.delete(f"{MAPS}/a"), api.put(f"{MAPS}/a", json=config_map())):
        assert missing.json()["reason"] == "NotFound"


def test_apply_removes_what_it_applied_before_and_keeps_the_rest(
    api: httpx.Client,
) -> None:
    """A field that was set with a patch belongs to another manager."""
    assert apply(api, config_map(x="1", y="1")).status_code == 201
    patch = {"data": {"z": "3"}, "metadata": {"labels": {"by": "hand"}}}
    head = {"Content-Type": MERGE}
    assert api.patch(f"{MAPS}/a", json=patch, headers=head).status_code == 200
    done = apply(api, config_map(x="2"))
    assert done.json()["data"] == {"x": "2", "z": "3"}
    assert done.json()["metadata"]["labels"] == {"by": "hand"}
    removed = api.patch(f"{MAPS}/a", json={"data": {"z": None}}, headers=head)
    assert removed.json()["data"] == {"x": "2"}


def test_a_dry_run_stores_nothing(api: httpx.Client) -> None:
    """It responds as if it did."""
    assert apply(api, config_map(), dryRun="All").status_code == 201
    assert api.get(f"{MAPS}/a").status_code == 404


def test_what_is_rejected_is_not_stored(api: httpx.Client) -> None:
    """422 with the causes; 404 without the namespace; 415 for other patches."""
    wrong = config_map() | {"dta": {}}
    assert apply(api, wrong).json()["reason"] == "Invalid"
    assert api.get(MAPS).json()["items"] == []
    elsewhere = api.post(MAPS.replace("default", "none"), json=config_map())
    assert elsewhere.json()["message"] == 'namespaces "none" not found'
    head = {"Content-Type": "application/strategic-merge-patch+json"}
    assert api.patch(f"{MAPS}/a", json={}, headers=head).status_code == 415


def test_a_secret_is_stored_encoded(api: httpx.Client) -> None:
    """`stringData` exists only in requests."""
    head = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "k"}}
    path = MAPS.replace("configmaps", "secrets")
    made = api.post(path, json=head | {"stringData": {"key": "value"}}).json()
    assert made["data"] == {"key": "dmFsdWU="}
    assert "stringData" not in made


def test_without_the_token_nothing_is_served(api: httpx.Client) -> None:
    """401, as for the lab's agents."""
    assert api.get(MAPS, headers={"Authorization": "Bearer x"}).status_code == 401
