"""Specification of what a digest mails: `parallax.notify.digest.choose`."""

from dataclasses import replace

import pytest

from parallax.model.advice import Standing
from parallax.model.target import Severity
from parallax.notify.digest.choose import by_kind, marks_of, new_entries
from tests.parallax.notify.digest.given import (
    DAY,
    NOW,
    expiring,
    few_pods,
    record,
    standing,
)

CERTIFICATE = expiring("shop.example", 9)


def test_what_was_published_and_not_mailed_is_new() -> None:
    """Its mark is that of the standing advice."""
    found = record("shop", standing(CERTIFICATE), standing(few_pods("shop")))
    entries = new_entries([found], frozenset())
    assert [(e.target, e.advice.id) for e in entries] == [
        ("shop", "certificate-expires"),
        ("shop", "one-ready-replica"),
    ]
    assert {e.mark for e in entries} == marks_of([found])
    assert new_entries([found], {entries[0].mark}) == (entries[1],)


@pytest.mark.parametrize(
    "one",
    [
        standing(CERTIFICATE, published=False),
        standing(CERTIFICATE, gone_since=NOW),
        standing(replace(CERTIFICATE, severity=Severity.INFO)),
    ],
    ids=["not published", "perhaps gone", "not a warning"],
)
def test_other_advice_is_not_mailed(one: Standing) -> None:
    """A rollout's is not published; what is going may be gone when it is read."""
    assert new_entries([record("shop", one)], frozenset()) == ()


def test_the_same_advice_has_one_mark_until_it_ends() -> None:
    """Its figures may change; a new begin, and another target, are another one."""
    (mark,) = marks_of([record("shop", standing(CERTIFICATE))])
    changed = replace(CERTIFICATE, title="The certificate expires in 2 days")
    assert marks_of([record("shop", standing(changed))]) == {mark}
    later = standing(CERTIFICATE, since=NOW)
    others = [record("shop", later), record("front", standing(CERTIFICATE))]
    assert mark not in marks_of(others)
    assert len(marks_of(others)) == 2


def test_what_is_due_first_comes_first() -> None:
    """Kinds and targets; what has no date comes last, by name."""
    found = [
        record("d", standing(few_pods("d"))),
        record("b", standing(expiring("b.example", 9)), standing(few_pods("b"))),
        record("a", standing(expiring("a.example", 10))),
        record("c", standing(expiring("c.example", 8))),
    ]
    kinds = by_kind(new_entries(found, frozenset()))
    listed = [(kind.id, [e.target for e in kind.entries]) for kind in kinds]
    assert listed == [
        ("certificate-expires", ["c", "b", "a"]),
        ("one-ready-replica", ["b", "d"]),
    ]
    assert kinds[0].entries[0].advice.due == NOW + 8 * DAY
