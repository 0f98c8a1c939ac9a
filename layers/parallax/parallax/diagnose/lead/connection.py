"""Connection: failing requests that got no response at all.

In: a scene. Out: an observation, or None. It does not: name a cause.
"""

from shlex import quote

from parallax.diagnose.lead.at_the_balancer import (
    at_the_balancer,
    with_open_connections,
)
from parallax.diagnose.lead.observation import (
    BEFORE_THE_INGRESS,
    Observation,
    accepted,
    alike,
    share,
)
from parallax.evidence import balancer, users
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.judgement import Hop, NextStep
from parallax.model.probe import ErrorType, Probe, Role

_SECONDS = 10
"""How long the suggested commands wait: a dropped packet gets no reply."""


def not_connected(scene: Scene) -> Observation | None:
    """Observe that no connection to the name's address is established."""
    probes = alike(scene)
    if not probes or probes[0].error_phase != "connect":
        return None
    how, where = _words(probes[0]), _address(probes[0])
    return Observation(
        text=f"{share(scene, probes)} got no connection to {where}: {how}"
        f"{_direct(scene)}",
        excludes="No request was sent, so no ingress and no pod rejected it.",
        hops=BEFORE_THE_INGRESS,
        step=NextStep(
            text="Connect from another network. If it works there, a firewall or a"
            " route blocks only the addresses of Parallax. If it is refused, nothing"
            " listens at this address. If it times out, find who owns the address.",
            command=f"nc -vz -w {_SECONDS} {where.replace(' port ', ' ')}",
        ),
    )


def refused_in_tls(scene: Scene) -> Observation | None:
    """Observe that TLS fails, with the reason and the certificate that was sent."""
    probes = alike(scene)
    if not probes or probes[0].error_type is not ErrorType.TLS:
        return None
    first = probes[0]
    why = f": {first.error_detail}" if first.error_detail else ""
    return Observation(
        text=f"{share(scene, probes)} failed in TLS at {_address(first)}{why}"
        f"{_certificate(first)}{_end_of_tls(scene, first)}",
        excludes="The server accepted the connection and no request was sent, so"
        " neither a route nor a pod is the cause of these failures.",
        hops=frozenset({Hop.CDN, Hop.LOAD_BALANCER, Hop.INGRESS}),
        excluded=accepted(scene),
        step=NextStep(
            text="Read the certificate that the server sends: its names, its issuer,"
            " and until when it is valid.",
            command=_certificate_command(scene),
        ),
    )


def closed(scene: Scene) -> Observation | None:
    """Observe that the connection was accepted and closed without a response."""
    probes = alike(scene)
    if not probes or probes[0].error_type is not ErrorType.CONNECTION_CLOSED:
        return None
    when = "during TLS" if probes[0].error_phase == "tls" else "after the request"
    return Observation(
        text=f"{_address(probes[0])} accepted the connection and closed it {when},"
        f" without a response ({share(scene, probes)})",
        excludes="The address accepts connections, so the name and the route to it"
        " work.",
        hops=frozenset({Hop.LOAD_BALANCER, Hop.NODE, Hop.INGRESS}),
        excluded=accepted(scene),
        step=at_the_balancer(
            scene,
            "Check the health of the load balancer's targets. Without a healthy target"
            " it closes connections itself. With healthy ones the ingress closes them:"
            " compare the load balancer's PROXY protocol and TLS settings with those of"
            " the ingress.",
        ),
    )


def no_response(scene: Scene) -> Observation | None:
    """Observe that a request was sent and no response began in time."""
    probes = alike(scene)
    if not probes or probes[0].status_code is not None:
        return None
    how, waited = _words(probes[0]), scene.target.timeout_seconds
    return Observation(
        text=f"{share(scene, probes)} were sent to {_address(probes[0])} and got no"
        f" response within {waited:g} s ({how})",
        excludes="The connection was established, so the name and the route to the"
        " address work.",
        step=with_open_connections(
            scene,
            at_the_balancer(
                scene,
                "Check the health of the load balancer's targets. If all are healthy,"
                " request the URL at an ingress pod: a response there excludes the"
                " pods.",
            ),
        ),
    )


def _direct(scene: Scene) -> str:
    """Return what the balancer's own address does, if it does not fail as well."""
    direct = users.outside(scene, Role.DIRECT)
    well = sum(p.healthy for p in direct)
    where = "directly to the load balancer"
    return f"; {of(well, len(direct))} requests {where} succeeded" if well else ""


def _words(probe: Probe) -> str:
    return str(probe.error_type or "no response").replace("_", " ")


def _address(probe: Probe) -> str:
    return f"{probe.peer_address or probe.server_address} port {probe.peer_port}"


def _certificate(probe: Probe) -> str:
    cert = probe.certificate
    if cert is None:
        return ""
    names = ", ".join(cert.names[:3]) or cert.subject
    return (
        f". The certificate is for {names}, from {cert.issuer},"
        f" valid until {cert.not_after:%Y-%m-%d}"
    )


def _end_of_tls(scene: Scene, probe: Probe) -> str:
    """Return who ends TLS at the load balancer's own address; empty: not known."""
    service = balancer.service.maybe(scene)
    if service is None or scene.target.reached.cdn:
        return ""
    if not balancer.was_sent_to_balancer(scene, probe):
        return ""
    name = balancer.name(scene)
    if service.protocol == "https":
        return f"; {name} ends TLS itself"
    return f"; {name} passes TLS on, so the ingress or a pod ends it"


def _certificate_command(scene: Scene) -> str:
    host, port = quote(scene.target.host), users.listen_port(scene)
    return (
        f"openssl s_client -connect {host}:{port} -servername {host} </dev/null"
        " | openssl x509 -noout -subject -issuer -dates -ext subjectAltName"
    )
