"""`parallax-agent explain HOST`: what it prints, and its exit codes."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from parallax_agent import command
from parallax_agent.explain.explanation import as_json, as_text
from tests.agent.kubernetes_api import KubernetesServer
from tests.agent.route.test_discovery import TRAEFIK, shelf
from tests.agent.shapes import explained, ingress
from tests.parallax.hostile import POISON, is_safe, poisoned

TARGETS = """\
targets:
  - name: platform-api
    url: https://platform-api.keybuzz.io/
    reached:
      cluster: keybuzz
      namespace: keybuzz
      service: keybuzz-front
"""


def test_every_hop_is_explained() -> None:
    """Each hop, what it is, why it was chosen, and the probes of the agent."""
    assert list(as_text(explained(shelf(TRAEFIK)))) == [
        "shop.example/cart",
        "ok route    Ingress shop/web",
        "            host shop.example, path / (Prefix)",
        "            TLS is terminated here",
        "ok class    IngressClass traefik: Traefik (traefik.io/ingress-controller)",
        "            no class named; this is the default class",
        "ok ingress  Service kube-system/traefik, LoadBalancer",
        "            has the labels of Traefik",
        "            port 443, NodePort 31443, https",
        "            pods: 0 of 0 ready",
        "ok service  Service shop/web, ClusterIP",
        "            named by Ingress shop/web",
        "            port 80 (http), target port http",
        "ok pods     2 of 2 ready on one, two",
        "ok nodes    2 of 2 ready",
        (
            "ok probes   from one, per cycle: 2 pod, 1 service, 1 ingress, "
            "1 ingress-other"
        ),
    ]


def test_only_the_marks_are_colored() -> None:
    """Colors are off by default."""
    plain, colored = (
        as_text(explained(shelf(TRAEFIK))),
        as_text(explained(shelf(TRAEFIK)), colors=True),
    )
    bare = [line.replace("\x1b[32m", "").replace("\x1b[0m", "") for line in colored]
    assert bare == list(plain)


@pytest.mark.parametrize("colors", [False, True])
def test_no_name_of_the_cluster_controls_a_terminal(*, colors: bool) -> None:
    """An Ingress must not be able to control an operator's terminal."""
    explanation = poisoned(replace(explained(shelf(TRAEFIK)), problems=("a",)))
    steps = tuple(
        replace(step, state=state.state)
        for step, state in zip(
            explanation.steps, explained(shelf(TRAEFIK)).steps, strict=True
        )
    )
    explanation = replace(explanation, steps=steps)
    text = "\n".join(as_text(explanation, colors=colors))
    assert "INJECTED" in text
    assert is_safe(text.replace("\x1b[32m", "").replace("\x1b[0m", ""))
    assert is_safe(as_json(explanation))
    assert json.loads(as_json(explanation))["host"] == explanation.host


def test_a_host_without_a_route() -> None:
    """The explanation lists the hosts that have a route, and a solution."""
    found = explained(
        shelf(TRAEFIK, ingresses=[ingress("shopp.example"), ingress("a.example")])
    )
    lines = "\n".join(as_text(found))
    assert not found.found
    assert "-- route    no Ingress or HTTPRoute matches shop.example" in lines
    assert "hosts that have a route: a.example" in lines
    assert "ok ingress  Service kube-system/traefik" in lines
    assert "Not found:\n- no Service is known for shop.example" in lines


