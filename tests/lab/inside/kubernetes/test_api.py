"""The Kubernetes API as the official client reads it."""

import json

import pytest

from lab.facts import agent_token
from lab.inside.kubernetes.accounts import NOBODY_TOKEN
from tests.lab.conftest import Up

pytestmark = pytest.mark.lab

HEAD = """
import json
from kubernetes import client, config, watch
config.load_kube_config(f"{FOLDER}/kubeconfig-worker-01")
core, slices = client.CoreV1Api(), client.DiscoveryV1Api()
"""
READ = """
pods = core.list_namespaced_pod("keybuzz", label_selector="app=keybuzz-api").items
ingress = core.list_pod_for_all_namespaces(field_selector="spec.nodeName=worker-01",
    label_selector="app.kubernetes.io/name=ingress-nginx").items
log = core.read_namespaced_pod_log(ingress[0].metadata.name, "ingress-nginx",
    tail_lines=1, timestamps=True, since_seconds=600)
names, token = [], None
while True:
    page = core.list_node(limit=2, _continue=token)
    names += [n.metadata.name for n in page.items]
    token = page.metadata._continue
    if not token:
        break
found = slices.list_namespaced_endpoint_slice("keybuzz").items
counts = [len(s.endpoints or []) for s in found]
found = client.AppsV1Api().list_daemon_set_for_all_namespaces().items
sets = [d.status.number_ready for d in found]
found = client.NetworkingV1Api().list_ingress_for_all_namespaces().items
hosts = [i.spec.rules[0].host for i in found]
host = pods[0].spec.host_network
print(json.dumps([len(pods), host, log, names, counts, sets, hosts]))
"""
REFUSED = """
def failure(call):
    try:
        call()
    except client.ApiException as error:
        body = json.loads(error.body or "{}")
        return [error.status, body.get("message", error.reason)]
def with_token(token):
    settings = client.Configuration(host=client.ApiClient().configuration.host)
    settings.api_key = {"authorization": "Bearer " + token}
    return client.CoreV1Api(client.ApiClient(settings))
def old():
    pods = core.list_pod_for_all_namespaces
    for _ in watch.Watch().stream(pods, resource_version="7"):
        pass
print(json.dumps([
    failure(with_token("lab-unknown").list_node),
    failure(with_token("lab-nobody").list_pod_for_all_namespaces),
    failure(lambda: core.read_namespaced_service("none", "keybuzz")),
    failure(old),
]))
"""
CLASSES = """
networking = client.NetworkingV1Api()
names = [c.metadata.name for c in networking.list_ingress_class().items]
for event in watch.Watch().stream(networking.list_ingress_class, timeout_seconds=60):
    print(json.dumps([names, [event["type"], event["object"].metadata.name]]))
    break
"""
WATCHED = """
import sys
from lab.world.control import send_command
from pathlib import Path
version = slices.list_namespaced_endpoint_slice("keybuzz").metadata.resource_version
send_command(Path(FOLDER), "inject", "service-without-endpoints")
for event in watch.Watch().stream(slices.list_namespaced_endpoint_slice, "keybuzz",
        resource_version=version, timeout_seconds=60):
    item = event["object"]
    if not item.endpoints:
        print(json.dumps([event["type"], item.metadata.annotations]))
        break
"""


def test_lists_selectors_pages_and_logs(up: Up) -> None:
    """The official client reads all that an agent needs."""
    asked = up.get("http://10.42.1.10/", "-H", "Host: platform-api.keybuzz.io")
    assert asked.code == 200
    pods, host, log, names, counts, sets, hosts = json.loads(up.python(HEAD + READ))
    assert (pods, host) == (5, True)
    assert log[10] == "T"
    assert names == [n.name for n in up.case.nodes]
    assert counts == [5, 5]
    assert sets == [5, 5, 5]
    assert set(hosts) == {a.host for a in up.case.apps}


def test_errors_have_the_recorded_wording(up: Up) -> None:
    """401, 403, 404 and 410 have the real server's status and message."""
    unknown, nobody, none, old = json.loads(up.python(HEAD + REFUSED))
    assert unknown == [401, "Unauthorized"]
    assert nobody[0] == 403
    assert (
        'cannot list resource "pods" in API group "" at the cluster scope' in nobody[1]
    )
    assert none == [404, 'services "none" not found']
    assert old[0] == 410


def test_gateway_api_is_404_with_access_rights_and_403_without(up: Up) -> None:
    """The 404 is plain text, as for every path that is not served."""
    places = up.case.addresses
    url = (
        f"http://{places.kubernetes}:6443/apis/gateway.networking.k8s.io/v1/httproutes"
    )
    known, nobody = (
        up.get(url, "-H", f"Authorization: Bearer {word}")
        for word in (agent_token(up.case.nodes[0]), NOBODY_TOKEN)
    )
    assert (known.code, known.body) == (404, "404 page not found\n")
    assert known.headers["Content-Type"].startswith("text/plain")
    assert nobody.code == 403
    assert 'in API group \\"gateway.networking.k8s.io\\"' in nobody.body


def test_ingress_classes_are_listed_and_watched(up: Up) -> None:
    """The case's class is in a list, and is the first event of a watch."""
    names, watched = json.loads(up.python(HEAD + CLASSES))
    assert names == [watched[1]] == ["nginx"]
    assert watched[0] == "ADDED"


def test_a_watch_reports_that_endpoints_are_gone(well: Up) -> None:
    """An empty Service's slice has no endpoints, and the time of the change."""
    kind, annotations = json.loads(well.python(HEAD + WATCHED))
    assert kind == "MODIFIED"
    assert "endpoints.kubernetes.io/last-change-trigger-time" in annotations
