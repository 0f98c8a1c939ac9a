"""The faults behind the balancer: what users see, and what the inside says of it."""

import time

import pytest

from tests.lab.conftest import Answer, Up
from tests.lab.seen import by_ingress, hangs, kubernetes

pytestmark = pytest.mark.lab
MARK = "feedfeedfeedfeedfeedfeedfeed{:04d}"


def ask_marked(up: Up, number: int) -> tuple[Answer, str]:
    """Ask the api from the internet by a request id; return answer and log line.

    nginx writes the line when it is done, which may be after its answer has come.
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
    """Ask until the answer is a code, and return its log line: some requests fail."""
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


def test_a_whitelist_turns_users_away_and_lets_the_inside_in(well: Up) -> None:
    """403 of the ingress without an upstream; the Ingress says why; inside is 200."""
    well.inject("ingress-rejects-request")
    answer, line = ask_marked(well, 2)
    assert answer.code == 403
    assert "[keybuzz-keybuzz-api-80] [] - - - -" in line
    assert by_ingress(well, 0) == 200
    told = kubernetes(well, INGRESS)["metadata"]["annotations"]
    assert told["nginx.ingress.kubernetes.io/whitelist-source-range"] == "10.0.0.0/8"


def test_a_crowd_uses_up_the_limit(well: Up) -> None:
    """Some request gets the ingress's 503 without an upstream; inside is 200."""
    well.inject("ingress-rejects-request-limit")
    assert "[keybuzz-keybuzz-api-80] [] - - - -" in ask_until(well, 503, 100)
    assert by_ingress(well, 0) == 200


def test_one_replica_keeps_an_old_configuration(well: Up) -> None:
    """Some requests get a 404 and others not; one ingress pod alone gives it."""
    well.inject("ingress-replica-out-of-step")
    assert "[upstream-default-backend]" in ask_until(well, 404, 300)
    assert "[keybuzz-keybuzz-api-80]" in ask_until(well, 200, 400)
    pods = [by_ingress(well, 0, str(node.pod_address)) for node in well.case.nodes]
    assert pods == [200, 404, 200, 200, 200]


def test_hanging_pods_are_the_ingress_504(well: Up) -> None:
    """Three read timeouts in the log, and the pods' health is still green."""
    well.inject("pod-too-slow")
    answer, line = ask_marked(well, 3)
    assert answer.code == 504
    assert "<center>nginx</center>" in answer.body
    assert "0, 0, 0 1.0" in line
    assert "504, 504, 504" in line
    assert well.get("http://10.0.0.110:8080/health").code == 200


def test_without_ingress_pods_the_nodeport_refuses(well: Up) -> None:
    """HAProxy's page outside; refused inside; no pod is wanted on any node."""
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
    """From a node its own pod answers and others hang; the ingress says 504."""
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


def test_an_ingress_that_wants_a_proxy_line_says_so(well: Up) -> None:
    """A pod refuses what comes without the line, answers with it; ConfigMap tells."""
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
