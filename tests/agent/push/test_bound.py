"""Long texts of a report are cut, and short ones stay as they are."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.model.cluster import ClusterReading, Pod
from parallax.model.wire import encode
from parallax_agent.push.bound import TEXT_LIMIT, bounded
from tests.agent.push.test_lean import NOW, PROBE, REPORT

HUGE = "x" * 1_000_000
READING = ClusterReading(read_at=NOW)
WRITTEN = {
    "reason": replace(REPORT, probes=(replace(PROBE, reason=HUGE),)),
    "error": replace(REPORT, probes=(replace(PROBE, error_detail=HUGE),)),
    "header": replace(REPORT, probes=(replace(PROBE, headers=(("A", HUGE),)),)),
    "problem": replace(REPORT, reading=replace(READING, problems=(HUGE,))),
    "config": replace(REPORT, reading=replace(READING, ingress_config=(("a", HUGE),))),
    "pod": replace(
        REPORT, reading=replace(READING, pods=(Pod(name="p", waiting_reason=HUGE),))
    ),
}


@pytest.mark.parametrize("where", WRITTEN)
def test_a_long_text_is_cut_in_any_field(where: str) -> None:
    """Its beginning stays, with a mark that it was longer."""
    cut = bounded(WRITTEN[where])
    assert f"{'x' * (TEXT_LIMIT - 1)}…" in str(encode(cut))
    assert "x" * TEXT_LIMIT not in str(encode(cut))
    assert len(str(encode(cut))) < 10_000


def test_a_report_of_short_texts_is_the_same() -> None:
    """If nothing is cut, nothing is copied."""
    whole = replace(REPORT, probes=(replace(PROBE, body="x" * TEXT_LIMIT),))
    assert bounded(whole) is whole


@given(st.lists(st.tuples(st.text(), st.text(max_size=9))))
def test_no_text_is_lost(pairs: list[tuple[str, str]]) -> None:
    """Every header is still present, in its order."""
    probe = replace(PROBE, headers=(*pairs, ("Long", HUGE)))
    (cut,) = bounded(replace(REPORT, probes=(probe,))).probes
    assert cut.headers[:-1] == tuple(pairs)


def test_half_of_a_surrogate_pair_is_replaced() -> None:
    """A log's JSON can contain one; ingest refuses a report that contains it."""
    reading = replace(READING, problems=("a\ud83db", "\U0001f680 größer"))
    kept = bounded(replace(REPORT, reading=reading)).reading
    assert kept is not None
    assert kept.problems == ("a\ufffdb", "\U0001f680 größer")
