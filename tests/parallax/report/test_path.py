"""The path as a picture: each hop's state, from outside and from inside."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from parallax.model.judgement import Hop, HopSeen, HopState, SideSeen
from parallax.report.path import NO_PROBE, NOT_ARRIVED, page_words, path
from tests.parallax.open_group import ALERT, HOPS
from tests.parallax.report.incidents import finding_of, recorded


def rows(hops: tuple[HopSeen, ...], hop: Hop | None) -> list[tuple[str, str]]:
    """Return each hop's class and its text."""
    shown = path(replace(ALERT.finding, path=hops, hop=hop))
    assert shown is not None
    return [
        (str(row.get("class")), " ".join("".join(row.itertext()).split()))
        for row in shown.iter("li")
    ]


def test_each_hop_shows_both_sides() -> None:
    """And the only hop that is emphasized is the one that the finding names."""
    finding = finding_of(recorded("lb-health-check-wrong-port"))
    found = rows(finding.path, finding.hop)
    named = [text for kind, text in found if "named" in kind]
    assert len(named) == 1
    assert named[0].startswith("load-balancer FAULTY internet 503 (11 of 11)")
    assert f"inside {NO_PROBE}" in named[0]
    ingress = next(text for _, text in found if "ingress ok" in text)
    assert "inside 200 (10 of 10)" in ingress


def test_what_did_not_arrive_is_stated_once() -> None:
    """At the first such hop; the line continues without a word."""
    finding = finding_of(recorded("lb-health-check-wrong-port"))
    found = [text for _, text in rows(finding.path, finding.hop)]
    saying = [text for text in found if NOT_ARRIVED in text]
    assert len(saying) == 1
    assert saying[0].startswith("node ok internet did not arrive inside")
    assert "5 of 5 between nodes passed" in saying[0]


def test_a_hop_whose_requests_fail_is_not_ok() -> None:
    """The box never contradicts what stands beside it."""
    bad = SideSeen(state=HopState.FAULTY, text="503 (11 of 11)")
    one = replace(HOPS[0], state=HopState.OK, outside=bad)
    ((_, text),) = rows((one,), None)
    assert "affected" in text
    assert " ok " not in text


def test_a_faulty_hop_shows_no_green_side() -> None:
    """As for pods that respond, but are not ready."""
    good = SideSeen(state=HopState.OK, text="200 (25 of 25)")
    one = HopSeen(hop=Hop.POD, state=HopState.FAULTY, seen="0 of 5", inside=good)
    shown = path(replace(ALERT.finding, path=(one,), hop=Hop.POD))
    assert shown is not None
    kinds = [str(p.get("class")) for p in shown.iter("p")]
    assert "side in warn" in kinds
    assert not any("good" in kind for kind in kinds)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("11 of 11 pass", "11 of 11 passed"),
        ("5 of 5 get through", "5 of 5 passed"),
        ("not reached", "did not arrive"),
        ("not known", "no data"),
        ("4 of 11 pass; the rest is not known", "4 of 11 passed; no data on the rest"),
        ("timeout (2 of 2), where is not known", "timeout (2 of 2), no data on where"),
    ],
)
def test_the_page_has_one_set_of_words(text: str, shown: str) -> None:
    """For what requests of both sides got."""
    assert page_words(text) == shown


def test_a_finding_of_an_earlier_release_shows_what_it_has() -> None:
    """No side is claimed."""
    found = rows(HOPS, Hop.LOAD_BALANCER)
    assert len(found) == len(HOPS)
    assert not any("internet" in text for _, text in found)


def test_a_hop_that_fails_without_being_named_is_not_emphasized() -> None:
    """It fails; the fault may be elsewhere."""
    ((kind, text),) = rows((HOPS[1],), None)
    assert kind == "hop"
    assert "load-balancer fails" in text


def test_the_mark_s_shape_shows_the_state() -> None:
    """Not only its color."""
    shapes = set[str]()
    for state in HopState:
        one = (replace(HOPS[0], state=state),)
        shown = path(replace(ALERT.finding, path=one, hop=None))
        assert shown is not None
        shapes.add(ET.tostring(next(shown.iter("svg")), encoding="unicode"))
    assert len(shapes) == len(HopState)


def test_no_path_is_no_picture() -> None:
    """As for a finding about Parallax itself."""
    assert path(replace(ALERT.finding, path=())) is None
