"""Clients refuse the TLS certificate that the ingress presents.

Meaning: the load balancer passes TLS on, and the ingress ends it with a certificate
that has expired, is for other names, is not trusted, or is the controller's own
default. The default appears if the Ingress has no `tls` section for the host, or if its
Secret is missing or invalid.

Impact: browsers and API clients end every connection before they send a request. The
pods work and get none of these requests.

Diagnosis: most failing requests end in the TLS handshake at the load balancer's own
address, whose service on that port is tcp, and the probe recorded what is wrong with
the certificate.

Neighbors: an https service ends TLS at the load balancer: `lb-certificate-refused`. A
handshake that receives data that is not TLS has another reason, e.g.
`proxy-protocol-mismatch`. If the Ingress passes TLS on to the pods (ssl-passthrough),
this cause stays undetermined.

Mitigation: let cert-manager renew the certificate, or replace the Secret; name the host
and the Secret in the Ingress's `tls` section.

Source: ingress-nginx, `docs/user-guide/tls.md` (default certificate); Traefik, default
certificate; cert-manager, troubleshooting.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import balancer, tls
from parallax.evidence.reading import Missing, need
from parallax.evidence.scene import Scene
from parallax.model.judgement import Assessment, Class, Hop, NextStep

ID = "ingress-certificate-refused"
PASSES_ON = "ssl-passthrough"
"""The annotation with which an ingress passes TLS on to pods (several controllers)."""


def assess(scene: Scene) -> Assessment:
    """Check whether clients refuse a certificate behind a load balancer's tcp port."""
    if not tls.failing(scene):
        return refuted(ID, tls.passed(scene))
    service, name = balancer.service(scene), balancer.name(scene)
    if service.protocol == "https":
        port = service.listen_port
        return refuted(ID, f"{name} ends TLS itself on port {port} (https)")
    tls.at_balancer(scene)
    why = need(tls.refusal(scene), tls.UNRECORDED)
    cluster = scene.cluster
    found = cluster.ingress_annotations if cluster else ()
    if any(key.endswith(PASSES_ON) and value == "true" for key, value in found):
        raise Missing("whether the ingress or a pod ends TLS (ssl-passthrough is set)")
    fact = f"{tls.share_text(scene)}, which {name} passes on to the ingress: {why}"
    return supported(ID, fact)


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to see the certificate, its Secret and its renewal."""
    namespace = quote(scene.target.reached.namespace or "default")
    address = min(balancer.own_addresses(scene), key=len)
    cluster = scene.cluster
    name = (cluster.ingress_name or "" if cluster else "").rpartition("/")[2]
    named = f" {quote(name)}" if name else ""
    return (
        NextStep(
            text="Check until when the certificate is valid, for which names, and by"
            " whom it was issued.",
            command=tls.show_command(scene, address),
        ),
        NextStep(
            text=f"Check that a `tls` section of the Ingress names {scene.target.host}"
            " and a Secret that exists. Without it the controller presents its default"
            " certificate.",
            command=f"kubectl -n {namespace} describe ingress{named}",
        ),
        NextStep(
            text="If cert-manager issues the certificate, check its last renewal.",
            command=f"kubectl -n {namespace} get certificate,certificaterequest,order,"
            "challenge",
        ),
    )


CAUSE = Cause(
    id=ID,
    class_=Class.BACKEND,
    hop=Hop.INGRESS,
    title="Clients refuse the ingress's TLS certificate",
    assess=assess,
    next_steps=next_steps,
)
