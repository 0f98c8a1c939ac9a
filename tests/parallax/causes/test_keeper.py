"""Specification of the keeper: `parallax.causes.keeper`, over all its causes."""

import re
from dataclasses import replace

import pytest

from faults import TABLE
from parallax.causes import CAUSES
from parallax.causes.keeper import TYPE, keeper
from parallax.diagnose.judge import ask, judge
from parallax.evidence.scene import Scene
from parallax.model.cluster import ClusterReading
from parallax.model.judgement import Class, NextStep
from parallax.model.snapshot import Snapshot
from tests.parallax import edge as e
from tests.parallax import scenarios as s

UID = "5b0f9d3c-1c1e-4f0a-9d55-6e1f9f0d2a11"
PREFIX = "load-balancer.hetzner.cloud/"
CHANGES = ("update-service", "add-", "remove-target", "attach", "update_service")
"""Verbs of the hcloud CLI and the API that the cloud controller undoes."""
BY_BALANCER = [
    row.cause
    for row in TABLE
    if row.class_ is Class.LOAD_BALANCER and row.cause in s.FAULTS
]


def labeled(snapshot: Snapshot, uid: str | None = UID) -> Snapshot:
    """Return the snapshot with the cloud controller's label on its load balancer."""
    assert snapshot.balancer
    return replace(snapshot, balancer=e.changed(snapshot.balancer, service_uid=uid))


def owned(snapshot: Snapshot, uid: str | None = UID, **annotations: str) -> Snapshot:
    """Return the snapshot with an ingress Service that the controller serves."""

    def changed(reading: ClusterReading | None) -> ClusterReading | None:
        if reading is None or reading.ingress_service is None:
            return reading
        given = {PREFIX + k.replace("_", "-"): v for k, v in annotations.items()}
        service = replace(
            reading.ingress_service,
            type=TYPE,
            uid=uid,
            balancer_annotations=tuple(sorted(given.items())),
        )
        return replace(reading, ingress_service=service)

    reports = tuple(replace(r, reading=changed(r.reading)) for r in snapshot.reports)
    return replace(snapshot, reports=reports)


def steps(snapshot: Snapshot) -> tuple[NextStep, ...]:
    """Return the next steps of the judgement and of its advice."""
    judgement = judge(snapshot)
    advised = [step for a in judgement.advice for step in a.next_steps]
    return (*judgement.next_steps, *advised)


def is_undone(step: NextStep) -> bool:
    """Return whether the cloud controller undoes what a step's command changes."""
    command = step.command or ""
    by_hetzner = "hcloud load-balancer" in command or "api.hetzner.cloud" in command
    return by_hetzner and any(verb in command for verb in CHANGES)


@pytest.mark.parametrize("cause", BY_BALANCER)
def test_no_command_is_one_that_the_controller_undoes(cause: str) -> None:
    """With the label, each step of each cause and of the advice lasts."""
    x = s.FAULTS[cause]()
    for kept in (labeled(x), owned(labeled(x))):
        assert judge(kept).cause == judge(x).cause
        assert not any(map(is_undone, steps(kept)))
        commands = " ".join(step.command or "" for step in steps(kept))
        assert not {"{space}", "{name}", "None"} & {*re.split(r"[ \"'=/]", commands)}


def test_a_check_at_the_policy_s_port_lasts_with_its_path() -> None:
    """All settings are annotations of the Service then."""
    x = s.FAULTS["nodeport-dropped-by-local-traffic-policy"]()
    check = judge(owned(labeled(x))).next_steps[0]
    for setting in ("protocol=http", "http-path=/healthz"):
        assert f"{PREFIX}health-check-{setting}" in (check.command or "")


@pytest.mark.parametrize("cause", BY_BALANCER)
def test_without_the_label_the_commands_stay(cause: str) -> None:
    """A balancer that nobody keeps is changed with the CLI, also if it was read so."""
    x = s.FAULTS[cause]()
    commands = [step.command for step in steps(x)]
    known = [step.command for step in steps(labeled(x, ""))]
    assert known == [c for c in commands if c in known]
    # One cause has a step that reads the label first.
    assert known[0] in commands[:2]
    assert steps(labeled(x, None)) == steps(x)


def test_the_annotation_is_set_and_the_reason_is_given() -> None:
    """The Service's name is known by its uid."""
    first = judge(owned(labeled(s.wrong_port()))).next_steps[0]
    assert first.command == (
        "kubectl -n keybuzz annotate service ingress-nginx-controller --overwrite"
        f" {PREFIX}health-check-protocol=tcp {PREFIX}health-check-port=31695"
    ).replace("ingress-nginx-controller", name_of_ingress())
    assert "the controller undoes what the hcloud CLI changes" in first.text
    assert "hcloud-cloud-controller-manager" in first.text


def name_of_ingress() -> str:
    """Return the scenarios' ingress Service."""
    cluster = Scene.of(s.wrong_port()).cluster
    assert cluster
    assert cluster.ingress_service
    return cluster.ingress_service.name


def test_an_unknown_service_is_looked_up_by_its_uid() -> None:
    """The label has the uid, and the ingress Service is another one."""
    for x in (labeled(s.wrong_port()), owned(labeled(s.wrong_port()), uid="other")):
        command = judge(x).next_steps[0].command or ""
        assert command.startswith("kubectl get service -A -o jsonpath=")
        assert UID in command
        assert f'annotate service "$name" --overwrite {PREFIX}' in command


def test_a_wrong_annotation_is_evidence() -> None:
    """It is why the controller keeps the wrong port."""
    x = owned(labeled(s.wrong_port()), health_check_port="30081")
    cause = next(c for c in CAUSES if c.id == "lb-health-check-wrong-port")
    evidence = ask(cause, x).evidence
    assert any(
        f"annotation {PREFIX}health-check-port=30081" in text for text in evidence
    )


def test_annotations_decide_where_no_label_was_read() -> None:
    """An older inspection reads no label; one without a label decides against it."""
    x = owned(s.wrong_port(), health_check_port="30081")
    assert keeper(Scene.of(x)) is not None
    assert keeper(Scene.of(labeled(x, ""))) is None
    assert keeper(Scene.of(owned(s.wrong_port()))) is None


def test_a_service_of_an_older_agent_is_known_by_its_node_port() -> None:
    """It reads no uid: the Service to whose NodePort requests go is the label's."""
    found = keeper(Scene.of(owned(labeled(s.wrong_port()), uid=None)))
    assert found
    assert found.service
