"""Which parts are sent: once, and again when ingest lacks them."""

from dataclasses import replace
from datetime import UTC, datetime

from parallax.model.cluster import ClusterReading, NodeReport, ReadingRef
from parallax.model.push import SCHEMA_V2, Heartbeat, Push, ReadingPart
from parallax_agent.push.known_parts import KEPT_PARTS, MOST, KnownParts

NOW = datetime(2026, 11, 30, tzinfo=UTC)
NODES, SHOP, API = (
    ReadingPart(digest=letter * 32, reading=ClusterReading(read_at=NOW))
    for letter in "nsa"
)


def report(part: ReadingPart) -> NodeReport:
    """Return a report that refers to a part, and to the list of nodes."""
    ref = ReadingRef(read_at=NOW, target=part.digest, nodes=NODES.digest)
    return NodeReport(
        target="shop",
        cluster="c",
        node="n",
        sent_at=NOW,
        interval=15.0,
        reading_ref=ref,
    )


def push(*reports: NodeReport, parts: tuple[ReadingPart, ...] = ()) -> Push:
    """Return a push with a heartbeat, these reports and parts."""
    beat = Heartbeat(sequence=1, interval=60.0, targets=2, nodes=NODES.digest)
    return Push(
        schema=SCHEMA_V2,
        cluster="c",
        node="n",
        sent_at=NOW,
        heartbeat=beat,
        readings=parts,
        reports=reports,
    )


def names(parts: tuple[ReadingPart, ...]) -> str:
    """Return the first letters of the digests, sorted."""
    return "".join(sorted(part.digest[0] for part in parts))


def test_a_part_is_sent_with_the_first_report_that_refers_to_it() -> None:
    """Later reports have only the reference."""
    known = KnownParts()
    first = push(report(SHOP), parts=(NODES, SHOP))
    sent = known.needed(first)
    assert names(sent) == "ns"
    known.note(first, sent, [])
    assert known.needed(first) == ()
    assert names(known.needed(push(report(API), parts=(NODES, API)))) == "a"


def test_a_heartbeat_sends_its_list_of_nodes_only_when_it_is_asked() -> None:
    """Of five hundred agents, one sends it."""
    known = KnownParts()
    beat = push(parts=(NODES,))
    known.remember(beat.readings)
    assert known.needed(beat) == ()
    known.note(beat, (), [NODES.digest])
    assert names(known.needed(push())) == "n"
    known.note(push(), (NODES,), [])
    assert known.needed(push()) == ()


def test_what_ingest_has_by_a_heartbeat_is_not_sent_with_a_report() -> None:
    """An answer that does not ask for the list says that ingest has it."""
    known = KnownParts()
    known.note(push(parts=(NODES,)), (), [])
    assert names(known.needed(push(report(SHOP), parts=(NODES, SHOP)))) == "s"


def test_a_push_that_was_lost_sends_its_parts_again() -> None:
    """Only an answer proves that ingest has them."""
    known = KnownParts()
    lost = push(report(SHOP), parts=(NODES, SHOP))
    assert known.needed(lost) == known.needed(lost)


def test_what_ingest_forgot_is_sent_again() -> None:
    """Parts expire in the store; the agent keeps the current ones."""
    known = KnownParts()
    first = push(report(SHOP), parts=(NODES, SHOP))
    known.remember(first.readings)
    known.note(first, known.needed(first), [])
    known.note(first, (), [SHOP.digest, "unknown"])
    assert names(known.needed(push())) == "s"


def test_what_ingest_lacks_is_sent_although_another_push_was_stored_meanwhile() -> None:
    """A response names only what its own push refers to."""
    known = KnownParts()
    known.remember((NODES, SHOP))
    known.note(push(report(SHOP)), (), [SHOP.digest])
    known.note(push(), (), [])
    assert names(known.needed(push())) == "s"


def test_memory_is_bounded() -> None:
    """However often the cluster changes, or what an answer names."""
    known = KnownParts()
    for number in range(2 * MOST):
        part = replace(SHOP, digest=f"{number:032}")
        known.remember((part,))
        known.note(push(report(part)), (part,), [])
    assert len(known._parts) == KEPT_PARTS
    assert len(known._stored) == MOST
