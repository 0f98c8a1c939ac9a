"""What is sent of a push that is too large, and what its problems say."""

import json
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parallax.journal.observation import to_item
from parallax.model.cluster import ClusterReading, NodeReport, Sighting
from parallax.model.push import SCHEMA, SCHEMA_V2, Heartbeat, Push, ReadingPart
from parallax.model.wire import encode
from parallax_agent.push.splitting import BODY_BYTES, REMOVED, split_push
from parallax_agent.sightings.log_evidence import MAX_SIGHTINGS
from tests.agent.push.test_lean import NOW
from tests.agent.push.test_lean import PROBE as WELL
from tests.agent.push.test_lean import REPORT as QUIET

HUGE = "x" * BODY_BYTES
NOISE = random.Random(9).randbytes(400_000).hex()  # noqa: S311 - packs to half of it
PROBE = replace(
    WELL,
    request_id="0" * 32,
    healthy=False,
    status_code=503,
    headers=(),
    body="why",
    body_bytes=3,
)
V2 = replace(QUIET, probes=(PROBE,), log_read_at=NOW)
WHOLE = ClusterReading(read_at=NOW, ingress_name="shop")
REPORT = replace(V2, reading=WHOLE, reading_ref=None)
SEEN = tuple(
    Sighting(
        request_id=f"{number:032x}",
        seen_at=NOW,
        node="worker-01",
        pod="ingress-nginx-controller-jjw5g",
        status_code=503,
        upstream_name="keybuzz-keybuzz-api-80",
        upstream_address="10.42.1.10:8080",
        upstream_status=503,
        upstream_response_length=190,
        request_time=0.004,
        upstream_response_time=0.004,
    )
    for number in range(MAX_SIGHTINGS)
)


def push(*reports: NodeReport, seen: tuple[Sighting, ...] = SEEN) -> Push:
    """Return a push of these reports."""
    return Push(
        schema=SCHEMA,
        cluster="c",
        node="n",
        sent_at=NOW,
        reports=reports,
        sightings=seen,
    )


def only(whole: Push) -> tuple[Push, NodeReport]:
    """Return the only part of a push, and its report; it fits."""
    (part,) = split_push(whole)
    assert len(json.dumps(encode(part))) <= BODY_BYTES
    (report,) = part.reports
    return part, report


def test_a_push_that_fits_is_not_changed() -> None:
    """The maximum of sightings leaves room for the reports."""
    whole = push(*[REPORT] * 50)
    assert split_push(whole) == [whole]


def test_reports_are_spread_and_each_part_has_the_sightings() -> None:
    """A sighting's target is unknown, so every report needs all of them."""
    large = replace(REPORT, probes=(replace(PROBE, body="x" * 250_000),))
    got = split_push(push(large, large, large))
    assert [len(part.reports) for part in got] == [1, 2]
    assert {part.sightings for part in got} == {SEEN}


def test_headers_and_bodies_are_removed_first() -> None:
    """Status and size stay; the report says why the rest is missing."""
    part, report = only(push(replace(REPORT, probes=(replace(PROBE, body=HUGE),))))
    (probe,) = report.probes
    assert (probe.status_code, probe.body, probe.body_truncated) == (503, "", True)
    assert report.reading is not None
    assert report.reading.ingress_name == "shop"
    assert report.reading.problems == (REMOVED.format("headers and bodies"),)
    assert (part.sightings, report.log_read_at) == (SEEN, NOW)


def test_without_its_sightings_a_log_proves_nothing() -> None:
    """Sightings are removed next, together with `log_read_at`."""
    part, report = only(push(REPORT, seen=SEEN * 4))
    assert (part.sightings, report.log_read_at) == ((), None)
    assert report.reading is not None
    assert report.reading.problems[-1] == REMOVED.format("sightings")
    assert report.probes[0].status_code == 503


