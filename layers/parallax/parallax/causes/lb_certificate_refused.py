"""Clients refuse the load balancer's TLS certificate.

Meaning: the load balancer's https service ends TLS itself, with a certificate that has
expired, is for other names, is not trusted, or was never issued. Often the renewal of a
managed certificate failed.

Impact: browsers and API clients end every connection before they send a request. The
ingress and the pods work and get none of these requests.

Diagnosis: most failing requests end in the TLS handshake with the load balancer's own
address, and its service on that port is https. The probe records the certificate and
the reason; or Hetzner's API shows that the service's certificates have expired or are
for other names. Without either, a handshake that fails has another reason.

Neighbors: a tcp service passes TLS on; then it is `ingress-certificate-refused`. Behind
a CDN users get the CDN's certificate: `cdn-certificate-refused`. If the
connection closes during the handshake without an answer, the load balancer has no
usable target.

Mitigation: renew or replace the certificate, and assign it to the service. A managed
certificate is renewed only while its zone is in Hetzner DNS and its CAA records allow
it.

Source: Hetzner Cloud API, certificates (`status.renewal`);
hcloud-cloud-controller-manager annotations
`load-balancer.hetzner.cloud/http-certificates` and `http-managed-certificate-name`.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.causes.keeper import PREFIX
from parallax.evidence import balancer, certificates, tls
from parallax.evidence.reading import Missing, need
from parallax.evidence.scene import Scene
from parallax.model.balancer import BalancerCertificate
from parallax.model.judgement import Assessment, Class, Hop, NextStep

ID = "lb-certificate-refused"


def assess(scene: Scene) -> Assessment:
    """Check whether clients refuse the certificate of a load balancer that ends TLS."""
    if not tls.failing(scene):
        return refuted(ID, tls.passed(scene))
    service = balancer.service(scene)
    name = balancer.name(scene)
    if service.protocol == "tcp":
        port = service.listen_port
        return refuted(ID, f"the service of {name} on port {port} passes TLS on (tcp)")
    if service.protocol != "https":
        raise Missing(f"an https service of {name} on port {service.listen_port}")
    tls.at_balancer(scene)
    why = need(tls.refusal(scene) or certificates.refused_by_api(scene), tls.UNRECORDED)
    fact = f"{tls.share_text(scene)} with {name}, which ends TLS itself: {why}"
    its = certificates.balancer_text(scene)
    return supported(ID, fact, *((its,) if its else ()))


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to see the certificate, and where it comes from."""
    name = balancer.name(scene)
    address = min(balancer.own_addresses(scene), key=len)
    show = NextStep(
        text="Check until when the load balancer's certificate is valid, for which"
        " names, and by whom it was issued.",
        command=tls.show_command(scene, address),
    )
    found = certificates.of_balancer.maybe(scene) or ()
    named = f"describe {quote(found[0].name)}" if len(found) == 1 else "list"
    renew = NextStep(
        text=_renewal(found, scene.target.host),
        command=f"hcloud certificate {named}",
    )
    assign = NextStep(
        text=f"Check which certificates the https service of {name} has. Set the right"
        f" ones with `hcloud load-balancer update-service {quote(name)} --listen-port"
        f" {balancer.service(scene).listen_port} --http-certificates NAME`. If the"
        " cloud controller manages the load balancer, it undoes that: set the"
        f" annotation {PREFIX}http-certificates of the Service instead.",
        command=f"hcloud load-balancer describe {quote(name)}",
    )
    return show, renew, assign


def _renewal(found: tuple[BalancerCertificate, ...], host: str) -> str:
    """Return what to check at Hetzner: its own renewal, an upload, or the choice."""
    kinds = {one.type for one in found}
    if kinds == {"managed"}:
        return "Check why Hetzner did not renew the certificate (`renewal`, `error`)."
    if kinds == {"uploaded"}:
        return (
            f"Check that the uploaded certificate is still valid and is for {host}. If"
            " not, upload another one. If it is, the load balancer sends a different"
            " one: see the next step."
        )
    return (
        "Check the certificate. If it is managed, `renewal` and `error` show why it was"
        " not renewed; if it was uploaded, upload another one."
    )


CAUSE = Cause(
    id=ID,
    class_=Class.LOAD_BALANCER,
    hop=Hop.LOAD_BALANCER,
    title="Clients refuse the load balancer's TLS certificate",
    assess=assess,
    next_steps=next_steps,
)
