"""Edge twists: what breaks before the load balancer, and its own connection.

In: a platform. Out: the same, broken as a report describes.
It does not: change the cluster.
"""

from dataclasses import replace

from bench.accuracy.platform.conditions import Refused
from bench.accuracy.platform.outside import RESOLVERS
from bench.accuracy.platform.parts import Cdn
from bench.accuracy.platform.spec import PlatformSpec

FAKE = "CN=Kubernetes Ingress Controller Fake Certificate,O=Acme Co"


def name_gone(spec: PlatformSpec) -> None:
    """Every resolver, and the zone's own server, know no such name."""
    spec.conditions.name_error = "nxdomain"


def name_empty(spec: PlatformSpec) -> None:
    """The name exists, and has no address any more."""
    spec.conditions.name_error = "no_address"


def zone_refused(spec: PlatformSpec) -> None:
    """Resolvers that validate fail; the zone's own server responds."""
    spec.conditions.name_error = "servfail"
    spec.conditions.zone_answers = True


def zone_silent(spec: PlatformSpec) -> None:
    """The zone's own server fails as well: resolvers learn nothing."""
    spec.conditions.name_error = "servfail"


def _certificate(spec: PlatformSpec, detail: str, at: str = "") -> Refused:
    """Return a certificate for the platform's host, presented where TLS ends."""
    passes = any(x.protocol == "tcp" for x in spec.balancer.listens)
    return Refused(
        at=at or ("ingress" if passes else "balancer"),
        detail=detail,
        subject=f"CN={spec.host}",
        names=(spec.host,),
    )


def expired(spec: PlatformSpec) -> None:
    """The certificate expired some days ago, or a minute ago."""
    days = spec.rng.choice((-0.001, -0.5, -4.0, -40.0))
    plain = _certificate(spec, "certificate has expired")
    spec.conditions.certificate = replace(plain, days=days)


def wrong_name(spec: PlatformSpec) -> None:
    """The certificate is for another name."""
    other = spec.rng.choice(("www.example.edu", "*.example.edu", f"old-{spec.host}"))
    plain = _certificate(
        spec, f"Hostname mismatch, certificate is not valid for '{spec.host}'."
    )
    spec.conditions.certificate = replace(plain, subject=f"CN={other}", names=(other,))


def fake(spec: PlatformSpec) -> None:
    """The ingress presents its own stand-in, because the Secret is missing."""
    plain = _certificate(spec, "self-signed certificate", "ingress")
    spec.conditions.certificate = replace(
        plain, subject=FAKE, issuer=FAKE, names=("ingress.local",), days=300.0
    )


def untrusted(spec: PlatformSpec) -> None:
    """The certificate is of an authority that nobody trusts, or without its chain."""
    plain = _certificate(spec, "unable to get local issuer certificate")
    issuer = "CN=(STAGING) Artificial Apricot R3,O=(STAGING) Let's Encrypt,C=US"
    spec.conditions.certificate = replace(plain, issuer=issuer)


def redirects_behind_the_balancer(spec: PlatformSpec) -> None:
    """TLS ends at the balancer; the ingress sends each plain request to https."""
    spec.conditions.redirects = "forced"


def redirects_by_its_section(spec: PlatformSpec) -> None:
    """The same, because the Ingress has a `tls` section."""
    spec.conditions.redirects = "tls-section"


def challenges(spec: PlatformSpec) -> None:
    """Cloudflare has the monitor prove that it is a browser."""
    assert spec.cdn is not None  # noqa: S101 - its requirement
    spec.cdn.kind, spec.cdn.denies, spec.cdn.challenges = "cloudflare", 403, True


def bans(spec: PlatformSpec) -> None:
    """The CDN has blocked or limited the monitor's address."""
    assert spec.cdn is not None  # noqa: S101 - its requirement
    spec.cdn.denies = spec.rng.choice((403, 429))


def front_proxy(spec: PlatformSpec) -> None:
    """A proxy of the owner's stands in front, undeclared, and lost its upstream."""
    last = spec.rng.randrange(200, 240)
    address = f"203.0.113.{last}"
    spec.names.zone = (address,)
    spec.names.caches = dict.fromkeys(RESOLVERS, (address,))
    spec.cdn = Cdn(
        kind=spec.rng.choice(("nginx", "varnish", "other")),
        addresses=(address,),
        origin="203.0.113.252",
        port=443 if spec.scheme == "https" else 80,
        declared=False,
    )
    spec.names.elsewhere["203.0.113.252"] = spec.rng.choice(("refuse", "silent"))
