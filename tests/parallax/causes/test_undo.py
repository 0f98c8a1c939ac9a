"""Specification of the way back: each command that changes something has one.

A command is read twice: as the steps of every scenario and recording have it, and as
the code of causes and advice writes it, for the steps that no scenario reaches.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from parallax.causes.undo import RESTORE, add_again, after_saving, old_check
from parallax.cli.saved_snapshot import read_snapshot
from parallax.diagnose.judge import judge
from parallax.model.balancer import BalancerTarget, HealthCheckHttp
from parallax.model.judgement import NextStep
from parallax.model.snapshot import Snapshot
from tests.parallax import scenarios as s
from tests.parallax.causes.test_keeper import labeled, owned

ROOT = Path(__file__).parents[3]
CODE = sorted((ROOT / "layers/parallax/parallax").glob("*/*.py"))
SAVED = [
    *sorted((ROOT / "events/diagnose").glob("*.json")),
    *sorted((ROOT / "tests/reported/verdicts").glob("*.json")),
]
CHANGES = re.compile(
    r"kubectl\b[^|;&]* (annotate|apply|cordon|create|delete|drain|edit|label|patch"
    r"|replace|rollout|scale|set|taint)\b"
    r"|hcloud [a-z-]+ (add|attach|change|create|delete|detach|disable|enable|poweroff"
    r"|reboot|remove|reset|set|update)\b"
    r"|\bufw (route )?(prepend|insert|allow|deny|reject|delete)\b"
    r"|\b(ip|nft|iptables)\b[^|;&]* (-A|-I|-D|-F|add|del|flush|replace)\b"
    r"|\bsysctl -w\b"
    r"|\bsystemctl (restart|start|stop|reload)\b"
    r"|\bcurl\b[^|;&]* -X ?(POST|PUT|PATCH|DELETE|PURGE)\b"
)


def changes(command: str | None) -> bool:
    """Say whether a command changes something."""
    return bool(command and CHANGES.search(command))


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("kubectl -n a annotate service b --overwrite c=d", True),
        ("kubectl -n a get service b -o yaml", False),
        ("kubectl describe ingress -A | grep -A 9 set", False),
        ("hcloud load-balancer update-service lb --listen-port 443", True),
        ("hcloud load-balancer describe lb", False),
        ("sudo ufw status numbered", False),
        ("sudo ufw route prepend allow proto tcp", True),
        ("curl -sS -X POST https://api.example/", True),
        ("sudo nft list ruleset", False),
        ("sudo sysctl -w a.b=1", True),
        ("sysctl a.b", False),
        ("ip -brief address | grep x", False),
    ],
)
def test_a_changing_command_is_recognized(command: str, *, expected: bool) -> None:
    """Verbs that only read change nothing."""
    assert changes(command) is expected


def steps(snapshot: Snapshot) -> Iterator[NextStep]:
    """Yield all steps of a judgement, those of its advice too."""
    judgement = judge(snapshot)
    yield from judgement.next_steps
    for one in judgement.advice:
        yield from one.next_steps


def check(snapshot: Snapshot) -> None:
    """Check that each changing command has a way back, and no other has one."""
    for step in steps(snapshot):
        has_way = bool(step.undo or step.undo_note)
        assert has_way is changes(step.command), step
        assert step.undo is None or step.undo_note is None, step
        assert step.undo is None or changes(step.undo), step


@pytest.mark.parametrize("cause", s.FAULTS)
def test_each_step_of_a_cause_has_its_way_back(cause: str) -> None:
    """Also if the cloud controller keeps the balancer, by a read Service or not."""
    x = s.FAULTS[cause]()
    check(x)
    if x.balancer and x.balancer.load_balancer:
        check(labeled(x))
        check(owned(labeled(x), health_check_port="30081"))


@pytest.mark.parametrize("path", SAVED, ids=lambda path: path.stem)
def test_each_step_of_a_saved_case_has_its_way_back(path: Path) -> None:
    """The recordings and the reported cases."""
    check(read_snapshot(str(path)))


def test_the_way_back_has_the_values_of_before() -> None:
    """Port 30081 was wrong, but it was there."""
    first = judge(s.wrong_port()).next_steps[0]
    assert first.undo == (
        "hcloud load-balancer update-service keybuzz-lb --listen-port 443"
        " --health-check-port 30081"
    )


def test_the_way_back_of_an_annotation_has_its_old_value() -> None:
    """A new one is removed; if nothing has read them, the command saves them first."""
    x = labeled(s.wrong_port())
    first = judge(owned(x, health_check_port="30081")).next_steps[0]
    assert first.undo
    assert first.undo.endswith(
        " --overwrite load-balancer.hetzner.cloud/health-check-protocol-"
        " load-balancer.hetzner.cloud/health-check-port=30081"
    )
    unread = judge(x).next_steps[0]
    assert (unread.undo, unread.undo_note) == (RESTORE, None)
    saved, _, changed = (unread.command or "").partition(" > before.yaml && ")
    assert '; do kubectl -n "$space" get service "$name" -o yaml | ' in saved
    assert changed.startswith('kubectl -n "$space" annotate service "$name" ')


def test_what_nobody_has_read_is_saved_before_the_change() -> None:
    """Without its version, with which the API would refuse to restore it."""
    assert after_saving("kubectl -n a", "ingress b", "edit ingress b") == (
        "kubectl -n a get ingress b -o yaml | grep -v '^ *resourceVersion:'"
        " > before.yaml && kubectl -n a edit ingress b"
    )


@pytest.mark.parametrize("cause", s.FAULTS)
def test_the_way_back_never_asks_for_what_had_to_be_done_before(cause: str) -> None:
    """Who reads it has already run the command; nothing is left out with `…`."""
    for step in steps(s.FAULTS[cause]()):
        note = step.undo_note or ""
        assert not re.search(r"\b(first|before the change)\b|…", note), step
        if step.undo == RESTORE:
            assert " > before.yaml && " in (step.command or ""), step


def literals(path: Path) -> Iterator[tuple[str, set[str]]]:
    """Yield the constant text of each step's command, and the step's arguments."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id not in {"NextStep", "by_controller", "_step"}:
            continue
        given = {word.arg: word.value for word in node.keywords if word.arg}
        if "command" in given:
            parts = (
                part.value if isinstance(part, ast.Constant) else "X"
                for part in ast.walk(given["command"])
                if isinstance(part, ast.Constant | ast.FormattedValue)
            )
            yield "".join(map(str, parts)), set(given)


