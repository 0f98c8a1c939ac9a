"""The faults behind the balancer: the users' responses, and those inside."""

import time

import pytest

from tests.lab.conftest import Answer, Up
from tests.lab.seen import by_ingress, hangs, kubernetes

pytestmark = pytest.mark.lab
MARK = "feedfeedfeedfeedfeedfeedfeed{:04d}"


def ask_marked(up: Up, number: int) -> tuple[Answer, str]:
    """Request the api from the internet; return the response and its log line.

    nginx writes the line when it is done, which may be after the response.
    """
    mark = MARK.format(number)
    app = up.case.app("api")
    answer = up.get(f"https://{app.host}/", "-H", f"X-Request-ID: {mark}")
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        logs = [path.read_text() for path in up.folder.glob("ingress-worker-*.log")]
        lines = [x for text in logs for x in text.splitlines() if x.endswith(mark)]
        if lines:
            return answer, lines[0]
    pytest.fail(f"no log line of {mark}, answered {answer}")


def ask_until(up: Up, code: int, start: int) -> str:
    """Request until the response has this status, and return its log line."""
    for number in range(start, start + 60):
        answer, line = ask_marked(up, number)
        if answer.code == code:
            return line
    pytest.fail(f"no {code} in 60 requests")


INGRESS = "apis/networking.k8s.io/v1/namespaces/keybuzz/ingresses/keybuzz-api"
DAEMONSET = "apis/apps/v1/namespaces/ingress-nginx/daemonsets/ingress-nginx-controller"


def test_a_typo_in_the_host_is_the_default_backends_404(well: Up) -> None:
    """Bare nginx's 404 outside and inside; the log names the default backend."""
    well.inject("ingress-does-not-know-host")
    answer, line = ask_marked(well, 1)
    assert answer.code == 404
    assert "<hr><center>nginx</center>" in answer.body
    assert "[upstream-default-backend] [] 127.0.0.1:8181 146" in line
    assert by_ingress(well, 0) == 404
    rule = kubernetes(well, INGRESS)["spec"]["rules"][0]
    assert rule["host"] == "lpatform-api.keybuzz.io"
    assert well.public("front").code == 200


def test_a_redirect_to_https_behind_a_balancer_that_ends_tls_is_a_loop(
    well: Up,
) -> None:
    """The ingress redirects to the requested URL and uses no pod."""
    well.inject("redirect-loop")
    answer, line = ask_marked(well, 4)
    assert answer.code == 308
    assert "[keybuzz-keybuzz-api-80] [] - - - - " in line
    assert well.public("front").code == 200


def test_a_whitelist_rejects_users_and_accepts_the_inside(well: Up) -> None:
    """The ingress's 403 without an upstream; the Ingress has the reason; 200 inside."""
    well.inject("ingress-rejects-request")
    answer, line = ask_marked(well, 2)
    assert answer.code == 403
    assert "[keybuzz-keybuzz-api-80] [] - - - -" in line
    assert by_ingress(well, 0) == 200
    annotations = kubernetes(well, INGRESS)["metadata"]["annotations"]
    assert (
        annotations["nginx.ingress.kubernetes.io/whitelist-source-range"]
        == "10.0.0.0/8"
    )


def test_background_load_uses_up_the_limit(well: Up) -> None:
    """Some request gets the ingress's 503 without an upstream; 200 inside."""
    well.inject("ingress-rejects-request-limit")
    assert "[keybuzz-keybuzz-api-80] [] - - - -" in ask_until(well, 503, 100)
    assert by_ingress(well, 0) == 200


def test_one_replica_keeps_an_old_configuration(well: Up) -> None:
    """Some requests get a 404; only one ingress pod returns it."""
    well.inject("ingress-replica-out-of-step")
    assert "[upstream-default-backend]" in ask_until(well, 404, 300)
    assert "[keybuzz-keybuzz-api-80]" in ask_until(well, 200, 400)
    pods = [by_ingress(well, 0, str(node.pod_address)) for node in well.case.nodes]
    assert pods == [200, 404, 200, 200, 200]


