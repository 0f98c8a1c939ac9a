"""Last probes: whether the members of an incident fail at this moment.

In: the members, their recent probes, an instant. Out: one sentence.
It does not: judge. Without a recent probe it says so: silence is not a recovery.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from parallax.evidence.words import error
from parallax.model.group import Member
from parallax.model.snapshot import PastProbe
from parallax.notify.paragraph import second, span

type Probes = Mapping[str, tuple[PastProbe, ...]]
RECENT = timedelta(minutes=5)
"""Age from which a probe does not show how the target is now."""


def last_probes(members: Sequence[Member], probes: Probes, now: datetime) -> str:
    """Return what the newest probe of each member got; empty: none is known."""
    known = [probes[m.target][-1] for m in members if probes.get(m.target)]
    if not known:
        return ""
    newest = max(known, key=lambda one: one.started_at)
    at = f"{second(newest.started_at, now)} UTC, {span(now - newest.started_at)} ago"
    if now - newest.started_at > RECENT:
        return f"The last probe was at {at}. How it is now is not known."
    if len(members) == 1:
        return f"Last probe ({at}): {result(newest)}."
    failing = sum(not one.healthy for one in known)
    of = f"{failing} of {len(known)}"
    return f"Last probes (the newest at {at}): {of} still fail."


def result(probe: PastProbe) -> str:
    """Return what a probe got, e.g. `503, still failing`."""
    got = str(probe.status_code or error(probe.error_type))
    return f"{got}, {'healthy' if probe.healthy else 'still failing'}"
