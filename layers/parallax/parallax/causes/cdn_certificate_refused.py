"""Clients refuse the TLS certificate that the CDN presents.

Meaning: the name leads to the CDN, whose certificate has expired, is for other names or
is not trusted: its renewal failed, or the name is not configured there.

Impact: browsers and API clients end every connection before they send a request. The
load balancer and everything behind it work and get none of these requests.

Diagnosis: most failing requests end in the TLS handshake with the CDN, and the probe
recorded what is wrong with the certificate. Direct requests to the load balancer
succeed.

Neighbors: without a CDN, TLS ends at the load balancer or at the ingress:
`lb-certificate-refused`, `ingress-certificate-refused`. If direct requests fail in TLS
too, this cause stays undetermined.

Mitigation: let the CDN issue a certificate that has the name, or upload a valid one.

Source: RFC 9525 (names in certificates); Cloudflare, Universal SSL (only one level of
subdomains).
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import balancer, tls, users
from parallax.evidence.reading import Missing, need
from parallax.evidence.scene import Scene
from parallax.model.judgement import Assessment, Class, Hop, NextStep
from parallax.model.probe import Role

ID = "cdn-certificate-refused"


def assess(scene: Scene) -> Assessment:
    """Check whether clients refuse the certificate of the CDN before the balancer."""
    if not tls.failing(scene):
        return refuted(ID, tls.passed(scene))
    if not scene.target.reached.cdn:
        return refuted(ID, "no CDN is configured")
    tls.most(scene)
    why = need(tls.recorded(scene), tls.UNRECORDED)
    direct = users.outside(scene, Role.DIRECT)
    need(direct, "a direct request to the load balancer's own address")
    if any(not p.healthy for p in direct):
        raise Missing("the reason why direct requests to the load balancer fail too")
    places = ", ".join(sorted({str(p.peer_address) for p in tls.failing(scene)}))
    return supported(
        ID,
        f"{tls.share_text(scene)} with the CDN at {places}: {why}",
        f"direct requests to {balancer.name(scene)} succeed, with TLS verified",
    )


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to see the CDN's certificate, and what to change there."""
    address = str(tls.failing(scene)[0].peer_address)
    return (
        NextStep(
            text="Check until when the CDN's certificate is valid, for which names, and"
            " by whom it was issued.",
            command=tls.show_command(scene, address),
        ),
        NextStep(
            text=f"In the CDN's console, check that {scene.target.host} has a valid"
            " certificate and whether its renewal failed. The authority must be able to"
            " validate the name: this command shows its CAA records.",
            command=f"dig +short CAA {quote(scene.target.host)}",
        ),
    )


CAUSE = Cause(
    id=ID,
    class_=Class.CACHE,
    hop=Hop.CDN,
    title="Clients refuse the CDN's TLS certificate",
    assess=assess,
    next_steps=next_steps,
)
