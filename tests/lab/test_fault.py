"""Faults: every file can be read, for every case, and is made of known verbs."""

from pathlib import Path

import pytest

from faults import LAB_FAULTS, LOOK_ALIKES
from lab.case import CASES, load
from lab.fault import (
    FAULTS,
    LOOK_ALIKES_FOLDER,
    FaultError,
    fault_ids,
    load_fault,
    look_alike_ids,
)
from lab.world.verbs import VERBS

PAIRS = [
    pytest.param(fault_id, path, id=f"{path.stem}-{fault_id}")
    for path in sorted(CASES.glob("*.yaml"))
    for fault_id in fault_ids(load(path))
]
NOBODY = {"stack/probe"}
"""Subjects of incidents that do not belong to a target."""


def test_every_fault_fits_the_default_case() -> None:
    """The case of the incident has all that a fault may need.

    Its pods use hostNetwork, and no NetworkPolicy applies to those. TLS ends before its
    ingress.
    """
    elsewhere = {
        "ingress-certificate-refused",
        "network-policy-blocks-ingress",
        "proxy-protocol-mismatch-tls",
    }
    assert {*fault_ids(load()), *elsewhere} == {*fault_ids()}
    assert not elsewhere & {*fault_ids(load())}
    assert look_alike_ids(load()) == look_alike_ids()


@pytest.mark.parametrize(("fault_id", "path"), PAIRS)
def test_a_fault_hits_each_cases_own_targets(fault_id: str, path: Path) -> None:
    """A fault speaks of roles, so it hits targets of any case by their own names."""
    case = load(path)
    fault = load_fault(fault_id, case)
    assert set(fault.expected) <= {a.name for a in case.apps} | NOBODY
    (cause,) = set(fault.expected.values())
    assert f"{fault_id}-".startswith(f"{cause}-")
    assert {verb for verb, _ in fault.actions} <= set(VERBS)
    assert fault.description


@pytest.mark.parametrize(
    ("fault_id", "case", "reason"),
    [
        ("ingress-rejects-request", "k3s", "needs an ingress of the kind nginx"),
        ("ingress-certificate-refused", "k3s", "needs TLS that ends at the ingress"),
        ("lb-certificate-refused", "hostport", "needs TLS that ends at the balancer"),
        (
            "nodeport-dropped-by-local-traffic-policy",
            "hostport",
            "needs NodePorts of the ingress",
        ),
        (
            "overlay-between-nodes-broken",
            "haproxy",
            "needs an ingress of the kind nginx or traefik",
        ),
        ("ingress-replica-out-of-step", "k3s", "needs 3 nodes, k3s has 2"),
        ("lb-health-check-rejected", "local", "needs the policy Cluster"),
        (
            "overlay-between-nodes-broken",
            "bookshop",
            "needs health checks that ask for no host",
        ),
        ("lb-no-target+look-alike:one-target-unhealthy", "k3s", "needs 3 nodes"),
    ],
)
def test_what_cannot_come_about_in_a_case_is_refused(
    fault_id: str, case: str, reason: str
) -> None:
    """The error names what the case lacks."""
    with pytest.raises(FaultError, match=reason):
        load_fault(fault_id, load(CASES / f"{case}.yaml"))


def test_a_fault_may_hit_no_user_and_still_have_its_incident() -> None:
    """A blind monitor is the stack's trouble; beside a real fault both are expected."""
    assert load_fault("monitor-blind").expected == {"stack/probe": "monitor-blind"}
    joined = load_fault("monitor-blind+pods-not-ready").expected
    assert joined == {"keybuzz-api": "pods-not-ready", "stack/probe": "monitor-blind"}


def test_only_the_api_tells_the_two_firewall_faults_apart() -> None:
    """The same rule: an API that tells no detail leaves the firewall one of three."""
    with_detail = load_fault("node-firewall-blocks-load-balancer")
    without_detail = load_fault("lb-no-healthy-target")
    assert without_detail.actions == (
        ("hetzner", {"detail": False}),
        *with_detail.actions,
    )


@pytest.mark.parametrize("look_alike", look_alike_ids())
def test_a_look_alike_blames_nobody_and_stands_beside_a_fault(look_alike: str) -> None:
    """A look-alike alone expects nothing; beside a fault it happens first."""
    alone = load_fault(look_alike)
    assert alone.expected == {}
    joined = load_fault(f"pods-not-ready+{look_alike}")
    assert set(joined.expected.values()) == {"pods-not-ready"}
    assert joined.actions[0] == alone.actions[0]
    assert {verb for verb, _ in alone.actions} <= set(VERBS)


def test_the_old_spelling_of_a_look_alike_is_accepted() -> None:
    """The id that is shown has the new prefix."""
    old = load_fault("pods-not-ready+oddity:scanner")  # codespell:ignore oddity
    assert old == load_fault("pods-not-ready+look-alike:scanner")


def test_every_file_has_its_row_in_a_table_and_every_row_its_file() -> None:
    """A file without a row would never be played; a row without a file cannot be."""
    files = {path.stem for path in FAULTS.glob("*.yaml")}
    assert files == set(LAB_FAULTS)
    harmless = {path.stem for path in LOOK_ALIKES_FOLDER.glob("*.yaml")}
    assert harmless == {one.id for one in LOOK_ALIKES if one.lab}


def test_of_two_faults_the_outer_one_is_expected() -> None:
    """Where both hit a target users meet the outer; elsewhere each its own."""
    joined = load_fault("pod-answers-error+lb-no-target")
    assert set(joined.expected.values()) == {"lb-no-target"}
    apart = load_fault("cache-replays-error+pods-not-ready")
    assert set(apart.expected.values()) == {"cache-replays-error", "pods-not-ready"}


def test_a_fault_that_a_look_alike_hides_is_refused() -> None:
    """With the front's page stored nobody feels a fault that hits it alone."""
    with pytest.raises(FaultError, match="hidden"):
        load_fault("cache-replays-error+look-alike:cached-page")


def test_an_unknown_fault_is_told_with_those_there_are() -> None:
    """A misspelled fault answers with the list."""
    with pytest.raises(FaultError, match="lb-health-check-wrong-port"):
        load_fault("no-such-fault")