def test_each_changing_command_in_the_code_has_a_way_back() -> None:
    """Also those that no scenario reaches."""
    found = [
        (path.name, command, given)
        for path in CODE
        for command, given in literals(path)
        if changes(command)
    ]
    assert len(found) > 20
    assert [one for one in found if not one[2] & {"undo", "undo_note"}] == []


@pytest.mark.parametrize(
    ("domain", "restored"), [("a.example", "a.example"), (None, "''")]
)
def test_the_domain_of_a_health_check_is_restored(
    domain: str | None, restored: str
) -> None:
    """Without one before, it is emptied again; a TCP check has none."""
    reading = s.balancer()
    assert reading.load_balancer is not None
    lb = reading.load_balancer
    service = lb.services[0]
    http = HealthCheckHttp(path="/a b", domain=domain)
    check = replace(service.health_check, protocol="http", port=80, http=http)
    service = replace(service, health_check=check)
    common = (
        f"hcloud load-balancer update-service {lb.name}"
        f" --listen-port {service.listen_port} --health-check-protocol http"
        " --health-check-port 80 --health-check-http-path '/a b'"
    )
    assert old_check(lb, service, domain=False) == common
    restore = f"{common} --health-check-http-domain {restored}"
    assert old_check(lb, service, domain=True) == restore


@pytest.mark.parametrize(
    ("target", "added"),
    [
        (BalancerTarget(type="ip", ip="10.0.0.9"), "--ip 10.0.0.9"),
        (
            BalancerTarget(type="server", server_name="w 1", use_private_ip=True),
            "--server 'w 1' --use-private-ip",
        ),
    ],
)
def test_a_target_is_added_again_as_it_was(target: BalancerTarget, added: str) -> None:
    """By its address or by its server's name, in the same network."""
    lb = s.balancer().load_balancer
    assert lb is not None
    again = f"hcloud load-balancer add-target {lb.name} {added}"
    assert add_again(lb, target) == again