def call(
    server: KubernetesServer, folder: Path, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    file = server.kubeconfig(folder)
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "parallax_agent", "explain", *arguments],
        env={"PATH": os.environ["PATH"], "KUBECONFIG": str(file), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_the_recorded_cluster(kubernetes_api: KubernetesServer, tmp_path: Path) -> None:
    """A real API's objects are explained as JSON, without configured names."""
    done = call(kubernetes_api, tmp_path, "platform-api.keybuzz.io", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert (found["found"], found["problems"]) == (True, [])
    what = {step["hop"]: step["what"] for step in found["steps"]}
    assert what == {
        "route": "Ingress keybuzz/keybuzz-api",
        "class": "IngressClass nginx: ingress-nginx (k8s.io/ingress-nginx)",
        "ingress": "Service ingress-nginx/ingress-nginx-controller, NodePort",
        "service": "Service keybuzz/keybuzz-api, NodePort",
        "pods": (
            "5 of 5 ready on worker-01, worker-02, worker-03, worker-04, worker-05"
        ),
        "nodes": "5 of 5 ready",
    }


def test_the_targets_file_is_used_and_compared(
    kubernetes_api: KubernetesServer, tmp_path: Path
) -> None:
    """The target's names are used, and contradictions are reported."""
    file = tmp_path / "targets.yaml"
    file.write_text(TARGETS)
    arguments = ("https://platform-api.keybuzz.io./health", "--node", "worker-01")
    done = call(kubernetes_api, tmp_path, *arguments, PARALLAX_TARGETS=str(file))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("platform-api.keybuzz.io/health\n")
    assert "Service keybuzz/keybuzz-front, NodePort" in done.stdout
    assert "from worker-01, per cycle: 5 pod" in done.stdout
    assert "Problems:\n- the target names Service keybuzz/keybuzz-front, but" in (
        done.stdout
    )


def test_not_found(kubernetes_api: KubernetesServer, tmp_path: Path) -> None:
    """Exit code 1: no Ingress for the host, or none in this namespace."""
    missing = call(kubernetes_api, tmp_path, "nobody.keybuzz.io")
    assert (missing.returncode, missing.stderr) == (1, "")
    hidden = ("platform-api.keybuzz.io", "--namespace", "default")
    assert call(kubernetes_api, tmp_path, *hidden).returncode == 1


def test_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2 and one line with the error; no API request."""
    for arguments in (("two words",), ("a.example", "--path", "x")):
        assert command.main(["explain", *arguments]) == 2
        assert "parallax-agent explain: " in capsys.readouterr().err
    for arguments in (("--what",), ()):
        with pytest.raises(SystemExit) as ended:
            command.main(["explain", *arguments])
        assert ended.value.code == 2


@pytest.mark.parametrize(
    "url",
    [
        "https://user:s3cret@a.example/",
        "user:s3cret@a.example",
        "https://user:s3cret@a$b/",
        "https://user%3As3cret%40a.example/",
    ],
)
def test_a_password_is_rejected_and_not_repeated(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a host with the real reason, elsewhere as wrong use."""
    assert command.main(["explain", url]) == 2
    assert "user name and password in a URL" in (explanation := capsys.readouterr().err)
    assert "s3cret" not in explanation
    for arguments in (
        [url],
        ["explain", "a.example", url],
        ["explain", "a.example", f"--{url}"],
    ):
        with pytest.raises(SystemExit) as ended:
            command.main(arguments)
        assert ended.value.code == 2
        assert "s3cret" not in capsys.readouterr().err
    assert command.main(["explain", "a.example", "--path", url]) == 2
    assert "s3cret" not in capsys.readouterr().err


def test_an_error_controls_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """The error repeats what was typed or pasted."""
    evil = POISON.replace("\n", "").replace("\r", "")
    assert command.main(["explain", f"a {evil}"]) == 2
    with pytest.raises(SystemExit):
        command.main([evil])
    assert is_safe(capsys.readouterr().err)


@pytest.mark.parametrize(
    ("stdout", "code"), [("closed", 0), ("unread", 0), ("full", 3), ("ASCII", 0)]
)
def test_a_stdout_error_is_not_a_missing_host(
    kubernetes_api: KubernetesServer, tmp_path: Path, stdout: str, code: int
) -> None:
    """The exit code stays 0; a full disk has its own exit code."""
    ends = {
        "closed": ">&-",
        "unread": "| true; exit ${PIPESTATUS[0]}",
        "full": ">/dev/full",
        "ASCII": "",
    }
    words = [sys.executable, "-m", "parallax_agent", "explain"]
    done = subprocess.run(  # noqa: S603 - our own program
        [
            "/bin/bash",
            "-c",
            f'"$0" "$@" {ends[stdout]}',
            *words,
            "platform-api.keybuzz.io",
        ],
        env={
            "PATH": os.environ["PATH"],
            "KUBECONFIG": str(kubernetes_api.kubeconfig(tmp_path)),
            "PYTHONIOENCODING": "ascii",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == code, done.stderr
    assert (done.stderr == "") is (code == 0)
    assert "Traceback" not in done.stderr


def test_missing_files_are_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a kubeconfig and of a targets file."""
    monkeypatch.delenv("PARALLAX_TARGETS", raising=False)
    gone = str(tmp_path / "gone")
    for option in ("--kubeconfig", "--targets"):
        assert command.main(["explain", "a.example", option, gone]) == 2
        assert "gone" in capsys.readouterr().err


def test_an_unavailable_api(kubernetes_api: KubernetesServer, tmp_path: Path) -> None:
    """Nothing is found, and the problems say that nothing could be read."""
    kubernetes_api.stop()
    done = call(kubernetes_api, tmp_path, "platform-api.keybuzz.io")
    assert (done.returncode, done.stderr) == (1, "")
    assert "?? route    Ingresses could not be read" in done.stdout
    assert "Connection refused" in done.stdout


def test_without_a_command_the_agent_runs() -> None:
    """The container starts the agent without arguments."""
    assert command.main([]) is None