def test_hanging_pods_are_the_ingress_504(well: Up) -> None:
    """The log has three read timeouts; the pods' health check passes."""
    well.inject("pod-too-slow")
    answer, line = ask_marked(well, 3)
    assert answer.code == 504
    assert "<center>nginx</center>" in answer.body
    assert "0, 0, 0 1.0" in line
    assert "504, 504, 504" in line
    assert well.get("http://10.0.0.110:8080/health").code == 200


def test_without_ingress_pods_the_nodeport_refuses(well: Up) -> None:
    """HAProxy's page outside, refused inside; the DaemonSet wants no pod."""
    well.inject("ingress-without-endpoints")
    api = well.public("api")
    assert (api.code, api.headers["content-length"]) == (503, "107")
    place = f"10.0.0.110:{well.case.ingress.http_node_port}"
    refused = well.run("curl", "-so", "/dev/null", "-w", "%{errormsg}", place)
    assert "Couldn't connect" in refused
    assert well.get("http://10.0.0.110:8080/").code == 200
    state = kubernetes(well, DAEMONSET)["status"]
    assert state["desiredNumberScheduled"] == state["numberReady"] == 0


def test_a_broken_overlay_leaves_only_the_own_nodes_pod(well: Up) -> None:
    """A node reaches its own pod, others time out; the ingress returns 504."""
    well.inject("overlay-between-nodes-broken")
    assert well.get("http://10.0.0.110:8080/", "--interface", "10.0.0.110").code == 200
    assert hangs(well, "10.0.0.110", "10.0.0.111:8080")
    line = ask_until(well, 504, 200)
    assert "0, 0 1.00" in line
    assert "504, 504" in line


def test_slow_pods_answer_well_and_late(well: Up) -> None:
    """The look-alike's one slow pod takes its second, the others none."""
    well.inject("look-alike:slow-node")
    took = ("curl", "-so", "/dev/null", "-w", "%{http_code} %{time_total}")
    slow = well.run(*took, "http://10.0.0.111:8080/").split()
    quick = well.run(*took, "http://10.0.0.110:8080/").split()
    assert (slow[0], quick[0]) == ("200", "200")
    assert float(slow[1]) >= 1


def test_an_ingress_that_expects_a_proxy_line_shows_it(well: Up) -> None:
    """A pod rejects requests without the line; the ConfigMap shows the setting."""
    well.inject("proxy-protocol-mismatch-at-ingress")
    pod = str(well.case.nodes[0].pod_address)
    assert by_ingress(well, 0, pod) == 0
    host = f"Host: {well.case.app('api').host}"
    assert well.get(f"http://{pod}/", "--haproxy-protocol", "-H", host).code == 200
    path = "api/v1/namespaces/ingress-nginx/configmaps/ingress-nginx-controller"
    assert kubernetes(well, path)["data"]["use-proxy-protocol"] == "true"


@pytest.mark.parametrize(
    "look_alike",
    ["cached-page", "one-pod-not-ready", "one-target-unhealthy", "scanner"],
)
def test_a_look_alike_harms_nobody(well: Up, look_alike: str) -> None:
    """Every host answers 200 beside it, again and again."""
    well.inject(f"look-alike:{look_alike}")
    codes = {well.public(role).code for role in ("api", "front") for _ in range(6)}
    assert codes == {200}


def test_two_faults_and_a_look_alike_at_once(well: Up) -> None:
    """Each shows where it hits: CDN's stored error, the other app's empty Service."""
    well.inject("cache-replays-error+service-without-endpoints+look-alike:scanner")
    front, api = well.public("front"), well.public("api")
    assert len(front.headers["X-Varnish"].split()) == 2
    assert (front.code, api.code) == (503, 503)
    assert api.headers["content-length"] == "190"
