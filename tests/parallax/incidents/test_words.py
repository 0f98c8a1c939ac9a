"""Words: an incident's affected hops are beside the payload, and come back."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from parallax.incidents.items import unpacked
from parallax.incidents.table import from_image, to_item
from parallax.incidents.words import AFFECTED
from parallax.model.finding import Incident
from parallax.model.judgement import Hop, HopSeen, HopState
from tests.parallax.groups.incidents import incident

STATES = st.lists(st.sampled_from(HopState), max_size=len(Hop))


def on(states: list[HopState]) -> Incident:
    """Return an incident whose path has these states, from the first hop."""
    one = incident("front")
    assert one.finding is not None
    path = tuple(
        HopSeen(hop=hop, state=state, seen="")
        for hop, state in zip(Hop, states, strict=False)
    )
    return replace(one, finding=replace(one.finding, path=path))


@given(states=STATES)
def test_any_path_is_stored_and_read_unchanged(states: list[HopState]) -> None:
    """Whatever the states of its hops."""
    assert from_image(to_item(on(states))) == on(states)


@given(states=STATES)
def test_the_payload_has_no_affected_hop(states: list[HopState]) -> None:
    """It is `unknown` there: an earlier release blames nobody for it."""
    stored = unpacked(Incident, to_item(on(states)))
    assert stored.finding is not None
    read = [seen.state for seen in stored.finding.path]
    unknown, affected = HopState.UNKNOWN, HopState.AFFECTED
    assert read == [unknown if state is affected else state for state in states]


def test_an_incident_without_a_finding_has_no_attribute() -> None:
    """Nor has one whose hops are all known to an earlier release."""
    assert AFFECTED not in to_item(replace(incident("front"), finding=None))
    assert AFFECTED not in to_item(on([HopState.FAULTY]))


def test_a_damaged_attribute_changes_nothing() -> None:
    """The incident is more important than the state of a hop."""
    item: dict[str, Any] = to_item(on([HopState.OK, HopState.FAULTY]))
    for damage in ({"S": "dns"}, {"L": ["dns"]}, {"L": [{"S": "no-hop"}]}, {}):
        assert from_image(item | {AFFECTED: damage}) == from_image(item)
