"""TLS: at which handshakes users' requests fail, and with whom.

In: a scene. Out: the failing handshakes, and why clients refuse the certificate.
It does not: conclude who presents the certificate, or read it (`certificates`).
"""

from parallax.evidence import balancer, users
from parallax.evidence.certificates import wrong
from parallax.evidence.reading import Hidden, Missing, reading
from parallax.evidence.scene import Scene
from parallax.evidence.words import every, of
from parallax.model.probe import AS_A_USER, ErrorType, Probe, Role

UNRECORDED = (
    "what is wrong with the certificate (neither certificate nor reason recorded)"
)
_AFTER = ("processing", "transfer")
"""Phases after the handshake."""


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
        who = every(len(failed), "failing request", "failing requests")
        return f"TLS succeeded for {who}"
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


def _works_unverified(scene: Scene) -> bool:
    """Return whether the unknown-host probe, which verifies nothing, got a response.

    At an address where verifying requests fail; another machine shows nothing.
    """
    where = {p.peer_address for p in failing(scene)}
    others = users.outside(scene, Role.UNKNOWN_HOST)
    return any(p.status_code is not None and p.peer_address in where for p in others)


def show_command(scene: Scene, address: str) -> str:
    """Return the command that shows the certificate, its names and dates."""
    port, host = users.listen_port(scene), scene.target.host
    at = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    return (
        f"openssl s_client -connect {at} -servername {host} </dev/null"
        " | openssl x509 -noout -subject -issuer -dates -ext subjectAltName"
    )
