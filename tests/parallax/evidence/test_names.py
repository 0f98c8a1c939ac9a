"""Specification of names: `parallax.evidence.names`."""

from dataclasses import replace

from parallax.evidence import names
from parallax.evidence.scene import Scene
from tests.parallax import edge as e
from tests.parallax import scenarios as s


def test_a_request_that_never_resolved_is_not_sent_elsewhere() -> None:
    """It has no address."""
    x = e.stale_name()
    assert len(names.sent_elsewhere(Scene.of(x))) == len(s.OUTSIDE) - 2
    assert x.run
    lost = tuple(replace(p, error_phase="resolve") for p in x.run.probes)
    assert (
        names.sent_elsewhere(Scene.of(replace(x, run=replace(x.run, probes=lost))))
        == ()
    )


def test_resolvers_are_split_by_what_they_name() -> None:
    """Resolvers without an answer are on neither side."""
    x = e.split_name()
    right, wrong = names.resolvers(Scene.of(x))
    assert [r.resolver for r in right] == ["192.0.2.53"]
    assert [r.resolver for r in wrong] == ["192.0.2.54"]
    assert x.run
    mute = tuple(replace(r, addresses=()) for r in x.run.resolutions)
    silent = replace(x, run=replace(x.run, resolutions=mute))
    assert names.resolvers(Scene.of(silent)) == ((), ())
    assert names.zone_answers(Scene.of(silent)) == ()


def test_a_zone_that_is_wrong_anywhere_comes_first() -> None:
    """The evidence names the wrong server."""
    x = e.stale_name()
    assert x.run
    old = e.resolved(x.run, e.OLD).resolutions
    run = replace(x.run, resolutions=(*x.run.resolutions, *old))
    addresses = [r.addresses for r in names.zone_answers(Scene.of(replace(x, run=run)))]
    assert addresses == [(e.OLD,), (e.OWN,)]
