"""Faults of the name: nobody has an address for it.

In: a platform. Out: the same, with a name that does not resolve; and the rows.
It does not: let the name lead to a wrong address (`edge`).
"""

from bench.accuracy.platform.outside import RESOLVERS
from bench.accuracy.platform.requirements import Requirements
from bench.accuracy.platform.spec import PlatformSpec
from faults.row import Injection, Row
from parallax.model.judgement import Class, Hop


def gone(spec: PlatformSpec) -> None:
    """The record was deleted; a resolver may still cache it."""
    word = spec.rng.choice(("nxdomain", "nxdomain", "no_address"))
    names = spec.names
    names.errors = dict.fromkeys((*RESOLVERS, names.server), word)
    if spec.rng.random() < 0.3:
        del names.errors[RESOLVERS[-1]]


def gone_with_the_domain(spec: PlatformSpec) -> None:
    """The domain expired: nobody finds a name server of its zone."""
    spec.names.errors = dict.fromkeys(RESOLVERS, "nxdomain")
    spec.names.errors[spec.names.server] = "no_zone"


def bogus(spec: PlatformSpec) -> None:
    """The zone has the record, and its signatures do not match: DNSSEC."""
    spec.names.errors = dict.fromkeys(RESOLVERS, "servfail")
    if spec.rng.random() < 0.5:
        spec.names.errors[spec.names.server] = "unreachable"


def lame(spec: PlatformSpec) -> None:
    """The delegation names servers that do not serve the zone, or are dead."""
    words = [spec.rng.choice(("servfail", "servfail", "timeout")) for _ in RESOLVERS]
    words[:2] = ("servfail", "servfail")
    spec.names.errors = dict(zip(RESOLVERS, words, strict=True))
    spec.names.errors[spec.names.server] = spec.rng.choice(
        ("refused", "servfail", "timeout", "unreachable")
    )


_ANY = Requirements()
NAMES = (
    Row(
        cause="dns-name-gone",
        class_=Class.CACHE,
        hop=Hop.DNS,
        lab=("dns-name-gone",),
        bench=(
            Injection(name="dns-name-gone", inject=gone, requires=_ANY, position=1),
            Injection(name="dns-name-gone-domain", inject=gone_with_the_domain),
        ),
        supports="no_name",
        refutes="stale_name",
    ),
    Row(
        cause="dns-zone-broken",
        class_=Class.CACHE,
        hop=Hop.DNS,
        lab=("dns-zone-broken",),
        bench=(
            Injection(name="dns-zone-broken", inject=bogus, position=1),
            Injection(name="dns-zone-broken-lame", inject=lame),
        ),
        supports="broken_zone",
        refutes="no_name",
    ),
)
