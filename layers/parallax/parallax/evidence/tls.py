"""TLS: at which handshakes users' requests fail, and what is wrong with a certificate.

In: a scene. Out: the failing handshakes, and the reason in one sentence.
It does not: conclude who presents the certificate. A certificate that was recorded is
compared with the target's host and the time of the request.
"""

from ipaddress import ip_address

from parallax.evidence import balancer, users
from parallax.evidence.reading import Hidden, Missing, reading
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.balancer import BalancerCertificate
from parallax.model.probe import AS_A_USER, Certificate, ErrorType, Probe, Role

FAKE = ("Kubernetes Ingress Controller Fake Certificate", "TRAEFIK DEFAULT CERT")
"""Subjects of the certificates that controllers make if they find none for a host
(ingress-nginx, `pkg/util/ssl`; Traefik, `pkg/tls/generate`)."""
_NOT_VERIFIED = "certificate does not verify"
"""How the probe's detail of a rejected certificate begins."""
UNRECORDED = (
    "what is wrong with the certificate (neither certificate nor reason recorded)"
)
_AFTER = ("processing", "transfer")
"""Phases after the handshake."""
_NAMES = 3
"""Names of a certificate that a sentence lists."""


@reading
def failing(scene: Scene) -> tuple[Probe, ...]:
    """Return the failing user requests that ended in the TLS handshake."""
    return tuple(p for p in users.failing(scene, *AS_A_USER) if is_tls(p))


def is_tls(probe: Probe) -> bool:
    """Return whether a request ended because this client rejected the handshake."""
    return probe.error_type is ErrorType.TLS and probe.error_phase == "tls"


def passed(scene: Scene) -> str:
    """Return that failing requests passed the handshake; raise if they got to none."""
    failed = users.failed(scene)
    shaken = [p for p in failed if p.status_code is not None or p.error_phase in _AFTER]
    if scene.target.url.startswith("http://"):
        return "users send plain HTTP"
    if shaken and len(shaken) == len(failed):
        return f"TLS succeeded for all {len(failed)} failing requests"
    if never := users.never_connected(scene):
        raise Hidden("a TLS handshake", evidence=(never,))
    share = of(len(failed) - len(shaken), len(failed))
    raise Missing(f"how TLS ended for {share} failing requests")


def most(scene: Scene) -> tuple[Probe, ...]:
    """Return the failing handshakes, if they are most of the failures."""
    failed, handshakes = users.failed(scene), failing(scene)
    if 2 * len(handshakes) <= len(failed):
        rest = of(len(failed) - len(handshakes), len(failed))
        raise Missing(f"the reason why {rest} requests fail after or before TLS")
    if _monitor_fails(scene):
        raise Missing("a TLS handshake of this monitor that succeeds with any host")
    return handshakes


@reading
def at_balancer(scene: Scene) -> tuple[Probe, ...]:
    """Return the failing handshakes, if most failures are handshakes with the balancer.

    That is, at its own address, where no proxy or CDN is before it.
    """
    handshakes = most(scene)
    if scene.target.reached.cdn:
        raise Missing("which certificate the CDN has for the name")
    own = [p for p in handshakes if balancer.was_sent_to_balancer(scene, p)]
    if len(own) < len(handshakes):
        where = ", ".join(sorted({str(p.peer_address) for p in handshakes}))
        raise Missing(
            f"a failing handshake with the load balancer ({where} is another)"
        )
    if good := [p for p in _verified(scene) if p.status_code is not None]:
        role = good[0].role.value
        raise Missing(f"the reason why the {role} probe accepts the same certificate")
    return handshakes


def _verified(scene: Scene) -> tuple[Probe, ...]:
    """Return the other requests to the balancer that verify its certificate."""
    others = users.outside(scene, Role.DIRECT, Role.ADDRESS)
    return tuple(p for p in others if balancer.was_sent_to_balancer(scene, p))


def _monitor_fails(scene: Scene) -> bool:
    """Return whether the monitor rejects the control's certificate too."""
    run = scene.outside
    return any(is_tls(p) for p in (run.by_role(Role.CONTROL) if run else ()))


def share_text(scene: Scene) -> str:
    """Return e.g. `11 of 11 requests failed in the TLS handshake`."""
    count = len(users.outside(scene, *AS_A_USER))
    return f"{of(len(failing(scene)), count)} requests failed in the TLS handshake"


@reading
def recorded(scene: Scene) -> str | None:
    """Return what the probe recorded of a refused certificate; None: nothing."""
    host = scene.target.host
    return next((why for p in failing(scene) if (why := wrong(p, host))), None)


@reading
def refusal(scene: Scene) -> str | None:
    """Return what is wrong with the certificate; None: nothing shows it."""
    if why := recorded(scene):
        return why
    failed = failing(scene)
    silent = not any(p.error_detail for p in failed)
    if failed and silent and _works_unverified(scene):
        return (
            "a request that does not verify the certificate succeeds, so clients"
            " refuse the certificate"
        )
    return None


def wrong(probe: Probe, host: str) -> str | None:
    """Return what is wrong with a probe's certificate, with its names and dates."""
    found, detail = probe.certificate, probe.error_detail or ""
    if found is None:
        return detail or None if _NOT_VERIFIED in detail else None
    issued = f"its certificate ({found.subject}, issued by {found.issuer})"
    if any(fake in found.subject for fake in FAKE):
        return f"{issued} is the ingress controller's own default"
    if found.not_after <= probe.started_at:
        return f"{issued} expired at {found.not_after:%Y-%m-%d %H:%M UTC}"
    if not is_for(found, host):
        names = ", ".join(found.names[:_NAMES]) or "no name"
        until = f"{found.not_after:%Y-%m-%d}"
        return f"{issued}, valid until {until}, is for {names}, not for {host}"
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


def _works_unverified(scene: Scene) -> bool:
    """Return whether the unknown-host probe, which verifies nothing, got a response.

    At an address where verifying requests fail; another machine shows nothing.
    """
    where = {p.peer_address for p in failing(scene)}
    others = users.outside(scene, Role.UNKNOWN_HOST)
    return any(p.status_code is not None and p.peer_address in where for p in others)


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
    end = f"valid until {until:%Y-%m-%d %H:%M UTC}" if until else "not issued"
    names = ", ".join(found.domain_names[:_NAMES])
    of_names = f" for {names}" if names else ""
    return f"Hetzner: {kind}certificate {found.name}{of_names}, {end}{_failed(found)}"


def _failed(found: BalancerCertificate) -> str:
    """Return that a managed certificate's issuance or renewal failed, and why."""
    why = f" ({found.error})" if found.error else ""
    if found.issuance == "failed":
        return f", issuance failed{why}"
    if found.renewal == "failed":
        return f", renewal failed{why}"
    return f", not renewed by Hetzner{why}" if found.renewal == "unavailable" else ""


def show_command(scene: Scene, address: str) -> str:
    """Return the command that shows the certificate, its names and dates."""
    port, host = users.listen_port(scene), scene.target.host
    at = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    return (
        f"openssl s_client -connect {at} -servername {host} </dev/null"
        " | openssl x509 -noout -subject -issuer -dates -ext subjectAltName"
    )
