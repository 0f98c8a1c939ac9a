"""Look-alike: what look-alikes are built with, beside the pieces of snapshots.

In: runs and snapshots. Out: the same with other answers.
It does not: know any cause.
"""

from collections.abc import Callable
from dataclasses import replace

from parallax.model.cluster import Pod
from parallax.model.probe import AS_A_USER, Probe, ProbeRun, Role
from parallax.model.snapshot import Snapshot
from tests.parallax import scenarios as s

type Build = Callable[[], tuple[Snapshot, set[str]]]
"""Returns a snapshot, and the causes that may be named; its docstring says why."""
type Fields = dict[str, object]

UNKNOWN = "not-established"
PAST_DNS = (*AS_A_USER, Role.CACHE_BUSTER)
EDGE = "203.0.113.150"
"""An address of a CDN."""


def page(status: int, body: str, *headers: tuple[str, str]) -> Fields:
    """Return the fields of an answer that no capture holds."""
    return {
        "status_code": status,
        "reason": "",
        "headers": headers,
        "body": body,
        "healthy": False,
        "error_type": None,
        "error_phase": None,
    }


def silence(how: str) -> Fields:
    """Return the fields of no answer at all."""
    return page(0, "") | {"status_code": None} | s.answer(how)


def cloudflare(status: int, body: str = "") -> Fields:
    """Return a page that Cloudflare writes itself."""
    plain = ("Content-Type", "text/plain; charset=UTF-8")
    mark = (("Server", "cloudflare"), ("CF-RAY", "8f1c2d3e4a5b6c7d-FRA"))
    return page(status, body or f"error code: {status}", plain, *mark)


DEFAULT_BACKEND = page(
    404, "default backend - 404", ("content-type", "text/plain; charset=utf-8")
)


def got(
    run: ProbeRun,
    fields: Fields,
    *roles: Role,
    every: int = 1,
) -> ProbeRun:
    """Let the run's probes with these roles, or every n-th of them, get an answer."""
    found = [p for p in run.probes if p.role in roles][::every]
    probes = tuple(
        replace(p, **fields) if any(p is x for x in found) else p  # type: ignore[arg-type]
        for p in run.probes
    )
    return replace(run, probes=probes)


def asked_at(run: ProbeRun, address: str, *roles: Role) -> ProbeRun:
    """Let the run's probes with these roles have asked an address."""
    return got(run, {"peer_address": address}, *roles)


def inside(
    snapshot: Snapshot, fields: Fields, fits: Callable[[Probe], bool]
) -> Snapshot:
    """Let the inside probes that fit get an answer."""
    reports = tuple(
        replace(
            r,
            probes=tuple(
                replace(p, **fields) if fits(p) else p  # type: ignore[arg-type]
                for p in r.probes
            ),
        )
        for r in snapshot.reports
    )
    return replace(snapshot, reports=reports)


def everywhere(snapshot: Snapshot, fields: Fields) -> Snapshot:
    """Let every inside probe get an answer."""
    return inside(snapshot, fields, lambda _: True)


def unlogged(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot of a cluster whose ingress log nobody reads."""
    reports = tuple(
        replace(r, log_read_at=None, sightings=()) for r in snapshot.reports
    )
    return replace(snapshot, reports=reports, sightings=())


def restarted(snapshot: Snapshot, seconds: float) -> Snapshot:
    """Return the snapshot with ingress pods that came up so long before the run."""
    pods = tuple(
        Pod(
            name=f"ingress-{n}",
            node=node,
            phase="Running",
            ready=True,
            started_at=s.SINCE - seconds * s.MINUTE / 60,
        )
        for n, node in enumerate(s.NODES)
    )
    return s.with_reading(snapshot, ingress_pods=pods)
