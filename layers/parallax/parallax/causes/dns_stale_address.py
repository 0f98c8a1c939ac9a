"""DNS returns an address that is not the load balancer's.

Meaning: DNS gives users an old address. The record was not changed, resolvers still
cache an old answer, or one of several addresses is wrong.

Impact: users reach whatever still runs at that address: an old server with an error
page, or nothing. The load balancer and everything behind it work and get none of these
requests. With several addresses only the share fails that uses the wrong one.

Diagnosis: failing requests went to an address that is not the load balancer's. Direct
requests to the load balancer succeed. No resolver gives only the load balancer's
address. One more fact must show that the address is outdated: a name server of the zone
has only the load balancer's (wait for the TTL), or users were served at another address
before the failure.

Neighbors: if some resolvers are right, it is `dns-resolvers-disagree`. An address that
always was the name's may be a reverse proxy or a CDN before the load balancer that is
not configured here, or a second load balancer of a project without a token; then this
cause stays undetermined. If the load balancer fails as well, its own causes apply, and
this one stays undetermined.

Mitigation: set the A and AAAA records to the load balancer's addresses and remove the
old ones. Lower the TTL a day before the next move.

Source: RFC 1034 and RFC 2181 (TTL); hcloud-cloud-controller-manager (a recreated load
balancer gets a new address).
"""

from collections.abc import Generator
from contextlib import contextmanager
from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import moved, names, zone_reading
from parallax.evidence.reading import Missing, Unreached
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.judgement import Assessment, Class, Hop, NextStep

ID = "dns-stale-address"


def assess(scene: Scene) -> Assessment:
    """Check whether users get an address that is not the load balancer's."""
    if arrived := names.all_reached_balancer(scene):
        return refuted(ID, arrived)
    with _also(scene):
        found = names.elsewhere(scene)
    failures, right, wrong = found.failures, found.right, found.wrong
    if right and wrong:
        share = of(len(right), len(right) + len(wrong))
        verb = "returns" if len(right) == 1 else "return"
        only = f"{share} resolvers {verb} only the load balancer's address"
        return refuted(ID, only)
    if not names.failing_address_is_given(scene):
        raise Missing("a resolver that gives this address", evidence=(failures,))
    before, zone = moved.moved(scene).text, names.zone_text(scene)
    known = zone_reading.facts(scene)
    works = names.balancer_works(scene)
    facts = dict.fromkeys((failures, works, before, zone, *known))
    return supported(ID, *facts)


@contextmanager
def _also(scene: Scene) -> Generator[None]:
    """State that the address is outdated, if only a fault behind it leaves a doubt."""
    try:
        yield
    except Missing as gap:
        if gap.why != (names.BALANCER_FAILS,):
            raise
        before = moved.moved.maybe(scene)
        if before is None:
            raise
        failures = names.failures_elsewhere(scene)
        raise Unreached(*gap.why, evidence=(failures, before.text)) from None


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return whether to change the record or to wait, and for how long."""
    host, zone = scene.target.host, names.zone_answers(scene)
    own = ", ".join(moved.moved(scene).right)
    places = ", ".join(moved.used(scene))
    right = bool(zone) and not names.foreign_addresses(scene, zone[0])
    given = names.resolvers(scene)[1]
    ttl = max((r.ttl or 0 for r in given), default=0)
    until = f", in up to {ttl} s," if ttl else ""
    wrong = next((r.resolver for r in given), "")
    asked = f"resolver {wrong}" if wrong else "your resolver"
    at = f" @{quote(wrong)}" if wrong else ""
    wait = NextStep(
        text=f"Check which address {asked} returns now. {own} is right: if it is"
        " printed, its users reach the load balancer again. If another one is printed,"
        f" it is most likely cached: {names.zone_share(scene)} return {own}. A cached"
        f" address expires by itself{until} or when the cache is flushed."
        f" {names.IS_IT_CACHED}",
        command=f"dig{at} +noall +answer {quote(host)}",
    )
    server = f" @{quote(zone[0].resolver)}" if zone else ""
    change = NextStep(
        text=f"If nobody moved the name to {places} on purpose: in the zone, set the"
        f" records of {host} to {own}, and remove every other address. If it was moved"
        f" on purpose, e.g. to a proxy, find out why {places} fails. This command shows"
        " the current records.",
        command=f"dig{server} +noall +answer {quote(host)} A {quote(host)} AAAA",
    )
    return (wait,) if right else (change,)


CAUSE = Cause(
    id=ID,
    class_=Class.CACHE,
    hop=Hop.DNS,
    title="DNS returns an address that is not the load balancer's",
    assess=assess,
    next_steps=next_steps,
)
