"""The handbook: every cause has its chapter, its headings and its picture."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from parallax.causes import CAUSES, Cause
from parallax.causes.explanation import explain, relations
from parallax.model.judgement import Hop
from tools.handbook.page import page
from tools.handbook.picture import COLORS, STATIONS, picture

RED = COLORS["at"][0]


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.id)
def test_every_cause_explains_itself(cause: Cause) -> None:
    """A reader at 3 a.m. finds meaning, impact, diagnosis, neighbors, mitigation."""
    assert explain(cause).missing == ()


def test_an_explained_cause_appears_on_both_sides() -> None:
    """One declaration appears in both chapters."""
    by_id = {cause.id: cause for cause in CAUSES}
    for cause in CAUSES:
        for other in cause.explains:
            sentence = relations(cause, CAUSES)[0]
            end = "this cause is named, because it explains the other."
            assert sentence.endswith(end)
            assert f"`{other}`" in sentence
            assert f"`{cause.id}`" in " ".join(relations(by_id[other], CAUSES))
    written = page({})
    assert "If `lb-no-healthy-target` is shown too, this cause is named" in written
    assert "`lb-targets-not-the-ingress-nodes`" in written


def test_no_neighbor_is_one_sided() -> None:
    """If one cause names another as neighbor, the other names it too."""
    ids = {cause.id for cause in CAUSES}
    texts = {
        c.id: " ".join((*relations(c, CAUSES), explain(c).texts["Neighbors"]))
        for c in CAUSES
    }
    names = {
        name: {other for other in ids if f"`{other}`" in text}
        for name, text in texts.items()
    }
    one_sided = [(a, b) for a in ids for b in names[a] if a not in names[b]]
    assert one_sided == []


def test_the_page_has_a_chapter_for_every_cause() -> None:
    """Every cause has a chapter, also without a recorded run."""
    written = page({})
    assert [c.id for c in CAUSES if f"## {c.id}\n" not in written] == []


@pytest.mark.parametrize("hop", [h for h in Hop if h is not Hop.MONITOR])
def test_one_hop_of_the_picture_is_red(hop: Hop) -> None:
    """The hop to blame is red, and only that one; the picture is valid XML."""
    drawn = picture(hop)
    ET.fromstring(drawn)  # noqa: S314 - our own text
    assert drawn.count(RED) == 1


def test_the_monitor_is_no_station_of_the_path() -> None:
    """If Parallax itself is blind, no hop is red."""
    assert RED not in picture(Hop.MONITOR)
    assert Hop.MONITOR not in [name for name, _, _ in STATIONS]


def test_every_picture_that_the_page_shows_is_there() -> None:
    """`make docs` wrote every picture."""
    docs = Path(__file__).parents[3] / "docs"
    assert [c.hop for c in CAUSES if not (docs / f"causes/{c.hop}.svg").exists()] == []
