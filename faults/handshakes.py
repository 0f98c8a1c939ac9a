"""Faults of TLS and of what the edge lets through.

In: a platform. Out: the same, with a certificate that clients refuse, a redirect to
itself, or an edge that rejects the monitor; and the rows.
It does not: change names, targets or pods.
"""

from bench.accuracy.platform.certificate import BadCertificate
from bench.accuracy.platform.requirements import Requirements
from bench.accuracy.platform.spec import PlatformSpec
from faults.row import Injection, Row
from parallax.model.judgement import Class, Hop


def turned_away(spec: PlatformSpec) -> None:
    """The CDN limits or blocks the monitor; its origin works."""
    assert spec.cdn is not None  # noqa: S101 - its requirement
    spec.cdn.denies = spec.rng.choice((403, 429))


def refused_at_cdn(spec: PlatformSpec) -> None:
    """The CDN's certificate is refused; the balancer has a valid one."""
    wrong = spec.rng.choice(("expired", "name", "untrusted"))
    spec.certificate = BadCertificate(wrong=wrong, at_cdn=True)


def refused_at_balancer(spec: PlatformSpec) -> None:
    """The balancer ends TLS with a certificate that clients refuse."""
    wrong = spec.rng.choice(("expired", "name", "untrusted"))
    read = spec.rng.random() < 0.8
    spec.certificate = BadCertificate(wrong=wrong, recorded=read)


def refused_at_ingress(spec: PlatformSpec) -> None:
    """The balancer passes TLS on; the ingress's certificate is refused."""
    wrong = spec.rng.choice(("expired", "name", "untrusted", "fake"))
    spec.certificate = BadCertificate(wrong=wrong, kind=spec.ingress.kind)


def redirects(spec: PlatformSpec) -> None:
    """The ingress redirects to https, behind a balancer that ends TLS."""
    spec.ingress.redirects = True


EDGE_REJECTS = (
    Row(
        cause="edge-refuses-monitor",
        class_=Class.CACHE,
        hop=Hop.CDN,
        lab=("edge-refuses-monitor",),
        bench=(
            Injection(
                name="edge-refuses-monitor",
                inject=turned_away,
                requires=Requirements(cdn=True),
            ),
        ),
        supports="cdn_rejects",
        refutes="cdn_alone",
    ),
    Row(
        cause="cdn-certificate-refused",
        class_=Class.CACHE,
        hop=Hop.CDN,
        lab=("cdn-certificate-refused",),
        bench=(
            Injection(
                name="cdn-certificate-refused",
                inject=refused_at_cdn,
                requires=Requirements(cdn=True, protocol="https"),
            ),
        ),
        supports="expired_at_cdn",
        refutes="expired_at_balancer",
    ),
)
AT_BALANCER = (
    Row(
        cause="lb-certificate-refused",
        class_=Class.LOAD_BALANCER,
        hop=Hop.LOAD_BALANCER,
        lab=("lb-certificate-refused",),
        bench=(
            Injection(
                name="lb-certificate-refused",
                inject=refused_at_balancer,
                requires=Requirements(cdn=False, protocol="https"),
            ),
        ),
        supports="expired_at_balancer",
        refutes="expired_at_ingress",
    ),
)
AT_INGRESS = (
    Row(
        cause="ingress-certificate-refused",
        class_=Class.BACKEND,
        hop=Hop.INGRESS,
        lab=("ingress-certificate-refused",),
        bench=(
            Injection(
                name="ingress-certificate-refused",
                inject=refused_at_ingress,
                requires=Requirements(cdn=False, protocol="tcp"),
            ),
        ),
        supports="expired_at_ingress",
        refutes="expired_at_balancer",
    ),
    Row(
        cause="redirect-loop",
        class_=Class.BACKEND,
        hop=Hop.INGRESS,
        lab=("redirect-loop",),
        bench=(
            Injection(
                name="redirect-loop",
                inject=redirects,
                requires=Requirements(protocol="https", kind="ingress-nginx"),
            ),
        ),
        supports="redirected_to_itself",
        refutes="redirected_elsewhere",
    ),
)
