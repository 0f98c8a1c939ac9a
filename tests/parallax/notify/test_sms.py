"""Specification of the short message: `parallax.notify.sms`."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.model.alert import Alert
from parallax.notify.sms import LIMIT, sms
from tests.parallax.hostile import poisoned
from tests.parallax.notify.mail.drawn import DRAWN, one, two

GSM = set(
    "@\u00a3$\u00a5\u00e8\u00e9\u00f9\u00ec\u00f2\u00c7\n\u00d8\u00f8\r\u00c5\u00e5"
    "\u0394_\u03a6\u0393\u039b\u03a9\u03a0\u03a8\u03a3\u0398\u039e\u00c6\u00e6\u00df"
    "\u00c9 !\"#\u00a4%&'()*+,-./0123456789:;<=>?\u00a1ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "\u00c4\u00d6\u00d1\u00dc\u00a7\u00bfabcdefghijklmnopqrstuvwxyz\u00e4\u00f6\u00f1"
    "\u00fc\u00e0"
)
"""The default alphabet of 3GPP TS 23.038."""


@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)
def test_each_alert_is_one_short_message(draw: Callable[[], Alert]) -> None:
    """Also a hostile one."""
    for alert in (draw(), poisoned(draw())):
        text = sms(alert)
        assert 0 < len(text) <= LIMIT
        assert set(text) <= GSM
        assert "\n" not in text


def test_it_has_state_scope_and_cause() -> None:
    """More of the cause than the subject has."""
    assert sms(two()) == (
        "DOWN 2 of 2 URLs on keybuzz-lb: LB's health check uses the wrong port"
    )
    title = "The load balancer " + "has no healthy target " * 3
    long = replace(one(), finding=replace(one().finding, title=title))
    assert 78 < len(sms(long)) <= LIMIT


@given(st.text(st.characters(exclude_categories=())))
def test_any_name_gives_a_short_message(name: str) -> None:
    """Accents are dropped, other letters become question marks."""
    text = sms(replace(one(), finding=replace(one().finding, target=name)))
    assert len(text) <= LIMIT
    assert set(text) <= GSM


def test_a_letter_with_an_accent_loses_it() -> None:
    """A name stays readable."""
    odd = replace(one(), finding=replace(one().finding, target="b\u00fccher[1]"))
    assert sms(odd).startswith("DOWN bucher(1) 503")