@pytest.mark.parametrize("problem", ["reading", "probes"])
def test_no_report_is_ever_too_large(
    problem: str, caplog: pytest.LogCaptureFixture
) -> None:
    """With any cluster state; the agent's log names the target."""
    odd = {
        "reading": {"reading": ClusterReading(read_at=NOW, problems=(HUGE,))},
        "probes": {"probes": (replace(PROBE, error_detail=HUGE),)},
    }[problem]
    _, report = only(push(replace(REPORT, **odd)))
    assert (report.target, report.reading) == ("shop", None)
    (line,) = caplog.records
    assert vars(line)["targets"] == ["shop"]


def stored(part: Push) -> list[str]:
    """Return the targets of a part's reports as `ingest` stores them, or raise."""
    full = (
        replace(r, received_at=NOW, sightings=(*r.sightings, *part.sightings))
        for r in part.reports
    )
    return [to_item(report)["pk"]["S"] for report in full]


POISON = {
    "a body": {"probes": (replace(PROBE, body=NOISE),)},
    "an error": {"probes": (replace(PROBE, error_detail=NOISE),)},
    "a problem": {"reading": ClusterReading(read_at=NOW, problems=(NOISE,))},
}


@settings(deadline=None, max_examples=8)
@given(
    count=st.integers(0, 5), place=st.integers(0, 5), what=st.sampled_from([*POISON])
)
def test_every_report_fits_into_an_item_as_it_is_packed(
    count: int, place: int, what: str
) -> None:
    """A report that does not compress affects no other report."""
    poison = replace(REPORT, target="poison", **POISON[what])
    good = [replace(REPORT, target=f"t{number}") for number in range(count)]
    reports = [*good[:place], poison, *good[place:]]
    got = split_push(push(*reports))
    assert [name for part in got for name in stored(part)] == [
        report.target for report in reports
    ]
    sent = [report for part in got for report in part.reports]
    assert [report for report in sent if report.target != "poison"] == good


def test_parts_go_with_the_reports_that_refer_to_them() -> None:
    """The heartbeat goes once, and no part without a report that needs it."""
    ref = V2.reading_ref
    assert ref is not None
    large = replace(V2, probes=(replace(PROBE, body="x" * 600_000),))
    other = replace(large, reading_ref=replace(ref, target="b" * 32))
    parts = tuple(ReadingPart(digest=d * 32, reading=WHOLE) for d in "ab")
    beat = Heartbeat(sequence=1, interval=60.0, targets=2)
    whole = replace(push(large, other), schema=SCHEMA_V2, readings=parts)
    first, second = split_push(replace(whole, heartbeat=beat))
    assert (first.heartbeat, second.heartbeat) == (beat, None)
    assert (first.readings, second.readings) == (parts[:1], parts[1:])


def test_parts_that_do_not_fit_are_left_for_later() -> None:
    """The report stays whole; ingest requests the part."""
    huge = replace(WHOLE, ingress_hosts=("x" * 600_000,))
    parts = (ReadingPart(digest="a" * 32, reading=huge),)
    large = replace(V2, probes=(replace(PROBE, body="x" * 600_000),))
    (only_part,) = split_push(
        replace(push(large, seen=()), schema=SCHEMA_V2, readings=parts)
    )
    assert (only_part.reports, only_part.readings) == ((large,), ())


def test_a_report_without_its_reading_names_what_was_removed() -> None:
    """A report of schema v2 has problems of its own."""
    large = replace(V2, probes=(replace(PROBE, body=HUGE),))
    _, report = only(replace(push(large), schema=SCHEMA_V2))
    assert report.problems == (REMOVED.format("headers and bodies"),)
    assert report.reading_ref == V2.reading_ref


def test_sightings_count_with_each_report() -> None:
    """Ingest stores them with every report, so both together must fit."""
    noisy = tuple(
        replace(seen, upstream_name=NOISE[600 * number :][:600])
        for number, seen in enumerate(SEEN[:500])
    )
    large = replace(REPORT, probes=(replace(PROBE, body=NOISE[400_000:]),))
    (part,) = split_push(push(large, seen=noisy))
    assert stored(part) == ["shop"]
    assert part.sightings == noisy
    assert part.reports[0].probes[0].body == ""
