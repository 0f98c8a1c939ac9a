"""A link works for its group, its stack and its time, and in no altered form."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from parallax.links.signature import (
    KEY_BYTES,
    LIFETIME,
    SKEW,
    Link,
    Refusal,
    Signer,
    expires_at,
)

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
GROUP = "e3566463-0d54-5f3a-9c6e-0f0e6b1a2c3d"
SIGNER = Signer(stack="parallax-Incidents-1", key=bytes(range(KEY_BYTES)))
LINK = SIGNER.sign(GROUP, NOW)

groups = st.uuids().map(str)
instants = st.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
keys = st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES)


@given(group=groups, at=instants, key=keys, seconds=st.integers(0, 14 * 86400))
def test_a_link_works_until_it_expires(
    group: str, at: datetime, key: bytes, seconds: int
) -> None:
    """For each group, key and instant; a clock may differ by five minutes."""
    signer = Signer(stack="s", key=key)
    link = signer.sign(group, at)
    assert signer.verify(link, at + timedelta(seconds=seconds)) is None
    assert signer.verify(link, at - SKEW) is None
    assert signer.verify(link, expires_at(link) + SKEW) is None
    late = expires_at(link) + SKEW + timedelta(seconds=1)
    assert signer.verify(link, late) is Refusal.EXPIRED


@given(data=st.data())
def test_an_altered_character_is_refused(data: st.DataObject) -> None:
    """At each place of each part, whatever it becomes; also one more, or one less."""
    part = data.draw(st.sampled_from(["group", "expiry", "signature"]))
    text: str = getattr(LINK, part)
    at = data.draw(st.integers(0, len(text)))
    new = data.draw(st.text(max_size=2))
    altered = text[:at] + new + text[at + data.draw(st.integers(0, 1)) :]
    assume(altered != text)
    link = replace(LINK, **{part: altered})
    assert SIGNER.verify(link, NOW) is Refusal.INVALID


@given(group=st.text(), expiry=st.text(), signature=st.text())
def test_any_other_text_is_refused(group: str, expiry: str, signature: str) -> None:
    """Without an exception, whatever it is."""
    link = Link(group=group, expiry=expiry, signature=signature)
    assert SIGNER.verify(link, NOW) is Refusal.INVALID


@given(key=keys)
def test_another_key_is_refused(key: bytes) -> None:
    """After the key was replaced, no earlier link works."""
    assume(key != SIGNER.key)
    assert replace(SIGNER, key=key).verify(LINK, NOW) is Refusal.INVALID


def test_another_stack_with_the_same_key_is_refused() -> None:
    """As after the table was copied."""
    other = replace(SIGNER, stack="parallax-Incidents-2")
    assert other.verify(LINK, NOW) is Refusal.INVALID


def test_another_scope_is_refused() -> None:
    """A link to something else gives no right to an incident."""
    assert SIGNER.verify(SIGNER.sign(GROUP, NOW, "overview"), NOW) is Refusal.INVALID


def test_an_expired_link_of_another_stack_is_only_invalid() -> None:
    """Who guesses learns nothing about expiry."""
    other = replace(SIGNER, stack="x")
    assert other.verify(LINK, NOW + 2 * LIFETIME) is Refusal.INVALID


def test_the_link_is_short() -> None:
    """With the address of a function URL, about 145 characters; it ends in a digit."""
    assert len(LINK.path) == 77
    assert LINK.path.startswith(f"/i/{GROUP}?s=")
    assert LINK.path[-1].isdigit()


@pytest.mark.parametrize("group", ["", "e3566463", f"{GROUP}\n", GROUP.upper()])
def test_only_a_group_s_id_is_signed(group: str) -> None:
    """Nothing else has a page."""
    with pytest.raises(ValueError, match="UUID"):
        SIGNER.sign(group, NOW)


def test_a_signature_stays_the_same_in_later_releases() -> None:
    """Mails that were sent keep their links."""
    assert LINK.signature == "Ql9S9Q4PSAIPnbocg71s5A"
