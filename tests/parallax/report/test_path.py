"""The path as a picture: each hop's state, from outside and from inside."""

from dataclasses import replace
from xml.etree import ElementTree as ET

from parallax.model.judgement import Hop, HopSeen, HopState
from parallax.report.path import NO_PROBE, path
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
    assert named[0].startswith("internet 503 (11 of 11)load-balancer FAULTY")
    assert f"inside {NO_PROBE}" in named[0]
    ingress = next(text for _, text in found if "ingress ok" in text)
    assert "internet not reached" in ingress
    assert "inside 200 (10 of 10)" in ingress


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
