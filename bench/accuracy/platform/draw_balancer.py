"""Draw a load balancer, and perhaps a CDN in front of it.

In: a random generator, what is behind. Out: `Balancer`, `Cdn`.
It does not: draw what is behind; `draw` does.
"""

from random import Random

from bench.accuracy.platform.parts import (
    Balancer,
    Cdn,
    Check,
    Ingress,
    Listen,
    Machine,
)
from bench.accuracy.platform.requirements import Requirements


def balancer(  # noqa: PLR0913 - what is behind it
    rng: Random,
    requires: Requirements,
    nodes: list[Machine],
    ingress: Ingress,
    *,
    protocol: str,
    host: str,
    word: str,
) -> Balancer:
    """Draw a load balancer in front of an ingress."""
    private = rng.random() < 0.75 if requires.private is None else requires.private
    last = rng.randrange(10, 100)
    listens = [
        _listen(
            rng,
            requires,
            ingress,
            "http" if protocol != "tcp" else "tcp",
            port=80,
            host=host,
        )
    ]
    if protocol != "http":
        listens.insert(
            0, _listen(rng, requires, ingress, protocol, port=443, host=host)
        )
    types = ("server", "server", "label_selector", "ip")
    return Balancer(
        name=f"{word}-lb",
        number=900000 + last,
        ipv4=f"203.0.113.{last}",
        ipv6=f"2001:db8:1::{last}" if rng.random() < 0.5 else None,
        use_private=private,
        targets=[n.name for n in nodes],
        target_type="server" if requires.private else rng.choice(types),
        listens=listens,
        connect_timeout=rng.choice((1.0, 2.0)),
        has_detail=rng.random() < 0.6
        if requires.has_detail is None
        else requires.has_detail,
    )


def _listen(  # noqa: PLR0913 - what is behind it
    rng: Random,
    requires: Requirements,
    ingress: Ingress,
    protocol: str,
    *,
    port: int,
    host: str,
) -> Listen:
    secure = protocol == "tcp" and port == 443
    to = ingress.https_port if secure else ingress.http_port
    asks = requires.check or rng.choice(("tcp", "tcp", "http"))
    kind = ("https" if secure else "http") if asks == "http" else "tcp"
    check = Check(protocol=kind, port=to, domain=host if kind != "tcp" else None)
    check.tls = kind == "https"
    return Listen(
        protocol=protocol,
        port=port,
        destination=to,
        proxy=ingress.proxy_protocol,
        check=check,
    )


def cdn_for(
    rng: Random, requires: Requirements, balancer: Balancer, scheme: str
) -> Cdn | None:
    """Draw a CDN in front of a load balancer, or none."""
    wanted = rng.random() < 0.2 if requires.cdn is None else requires.cdn
    if not wanted:
        return None
    last = rng.randrange(100, 200)
    return Cdn(
        kind=rng.choice(("varnish", "cloudflare", "other")),
        addresses=(f"203.0.113.{last}", f"203.0.113.{last + 1}"),
        origin=balancer.ipv4,
        port=443 if scheme == "https" else 80,
    )
