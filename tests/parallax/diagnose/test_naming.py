"""Specification of naming one of the causes: `parallax.diagnose.naming`."""

from graphlib import TopologicalSorter

import pytest

from parallax.causes import CAUSES, Cause
from parallax.causes.cause import refuted, supported, unknown
from parallax.diagnose.naming import named, with_explanations
from parallax.model.judgement import Assessment, Class, Hop

IDS = {cause.id for cause in CAUSES}


def cause(name: str, hop: Hop = Hop.POD, *explains: str) -> Cause:
    """Return a cause for ranking only."""
    return Cause(
        id=name,
        class_=Class.BACKEND,
        hop=hop,
        title=f"the title of {name}",
        assess=lambda _: unknown(name),
        next_steps=lambda _: (),
        explains=explains,
    )


def explanations(
    causes: tuple[Cause, ...], *assessments: Assessment
) -> dict[str, str | None]:
    """Return which cause explains each cause."""
    found = with_explanations(causes, assessments)
    return {a.cause: a.explained_by for a in found}


def test_a_supported_cause_is_explained_by_the_supported_one_that_declares_it() -> None:
    """Both are supported: the specific one is named, although it is the inner one."""
    causes = cause("general", Hop.LOAD_BALANCER), cause("specific", Hop.NODE, "general")
    both = supported("general", "so"), supported("specific", "because")
    assert explanations(causes, *both) == {"general": "specific", "specific": None}
    found = named(causes, with_explanations(causes, both))
    assert found == (causes[1], "because")


@pytest.mark.parametrize("other", [refuted("specific"), unknown("specific")])
def test_an_unsupported_cause_explains_nothing(other: Assessment) -> None:
    """If it is refuted or unknown, the other one is named."""
    causes = cause("general", Hop.LOAD_BALANCER), cause("specific", Hop.NODE, "general")
    both = with_explanations(causes, (supported("general"), other))
    assert {a.explained_by for a in both} == {None}
    assert named(causes, both) == (causes[0], "the title of general")


@pytest.mark.parametrize("other", [refuted("general"), unknown("general")])
def test_only_supported_causes_are_explained(other: Assessment) -> None:
    """A cause that is not supported keeps its answer."""
    causes = cause("general"), cause("specific", Hop.NODE, "general")
    both = with_explanations(causes, (other, supported("specific")))
    assert both[0] == other


def test_a_chain_ends_at_the_cause_that_nothing_explains() -> None:
    """Each is explained by the next one, and the last one is named."""
    causes = cause("a"), cause("b", Hop.POD, "a"), cause("c", Hop.POD, "b")
    found = with_explanations(causes, [supported(c.id) for c in causes])
    assert [a.explained_by for a in found] == ["b", "c", None]
    assert named(causes, found) == (causes[2], "the title of c")


def test_of_two_that_nothing_explains_the_outermost_is_named() -> None:
    """Requests reach it first, independent of its place in the list."""
    causes = cause("pod", Hop.POD), cause("node", Hop.NODE), cause("lb", Hop.DNS)
    shown = supported("pod", "x"), supported("node", "y"), unknown("lb")
    assert named(causes, shown) == (causes[1], "y")


def test_no_cause_is_named_if_none_is_supported() -> None:
    """Unknown and refuted causes are not named."""
    causes = cause("a"), cause("b")
    assert named(causes, (unknown("a"), refuted("b"))) is None


@pytest.mark.parametrize("declared", CAUSES, ids=lambda c: c.id)
def test_a_cause_explains_causes_that_exist(declared: Cause) -> None:
    """Each id is another cause's, once."""
    assert set(declared.explains) <= IDS - {declared.id}
    assert len(set(declared.explains)) == len(declared.explains)


def test_no_cause_explains_itself_by_way_of_others() -> None:
    """With a cycle, no cause could be named."""
    graph = {cause.id: cause.explains for cause in CAUSES}
    assert set(TopologicalSorter(graph).static_order()) == IDS
