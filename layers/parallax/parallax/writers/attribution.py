"""Attribution: from clues to the writer of a response, its hop, and its path.

In: a response, or a `Probe`. Out: an `Attribution`.
It does not: locate the fault. A 502 page of the ingress is nearly always a pod's
fault; the causes judge that.

The writer: first a proxy's own page; if two families match, it is unknown. Then the
marks of app servers, then responses that no known proxy writes. Marks of general
knowledge never decide. The path: replayed, if a cache reports it; unknown, if a cache
that does not report may have stored it; passed through, if another server left a trace;
else the writer's own page.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from parallax.model.probe import BEHIND_THE_INGRESS, Probe
from parallax.writers import apps, standards
from parallax.writers.families import FAMILIES
from parallax.writers.mark import Clue, Shows
from parallax.writers.response import Response

UNKNOWN = "unknown"
EITHER = (
    "a load balancer, and an HAProxy that is the ingress, write the same page: the "
    "response does not show which"
)
PASSED = "passed-through"
REMEMBERED = 256
"""Responses to remember: every cause attributes the same few probes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """The `writer` of a response, its `hop`, and `how` the response arrived.

    `hop`: load-balancer, node, ingress, cdn, pod, unknown; of a replayed response it is
    the cache's, `cdn`. `how`: own-page, passed-through, replayed, unknown.
    """

    writer: str
    hop: str
    how: str
    clues: tuple[str, ...]


def attribute(
    *,
    status_code: int,
    reason: str | None,
    headers: Sequence[tuple[str, str]],
    body: str,
) -> Attribution:
    """Return which server wrote an HTTP response; never raises.

    `reason` is None on HTTP/2; header names have their case on the wire.
    """
    response = Response.of(status_code, reason, headers, body)
    return _without_a_place(_attribute(response))


def _without_a_place(attribution: Attribution) -> Attribution:
    """Leave HAProxy's hop open: bytes do not show a balancer from an ingress."""
    if attribution.writer != "haproxy" or attribution.hop != "load-balancer":
        return attribution
    return replace(attribution, hop=UNKNOWN, clues=(*attribution.clues, EITHER))


@lru_cache(maxsize=REMEMBERED)
def _attribute(response: Response) -> Attribution:
    if re.match(apps.BANNER, response.body):
        text = "the body is the first message of a protocol other than HTTP"
        return Attribution(writer=UNKNOWN, hop=UNKNOWN, how=UNKNOWN, clues=(text,))
    every = [clue for family in FAMILIES for clue in family.clues(response)]
    claims = _claims(every)
    standard = standards.clues(response)
    every += standard
    claims = claims or _claims(standard)
    if not claims:
        for family in (apps.NAMED, apps.PLAIN):
            clues = family.clues(response)
            every += clues
            claims = claims or _claims(clues)[:1]
    return _conclude(claims, every)


def attribute_probe(probe: Probe) -> Attribution | None:
    """Return which server wrote a probe's response; None without an HTTP response.

    A probe passes the target's load balancer, so HAProxy's page is at first the
    balancer's. A probe to the pod, or to its Service without the ingress, passes no
    other server: the writer is in the pod.
    """
    if probe.status_code is None:
        return None
    attribution = _attribute(
        Response.of(probe.status_code, probe.reason, probe.headers, probe.body)
    )
    if probe.role not in BEHIND_THE_INGRESS:
        return attribution
    text = "the probe was sent to the pod itself"
    how = UNKNOWN if attribution.writer == UNKNOWN else "own-page"
    return replace(attribution, hop="pod", how=how, clues=(*attribution.clues, text))


def _claims(clues: Iterable[Clue]) -> list[Clue]:
    """Return the clues that identify a writer by themselves."""
    return [
        clue
        for clue in clues
        if clue.decides
        and clue.shows in (Shows.OWN, Shows.INNER)
        and clue.family != UNKNOWN
    ]


def _conclude(claims: list[Clue], clues: list[Clue]) -> Attribution:
    """Combine writer and path; among app servers the first claim wins."""
    rivals = {claim.family for claim in claims}
    disputed = len(rivals) > 1
    writer = None if disputed or not claims else claims[0]
    sentences = tuple(dict.fromkeys(clue.sentence for clue in clues))
    if disputed:
        sentences += (f"matches {' and '.join(sorted(rivals))}: the writer is unknown",)
    replayed = any(c.decides and c.shows is Shows.REPLAY for c in clues)
    return Attribution(
        writer=writer.family if writer else UNKNOWN,
        hop="cdn" if replayed else writer.hop if writer else UNKNOWN,
        how="replayed" if replayed else _how(writer, claims, clues),
        clues=sentences,
    )


def _how(writer: Clue | None, claims: list[Clue], clues: list[Clue]) -> str:
    """Return whether it is an own page, passed another server, or may be cached."""
    if writer is None:
        return UNKNOWN
    others = [c for c in clues if c.decides and c.family != writer.family]
    inner = writer.hop == "pod" or any(c.shows is Shows.INNER for c in claims)
    if any(c.shows is Shows.SILENT for c in (clues if inner else others)):
        return UNKNOWN
    passed = inner or any(c.shows is Shows.THROUGH for c in others)
    return PASSED if passed else "own-page"
