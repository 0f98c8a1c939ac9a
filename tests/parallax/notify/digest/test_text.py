"""Specification of the digest's mail: `parallax.notify.digest.text`."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from parallax.advice import ADVISERS
from parallax.model.advice import AdviceRecord
from parallax.notify.digest.choose import by_kind, new_entries
from parallax.notify.digest.text import LINES, render
from parallax.notify.mail import Mail
from parallax.notify.mail.subject import LIMIT
from tests.parallax.hostile import is_safe, poisoned
from tests.parallax.notify.digest.given import (
    NOW,
    expiring,
    few_pods,
    record,
    standing,
)

GOLDEN = Path(__file__).parent / "golden"
SHOP = record("shop", standing(expiring("shop.example", 9)))
CASES = {
    "one-certificate": [SHOP],
    "three-kinds": [
        SHOP,
        record("front", standing(expiring("front.example", 0.25))),
        record("old", standing(expiring("old.example", -1))),
        record("api", standing(few_pods("api"))),
        record(
            "blog",
            standing(replace(few_pods("b"), id="no-such-adviser", next_steps=())),
        ),
    ],
    "500-targets": [
        record(f"target-{n:03}", standing(expiring(f"t{n}.example", 5 + n)))
        for n in range(500)
    ],
}


def mail(records: list[AdviceRecord]) -> Mail:
    """Return the mail of all new advice in records."""
    return render(by_kind(new_entries(records, frozenset())), NOW)


@pytest.mark.parametrize("name", CASES)
def test_the_mail_is_as_it_was_reviewed(name: str) -> None:
    """To change it on purpose, write the text into the golden file."""
    written = mail(CASES[name])
    text = f"Subject: {written.subject}\n\n{written.body}"
    assert text == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CASES)
def test_a_command_can_be_pasted(name: str) -> None:
    """It stands on a line of its own, whole."""
    lines = mail(CASES[name]).body.splitlines()
    first = by_kind(new_entries(CASES[name], frozenset()))[0].entries[0]
    assert first.advice.next_steps[0].command in lines


@pytest.mark.parametrize("count", [1, 2, 500])
def test_all_kinds_of_all_targets_are_still_a_short_mail(count: int) -> None:
    """However many targets have every kind of advice."""
    kinds = [replace(few_pods("x"), id=adviser.id) for adviser in ADVISERS]
    records = [
        record(f"target-{n}", *(standing(kind) for kind in kinds)) for n in range(count)
    ]
    written = mail(records)
    assert len(written.body.splitlines()) <= LINES
    assert len(written.subject) <= LIMIT
    for adviser in ADVISERS:
        assert adviser.summary.upper() in written.body


@drawn(
    st.lists(st.text(min_size=1, max_size=80), min_size=1, max_size=30, unique=True),
    st.lists(st.text(max_size=120), min_size=1, max_size=6, unique=True),
)
def test_any_texts_make_a_mail_within_its_limits(
    targets: list[str], ids: list[str]
) -> None:
    """SNS refuses a subject of other characters; no text begins a line of its own."""
    kinds = [poisoned(replace(few_pods("x"), id=one, title=one)) for one in ids]
    records = [
        record(poisoned(name), *(standing(kind) for kind in kinds)) for name in targets
    ]
    written = mail(records)
    assert 0 < len(written.subject) <= LIMIT
    assert written.subject.isascii()
    assert written.subject.isprintable()
    assert len(written.body.splitlines()) <= LINES
    assert is_safe(written.body)
