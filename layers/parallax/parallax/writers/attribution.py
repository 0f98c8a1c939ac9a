"""Attribution: from clues to who wrote an answer, at which hop, and how it came.

In: a response, or a `Probe`. Out: an `Attribution`.
It does not: say where the fault is. A 502 page of the ingress is nearly always
a pod's fault; the causes judge that.

How it decides. A proxy's own page first; two families that both claim a page
make it unknown. Then an app server's marks, then what no known proxy writes.
Rows of general knowledge never decide. Then the way: replayed, if a cache says
so; unknown, if one may have kept it and would not say; passed through, if anybody
but the author left a trace; else its own page.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from parallax.model.probe import BEHIND_THE_INGRESS, Probe
from parallax.writers import (
    akamai,
    apache,
    apps,
    aws_alb,
    azure,
    caddy,
    cloudflare,
    cloudfront,
    envoy,
    fastly,
    google,
    haproxy,
    ingress_nginx,
    kong,
    nginx,
    squid,
    standards,
    traefik,
    varnish,
)
from parallax.writers.mark import Clue, Shows
from parallax.writers.response import Response

FAMILIES = (
    haproxy.FAMILY,
    ingress_nginx.FAMILY,
    nginx.FAMILY,
    varnish.FAMILY,
    fastly.FAMILY,
    squid.FAMILY,
    caddy.FAMILY,
    apache.FAMILY,
    envoy.FAMILY,
    traefik.FAMILY,
    cloudflare.FAMILY,
    cloudfront.FAMILY,
    akamai.FAMILY,
    aws_alb.FAMILY,
    google.FAMILY,
    azure.APPLICATION_GATEWAY,
    azure.FRONT_DOOR,
    kong.FAMILY,
)
UNKNOWN = "unknown"
PASSED = "passed-through"
REMEMBERED = 256
"""Responses kept: every cause asks about the same few probes again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Who wrote an answer (`writer`), where that stands (`hop`), and `how` it came.

    `hop`: load-balancer, ingress, cdn, pod, unknown; of a replayed answer it is
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
    """Say who wrote an HTTP answer. Never raises; what bytes don't tell is unknown.

    `reason` is None on HTTP/2; header names in their case on the wire.
    """
    return _attribute(Response.of(status_code, reason, headers, body))


@lru_cache(maxsize=REMEMBERED)
def _attribute(response: Response) -> Attribution:
    if re.match(apps.BANNER, response.body):
        says = "the body is the greeting of a program that does not speak HTTP"
        return Attribution(writer=UNKNOWN, hop=UNKNOWN, how=UNKNOWN, clues=(says,))
    found = [clue for family in FAMILIES for clue in family.clues(response)]
    claims = _claims(found)
    spoken = standards.clues(response)
    found += spoken
    claims = claims or _claims(spoken)
    if not claims:
        for family in (apps.NAMED, apps.PLAIN):
            clues = family.clues(response)
            found += clues
            claims = claims or _claims(clues)
    return _conclude(claims, found)


def attribute_probe(probe: Probe) -> Attribution | None:
    """Say who wrote a probe's answer; None if there was no HTTP answer.

    A probe that went to the pod, or to its Service without the ingress, met
    nothing in between: whatever wrote the answer stands in the pod.
    """
    if probe.status_code is None:
        return None
    attribution = attribute(
        status_code=probe.status_code,
        reason=probe.reason,
        headers=probe.headers,
        body=probe.body,
    )
    if probe.role not in BEHIND_THE_INGRESS:
        return attribution
    says = "the probe went to the pod itself"
    how = UNKNOWN if attribution.writer == UNKNOWN else "own-page"
    return replace(attribution, hop="pod", how=how, clues=(*attribution.clues, says))


def _claims(clues: Iterable[Clue]) -> list[Clue]:
    """Return the clues that name an author by themselves."""
    return [
        clue
        for clue in clues
        if clue.decides
        and clue.shows in (Shows.OWN, Shows.INNER)
        and clue.family != UNKNOWN
    ]


def _conclude(claims: list[Clue], found: list[Clue]) -> Attribution:
    """Join author and way. The first claim wins within one tier of apps only."""
    rivals = {claim.family for claim in claims}
    disputed = len(rivals) > 1 and any(claim.hop != "pod" for claim in claims)
    author = None if disputed or not claims else claims[0]
    says = tuple(dict.fromkeys(clue.sentence for clue in found))
    if disputed:
        says += (f"claimed by {' and '.join(sorted(rivals))}: left open",)
    replayed = any(c.decides and c.shows is Shows.REPLAY for c in found)
    return Attribution(
        writer=author.family if author else UNKNOWN,
        hop="cdn" if replayed else author.hop if author else UNKNOWN,
        how="replayed" if replayed else _how(author, claims, found),
        clues=says,
    )


def _how(author: Clue | None, claims: list[Clue], found: list[Clue]) -> str:
    """Tell an own page from one that came through somebody else, or may be kept."""
    if author is None:
        return UNKNOWN
    others = [c for c in found if c.decides and c.family != author.family]
    inner = author.hop == "pod" or any(c.shows is Shows.INNER for c in claims)
    if any(c.shows is Shows.SILENT for c in (found if inner else others)):
        return UNKNOWN
    passed = inner or any(c.shows is Shows.THROUGH for c in others)
    return PASSED if passed else "own-page"
