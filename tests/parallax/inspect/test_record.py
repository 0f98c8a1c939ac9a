"""Readings are stored each for itself; one too large gives up what matters least."""

import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from hypothesis import given, settings
from hypothesis import strategies as st

from parallax.inspect.record import record_all
from parallax.journal.observation import from_image, to_item
from parallax.model.balancer import (
    BalancerCertificate,
    BalancerReading,
    BalancerTarget,
    LoadBalancer,
    Problem,
)

NOW = datetime(2025, 11, 20, 12, 0, tzinfo=UTC)
NOISE = random.Random(9).randbytes(400_000).hex()  # noqa: S311 - packs to half of it
TARGET = BalancerTarget(type="server", server_name="worker-1", firewalls=("fw",))
CERTIFICATE = BalancerCertificate(id=2, name="front")
BALANCER = LoadBalancer(id=1, name="lb", targets=(TARGET,), certificates=(CERTIFICATE,))


def reading(target: str, balancer: LoadBalancer | None = BALANCER) -> BalancerReading:
    """Make a reading of a target's balancer."""
    return BalancerReading(target=target, read_at=NOW, load_balancer=balancer)


class Table:
    """A journal in memory, with DynamoDB's refusals for some targets."""

    def __init__(self, **refused: Exception) -> None:
        self.stored: list[BalancerReading] = []
        self._refused = refused

    def record(self, given: BalancerReading) -> None:
        """Store a reading as the journal does."""
        item = to_item(given)
        if given.target in self._refused:
            raise self._refused[given.target]
        found = from_image(item)
        assert isinstance(found, BalancerReading)
        self.stored.append(found)


FAILURES = [
    ClientError({"Error": {"Code": "ThrottlingException"}}, "PutItem"),
    ClientError({"Error": {"Code": "ValidationException"}}, "PutItem"),
    EndpointConnectionError(endpoint_url="x"),
    OSError("no file left"),
    ValueError("a bug of ours"),
]


@given(st.integers(0, 6), st.integers(0, 6), st.sampled_from(FAILURES))
def test_one_failing_reading_costs_no_other(
    count: int, place: int, failure: Exception
) -> None:
    """At any place: the others are stored, and the error is returned."""
    others = [reading(f"t{number}") for number in range(count)]
    readings = [*others[:place], reading("poison"), *others[place:]]
    table = Table(poison=failure)
    assert record_all(readings, table.record) == [failure]
    assert table.stored == others


def noisy(name: str) -> LoadBalancer:
    """Make a balancer one part of which does not fit into an item."""
    if name == "certificates":
        large = replace(CERTIFICATE, domain_names=(NOISE,))
        return replace(BALANCER, certificates=(large,))
    if name == "firewalls":
        inner = BalancerTarget(type="server", firewalls=(NOISE,), firewall_drops=(80,))
        selector = BalancerTarget(type="label_selector", targets=(inner, TARGET))
        return replace(BALANCER, targets=(selector,))
    return replace(BALANCER, targets=(replace(TARGET, selector=NOISE),))


@settings(deadline=None, max_examples=9)
@given(st.sampled_from(["certificates", "firewalls", "targets"]), st.integers(0, 2))
def test_a_reading_too_large_is_stored_lighter(name: str, place: int) -> None:
    """It is not a failure, and the others are stored as they are."""
    others = [reading("a"), reading("b")]
    readings = [*others[:place], reading("large", noisy(name)), *others[place:]]
    table = Table()
    assert record_all(readings, table.record) == []
    stored = table.stored.pop(place)
    assert (stored.target, stored.read_at) == ("large", NOW)
    assert table.stored == others


def test_certificates_are_given_up_first() -> None:
    """They count as not read, so no judgement treats them as absent."""
    table = Table()
    record_all([reading("large", noisy("certificates"))], table.record)
    assert table.stored == [reading("large", replace(BALANCER, certificates=None))]


def test_then_firewalls_are_given_up() -> None:
    """Of every target, also of one behind a label selector."""
    table = Table()
    record_all([reading("large", noisy("firewalls"))], table.record)
    (stored,) = table.stored
    assert stored.load_balancer is not None
    leaves = [*stored.load_balancer.leaves()]
    assert [leaf.server_name for leaf in leaves] == [None, "worker-1"]
    for leaf in leaves:
        assert (leaf.firewalls, leaf.firewall_allows) == (None, None)
        assert leaf.firewall_drops == ()


@pytest.mark.parametrize("name", ["targets", "nothing"])
def test_a_reading_that_is_still_too_large_becomes_a_problem(name: str) -> None:
    """The judgement knows that there is a reading, and why it holds no balancer."""
    table = Table()
    large = reading("large", noisy("targets"))
    if name == "nothing":
        large = replace(large, load_balancer=None, problem_detail=NOISE)
    assert record_all([large], table.record) == []
    (stored,) = table.stored
    assert (stored.load_balancer, stored.problem) == (None, Problem.OTHER)
    assert "too large to be stored" in str(stored.problem_detail)
    assert "more than the limit of 380000" in str(stored.problem_detail)
