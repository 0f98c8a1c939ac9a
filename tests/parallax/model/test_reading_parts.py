"""The parts of a cluster reading, and the reading from its parts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from parallax.model.cluster import ClusterReading, Endpoint, Node, NodeReport
from parallax.model.reading_parts import MISSING, digest, joined, split

AT = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
READING = ClusterReading(
    read_at=AT,
    nodes=(Node(name="worker-01"), Node(name="worker-02")),
    endpoints=(Endpoint(address="10.0.0.1", ready=True, node="worker-01"),),
    problems=("Ingresses: forbidden",),
)


def report_of(reading: ClusterReading) -> NodeReport:
    """Return a report with a reference, as an agent sends it."""
    ref, _, problems = split(reading)
    return NodeReport(
        target="front",
        cluster="keybuzz",
        node="worker-01",
        sent_at=AT,
        interval=15.0,
        reading_ref=ref,
        problems=problems,
    )


def test_a_reading_is_put_together_again() -> None:
    """A reading from its parts equals the reading that was split."""
    _, parts, _ = split(READING)
    known = {part.digest: part.reading for part in parts}
    assert joined(report_of(READING), known).reading == READING


def test_agents_that_read_the_same_objects_make_the_same_parts() -> None:
    """Time and problems of one agent change neither digest."""
    other = replace(READING, read_at=AT + timedelta(seconds=7), problems=())
    assert replace(split(other)[0], read_at=AT) == split(READING)[0]


def test_a_change_of_the_target_leaves_the_list_of_nodes_alone() -> None:
    """A pod that is not ready changes the digest of the target's part only."""
    ends = (Endpoint(address="10.0.0.1", ready=False, node="worker-01"),)
    before, after = split(READING)[0], split(replace(READING, endpoints=ends))[0]
    assert (before.nodes, before.target != after.target) == (after.nodes, True)


def test_a_missing_part_is_a_problem_of_the_report() -> None:
    """Without one of its parts a report has no reading, and says why."""
    _, parts, _ = split(READING)
    for missing in parts:
        known = {p.digest: p.reading for p in parts if p is not missing}
        found = joined(report_of(READING), known)
        assert (found.reading, found.problems[-1]) == (None, MISSING)


def test_nodes_that_were_not_read_are_no_part() -> None:
    """Unknown nodes stay unknown; they do not become an empty list."""
    unknown = replace(READING, nodes=None)
    ref, parts, _ = split(unknown)
    known = {part.digest: part.reading for part in parts}
    assert (ref.nodes, joined(report_of(unknown), known).reading) == (None, unknown)


def test_a_report_with_its_own_reading_stays_as_it_is() -> None:
    """A report of schema v1 needs no part."""
    own = replace(report_of(READING), reading_ref=None, reading=READING)
    assert joined(own, {}) is own


def test_a_digest_does_not_depend_on_the_time() -> None:
    """The same content has the same digest, whenever it was read."""
    later = replace(READING, read_at=AT + timedelta(days=1))
    assert digest(later) == digest(READING)
