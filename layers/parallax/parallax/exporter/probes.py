"""Probes: the newest probe of each target, in the stored rounds.

In: rounds as the journal remembers them, in which a run is JSON. Out: one value for
each target whose newest probe is recent.
It does not: repeat a stale result: such a target is left out, so that Prometheus marks
its series as ended.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from parallax.exporter.view import NewestProbe
from parallax.model.round import LastRound, TargetRound
from parallax.model.target import Target
from parallax.model.wire import wire_name

GRACE = timedelta(minutes=3)
"""How late a round, or a target's probe, may be: a probe starts within a minute, waits
for up to a minute, and one round may fail."""
log = logging.getLogger(__name__)


def newest_probes(
    targets: Iterable[Target], rounds: Iterable[LastRound], now: datetime
) -> dict[str, NewestProbe]:
    """Return the newest probe of each target that was probed recently, by name.

    While the number of shards changes, two rounds may have a target: the newer counts.
    """
    fresh = [one for one in rounds if one.ended_at and now - one.ended_at <= GRACE]
    found: dict[str, NewestProbe] = {}
    for target in targets:
        places = (one.targets.get(target.name) for one in fresh)
        probes = [p for place in places if place and (p := _probe(place))]
        if not probes:
            continue
        newest = max(probes, key=lambda probe: probe.at)
        if now - newest.at <= timedelta(seconds=target.interval) + GRACE:
            found[target.name] = newest
    return found


def _probe(place: TargetRound) -> NewestProbe | None:
    """Return the newest probe of a target in a round; None: it is unreadable."""
    try:
        return _healthy(place) if place.failure is None else _failed(place)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        facts = {"target": place.target, "reason": repr(error)}
        log.warning("probe of a round skipped", extra=facts)
        return None


def _healthy(place: TargetRound) -> NewestProbe:
    probe = cast("Any", place.run)["probes"][0]
    certificate: Mapping[str, Any] = probe.get("certificate") or {}
    return NewestProbe(
        at=datetime.fromisoformat(probe["started_at"]),
        success=True,
        method=probe.get(wire_name("method"), "GET"),
        status_code=probe.get(wire_name("status_code")),
        address=probe.get(wire_name("peer_address")),
        duration=float(probe["duration"]),
        phases=_phases(probe),
        certificate_ends=_instant(certificate.get("not_after")),
    )


def _failed(place: TargetRound) -> NewestProbe:
    """Return a failing probe: its result is in the past, its seconds are beside it."""
    last = place.past[-1]
    run = cast("Any", place.run)  # the last healthy one
    kept: Mapping[str, Any] = cast("Any", place.failed) or {}
    duration = kept.get("duration")
    return NewestProbe(
        at=last.times[-1],
        success=False,
        method=run["probes"][0].get(wire_name("method"), "GET") if run else "GET",
        status_code=last.status_code,
        error_type=last.error_type.value if last.error_type else None,
        address=last.addresses[-1] if last.addresses else None,
        duration=None if duration is None else float(duration),
        phases=_phases(kept),
        certificate_ends=_instant(kept.get("certificate_ends")),
    )


def _phases(plain: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(value) for name, value in plain.get("phases", {}).items()}


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
