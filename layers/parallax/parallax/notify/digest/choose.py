"""Choose: the advice of all targets that the next digest mails.

In: advice records, the marks of what was mailed. Out: entries, and groups of them.
It does not: read or write a table.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from parallax.model.advice import AdviceRecord, Standing
from parallax.model.judgement import Advice
from parallax.model.target import Severity
from parallax.story.advice import advice_subject

_LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One advice of one target; `mark` is the same as long as the advice stands."""

    mark: str
    target: str
    advice: Advice


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """The targets with one kind of advice: those that are due first, first."""

    id: str
    entries: tuple[Entry, ...]


def marks_of(records: Iterable[AdviceRecord]) -> frozenset[str]:
    """Return the marks of all advice that stands, mailed or not."""
    return frozenset(_mark(r.subject, one) for r in records for one in r.standing)


def new_entries(
    records: Iterable[AdviceRecord], mailed: Collection[str]
) -> tuple[Entry, ...]:
    """Return what was published, is still observed, and was not mailed.

    Only advice of severity `warning` is worth a mail.
    """
    found = (
        Entry(
            mark=_mark(record.subject, one), target=_target(record), advice=one.advice
        )
        for record in records
        for one in record.standing
        if one.published
        and one.gone_since is None
        and one.advice.severity is Severity.WARNING
    )
    return tuple(entry for entry in found if entry.mark not in mailed)


def by_kind(entries: Iterable[Entry]) -> tuple[Kind, ...]:
    """Return the entries by kind; the kind that is due first comes first."""
    kinds: dict[str, list[Entry]] = {}
    for entry in sorted(entries, key=_order):
        kinds.setdefault(entry.advice.id, []).append(entry)
    return tuple(Kind(id=name, entries=tuple(found)) for name, found in kinds.items())


def _order(entry: Entry) -> tuple[datetime, str, str]:
    return entry.advice.due or _LATEST, entry.advice.id, entry.target


def _target(record: AdviceRecord) -> str:
    return record.subject.removesuffix(advice_subject(""))


def _mark(subject: str, one: Standing) -> str:
    """Return the mark of one advice from its begin to its end.

    Advice that ends and returns has a new begin, so it is mailed again.
    """
    text = f"{subject}\n{one.advice.id}\n{one.since.astimezone(UTC).isoformat()}"
    return sha256(text.encode(errors="surrogatepass")).hexdigest()[:20]
