"""Specification of the overview's link: `parallax.links.overview`."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st

from parallax.links.overview import SCOPE, overview_link, overview_query
from parallax.links.signature import INCIDENT, LIFETIME, Refusal, Signer, is_formed

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SIGNER = Signer(stack="stack", key=b"k" * 32)


def test_a_link_works_for_14_days() -> None:
    """And is refused as expired after that."""
    link = overview_link(dict(parse_qsl(overview_query(SIGNER, NOW))))
    assert SIGNER.verify(link, NOW + LIFETIME, SCOPE) is None
    later = NOW + LIFETIME + timedelta(hours=1)
    assert SIGNER.verify(link, later, SCOPE) is Refusal.EXPIRED


def test_it_is_of_another_scope_than_an_incident() -> None:
    """Neither opens the other."""
    link = overview_link(dict(parse_qsl(overview_query(SIGNER, NOW))))
    assert SIGNER.verify(link, NOW, INCIDENT) is Refusal.INVALID


@given(st.dictionaries(st.sampled_from("se"), st.text(max_size=30)))
def test_any_other_fields_are_refused(fields: dict[str, str]) -> None:
    """Whatever their form is."""
    link = overview_link(fields)
    assert not is_formed(link) or SIGNER.verify(link, NOW, SCOPE) is Refusal.INVALID
