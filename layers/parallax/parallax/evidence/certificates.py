"""Certificates: what is wrong with one, by its names, its dates and its issuer.

In: a probe that rejected a certificate, or the balancer's certificates as Hetzner's API
has them. Out: one sentence.
It does not: conclude who presents it (`tls`), or verify a chain.
"""

from ipaddress import ip_address

from parallax.evidence import balancer
from parallax.evidence.reading import reading
from parallax.evidence.scene import Scene
from parallax.model.balancer import BalancerCertificate
from parallax.model.probe import Certificate, Probe

FAKE = ("Kubernetes Ingress Controller Fake Certificate", "TRAEFIK DEFAULT CERT")
"""Subjects of the certificates that controllers make if they find none for a host
(ingress-nginx, `pkg/util/ssl`; Traefik, `pkg/tls/generate`)."""
_NOT_VERIFIED = "certificate does not verify"
"""How the probe's detail of a rejected certificate begins."""
_NAMES = 3
"""Names of a certificate that a sentence lists."""


def wrong(probe: Probe, host: str) -> str | None:
    """Return what is wrong with a probe's certificate, with its names and dates."""
    found, detail = probe.certificate, probe.error_detail or ""
    if found is None:
        return detail or None if _NOT_VERIFIED in detail else None
    whose = f"{found.subject}, issued by {found.issuer}"
    issued = f"its certificate ({whose})"
    if any(fake in found.subject for fake in FAKE):
        return f"{issued} is the ingress controller's own default"
    if found.not_after <= probe.started_at:
        return f"{issued} expired at {found.not_after:%Y-%m-%d %H:%M UTC}"
    if not is_for(found, host):
        names = ", ".join(found.names[:_NAMES]) or "no name"
        whose = f"{whose}, valid until {found.not_after:%Y-%m-%d}"
        return f"its certificate is for {names}, not for {host} ({whose})"
    if _NOT_VERIFIED in detail:
        reason = detail.partition(": ")[2].rstrip(".") or detail
        return f"{issued} is not trusted: {reason}"
    return None


def is_for(certificate: Certificate, host: str) -> bool:
    """Return whether a certificate names a host (RFC 6125: `*` is one label)."""
    return any(_matches(name, host) for name in certificate.names)


def _matches(name: str, host: str) -> bool:
    name, host = name.lower().rstrip("."), host.lower()
    if name.startswith("*."):
        return host.partition(".")[2] == name[2:]
    return name == host or _same_ip(name, host)


def _same_ip(name: str, host: str) -> bool:
    try:
        return ip_address(name) == ip_address(host)
    except ValueError:
        return False


@reading
def of_balancer(scene: Scene) -> tuple[BalancerCertificate, ...]:
    """Return the certificates of the balancer's service on the users' port."""
    lb, service = balancer.load_balancer(scene), balancer.service(scene)
    known = lb.certificates or ()
    return tuple(c for c in known if c.id in service.certificate_ids)


def refused_by_api(scene: Scene) -> str | None:
    """Return that no certificate of the service is valid for the host; None: one is."""
    found, host = of_balancer.maybe(scene) or (), scene.target.host
    if not found or any(not c.domain_names for c in found):
        return None
    usable = [c for c in found if any(_matches(n, host) for n in c.domain_names)]
    if not usable:
        return f"none of its {len(found)} certificates is for {host}"
    ends = [c.not_valid_after for c in usable if c.not_valid_after]
    if len(ends) < len(usable) or max(ends) > scene.taken_at:
        return None
    return f"its certificate for {host} expired at {max(ends):%Y-%m-%d %H:%M UTC}"


def balancer_text(scene: Scene) -> str | None:
    """Return what Hetzner reports about the balancer's certificates; None: nothing."""
    found = of_balancer.maybe(scene) or ()
    return "; ".join(_certificate(c) for c in found) or None


def _certificate(found: BalancerCertificate) -> str:
    kind = f"{found.type} " if found.type else ""
    until = found.not_valid_after
    end = (
        f"valid until {until:%Y-%m-%d %H:%M UTC}"
        if until
        else "end of validity not reported"
    )
    names = ", ".join(found.domain_names[:_NAMES])
    of_names = f" for {names}" if names else ""
    what = f"{kind}certificate '{found.name}'{of_names}"
    return f"Hetzner has the {what}: {end}{_failed(found)}"


def _failed(found: BalancerCertificate) -> str:
    """Return that a managed certificate's issuance or renewal failed, and why."""
    why = f" ({found.error})" if found.error else ""
    if found.issuance == "failed":
        return f", issuance failed{why}"
    if found.renewal == "failed":
        return f", renewal failed{why}"
    return f", not renewed by Hetzner{why}" if found.renewal == "unavailable" else ""
