"""Some resolvers lead users to the load balancer, others elsewhere.

Meaning: the name's record was changed, and not everybody has heard of it: some
resolvers keep the old answer until its TTL is over, or the zone's own servers differ.

Impact: whether a user is served depends on the resolver asked. Those of the old answer
meet an old server's error, or nobody; the others see nothing wrong.

Diagnosis: of the resolvers asked in the same run, some give only the balancer's
addresses and some another one; the failing requests went to that other one; the
balancer, asked directly, answers well.

Neighbors: where every resolver gives the wrong address it is `dns-stale-address`.
Resolvers that differ while users fail at the balancer's own address are not to blame.
Behind a CDN resolvers rightly differ by place, and this cause stays unknown.

Mitigation: wait for the TTL, or have the resolver's cache flushed; if the zone's own
servers differ, bring its secondaries up to date.

Source: reference hetzner.md, section 6; incident.md, suspect 2.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import names
from parallax.evidence.reading import Missing
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.finding import Assessment, Class, Hop, NextStep
from parallax.model.probe import Resolution

ID = "dns-resolvers-disagree"


def assess(scene: Scene) -> Assessment:
    """Ask whether failing users were led astray by some resolvers only."""
    if arrived := names.arrived(scene):
        return refuted(ID, arrived)
    found = names.elsewhere(scene)
    met, right, wrong = found.failures, found.right, found.wrong
    if wrong and not right and names.named(scene):
        count = len(wrong)
        return refuted(ID, f"{of(count, count)} resolvers say the same")
    if not right or not names.named(scene):
        what = "resolvers of which one gives this address and one the balancer's"
        raise Missing(what, evidence=(met,))
    split = f"{_who(right)} gives the balancer's address, {_say(wrong)}"
    return supported(ID, split, met, names.well_at_balancer(scene))


def _who(resolutions: tuple[Resolution, ...]) -> str:
    return ", ".join(r.resolver for r in resolutions)


def _say(wrong: tuple[Resolution, ...]) -> str:
    return "; ".join(f"{r.resolver} says {', '.join(r.addresses)}" for r in wrong)


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Tell which resolver is wrong, and for how long it will be."""
    host = quote(scene.target.host)
    steps = [
        NextStep(
            text=f"{r.resolver} keeps {', '.join(names.others(scene, r))}"
            f"{f' for {r.ttl} s more' if r.ttl else ''}: flush its cache, or wait.",
            command=f"dig @{quote(r.resolver)} +noall +answer {host}",
        )
        for r in names.resolvers(scene)[1]
    ]
    look = NextStep(
        text="See that the zone's own servers are all at the same serial.",
        command=f"dig +nssearch {host}",
    )
    return (*steps, look)


CAUSE = Cause(
    id=ID,
    class_=Class.CACHE,
    hop=Hop.DNS,
    title="Some resolvers lead users to another address",
    assess=assess,
    next_steps=next_steps,
)
