"""Outside: what the probe function sees of a platform.

In: a `PlatformSpec` and the health of its targets. Out: `ProbeRun`s, minute by minute.
It does not: see what is inside.
"""

from dataclasses import dataclass, field, replace

from bench.accuracy.platform.edge import to_address
from bench.accuracy.platform.health import Health, play
from bench.accuracy.platform.probes import probe, when
from bench.accuracy.platform.request import Request, Response
from bench.accuracy.platform.spec import PlatformSpec
from parallax.model.probe import Probe, ProbeRun, Resolution, Role

SYSTEM = "172.16.0.23"
RESOLVERS = (SYSTEM, "1.1.1.1", "8.8.8.8", "9.9.9.9")
UNKNOWN_HOST = "parallax-unknown-host.invalid"
ADDRESSES = 8
CONTROL = "https://control.example/"
REFUSED_TLS = Response(problem="tls", phase="tls")
UNNAMED = Response(problem="name_not_resolved", phase="resolve")


@dataclass(slots=True)
class Outside:
    """Probes from the internet, one run after the other."""

    spec: PlatformSpec
    states: Health
    target: str
    direct: bool = True
    _second: tuple[PlatformSpec, Health] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Check the targets of the second load balancer too, if there is one."""
        view = self.spec.through_second()
        self._second = (view, play(view)) if view else None

    def first(self, at: float) -> Probe:
        """Send one probe, as a user."""
        return self._request(Role.FIRST, at)

    def alone(self, first: Probe) -> ProbeRun:
        """Return the run with its first probe alone, as while an investigation runs."""
        return ProbeRun(
            target=self.target, started_at=first.started_at, probes=(first,)
        )

    def investigate(self, first: Probe, at: float) -> ProbeRun:
        """Send all probes of an investigation."""
        probes = [first]
        probes += [
            self._request(Role.REPEAT, at + 0.1 + 2 * n)
            for n in range(self.spec.repeats)
        ]
        probes.append(self._request(Role.CACHE_BUSTER, at + 0.6, fresh=True))
        pinned = self._balancer()
        probes += [
            self._request(Role.DIRECT, at + 1.6 + n, address=a)
            for n, a in enumerate(pinned)
        ]
        entrance = pinned[0] if pinned else self._entrance(first)
        if entrance:
            asked = self._request(
                Role.UNKNOWN_HOST, at + 3.6, address=entrance, host=UNKNOWN_HOST
            )
            probes.append(asked)
        if first.status_code is None:
            probes.append(self._control(at + 4.6))
        resolutions = self._resolutions()
        named = dict.fromkeys(a for r in resolutions for a in r.addresses)
        asked = [a for a in named if ":" not in a or self.spec.outside_has_v6]
        probes += [
            self._request(Role.ADDRESS, at + 5.6 + n, address=a)
            for n, a in enumerate(asked[:ADDRESSES])
        ]
        return ProbeRun(
            target=self.target,
            started_at=first.started_at,
            probes=tuple(probes),
            resolutions=resolutions,
        )

    def _balancer(self) -> list[str]:
        if not self.direct:
            return []
        balancer = self.spec.balancer
        v6 = [balancer.ipv6] if balancer.ipv6 and self.spec.outside_has_v6 else []
        return [balancer.ipv4, *v6]

    def _entrance(self, first: Probe) -> str | None:
        cdn = self.spec.cdn
        return None if cdn and cdn.declared else first.peer_address

    def _named(self) -> tuple[str, ...]:
        broken = self.spec.hidden.monitor in {"resolver", "resolvers"}
        if broken or self.spec.conditions.name_error:
            return ()
        if SYSTEM in self.spec.names.errors:
            return ()
        return self.spec.names.caches[SYSTEM]

    def _request(
        self,
        role: Role,
        at: float,
        *,
        address: str | None = None,
        host: str | None = None,
        fresh: bool = False,
    ) -> Probe:
        spec = self.spec
        request_id = f"{spec.rng.getrandbits(128):032x}"
        secure = spec.scheme == "https"
        asked = Request(
            request_id=request_id,
            host=host or spec.host,
            at=at,
            source="internet",
            tls=secure,
            patience=spec.timeout,
            verify=host is None,
        )
        to = address or self._resolved()
        seen, states = self._behind(to)
        response = to_address(seen, states, to, asked, fresh=fresh) if to else UNNAMED
        mark = f"?parallax-cache-buster={request_id}" if fresh else ""
        refused = self._refuses(role, to, secure=secure)
        if refused:
            response = replace(REFUSED_TLS, peer=to)
        made = probe(
            response,
            role=role,
            request_id=request_id,
            url=f"{spec.scheme}://{spec.host}/{mark}",
            host=spec.host,
            at=when(at),
            port=443 if secure else 80,
            limit=spec.timeout,
            resolve=None if address else 0.003,
            tls=secure,
            healthy=(spec.expects,),
        )
        return self._with_certificate(made) if refused else made

    def _behind(self, address: str | None) -> tuple[PlatformSpec, Health]:
        """Return the platform as it is behind an address, with its health checks."""
        if self._second and address == self._second[0].balancer.ipv4:
            return self._second
        return self.spec, self.states

    def _refuses(self, role: Role, to: str | None, *, secure: bool) -> bool:
        """Return whether this client refuses the certificate at an address.

        An unknown host has no valid certificate, so that probe verifies none.
        """
        bad, balancer = self.spec.certificate, self.spec.balancer
        if bad is None or not secure or role is Role.UNKNOWN_HOST:
            return False
        own = {balancer.ipv4, balancer.ipv6}
        return to not in own if bad.at_cdn else to in own

    def _with_certificate(self, made: Probe) -> Probe:
        bad = self.spec.certificate
        assert bad is not None  # noqa: S101 - `_refuses` looked
        host = self.spec.host
        return replace(
            made,
            certificate=bad.shown(host, made.started_at),
            error_detail=bad.detail(host),
        )

    def _resolved(self) -> str | None:
        """Return the address that a user's system picks, one with a route."""
        usable = [a for a in self._named() if ":" not in a or self.spec.outside_has_v6]
        return usable[self.spec.rng.randrange(len(usable))] if usable else None

    def _control(self, at: float) -> Probe:
        broken = self.spec.hidden.monitor
        well = Response(reply=None, connect=0.01, processing=0.01, peer="192.0.2.200")
        if broken in {"resolver", "resolvers"}:
            well = UNNAMED
        elif broken == "route":
            well = replace(well, problem="timeout", phase="connect")
        made = probe(
            well,
            role=Role.CONTROL,
            request_id=f"{self.spec.rng.getrandbits(128):032x}",
            url=CONTROL,
            host="control.example",
            at=when(at),
            port=443,
            limit=self.spec.timeout,
            resolve=0.003,
            tls=True,
        )
        return made if broken else replace(made, status_code=200, healthy=True)

    def _resolutions(self) -> tuple[Resolution, ...]:
        names, broken = self.spec.names, self.spec.hidden.monitor
        own = Resolution(
            resolver=names.server,
            authoritative=True,
            addresses=tuple(sorted(names.zone)),
            ttl=names.ttl,
        )
        mute = {None: (), "resolver": (SYSTEM,)}.get(broken, (*RESOLVERS, names.server))
        found = [*(self._cached(r, a) for r, a in names.caches.items()), own]
        wrong = self.spec.conditions.name_error
        if wrong:
            kept = [own] if self.spec.conditions.zone_answers else []
            bad = (r for r in found if r not in kept)
            empty = (replace(r, addresses=(), ttl=None, error_type=wrong) for r in bad)
            found = [*empty, *kept]
        errors = names.errors | dict.fromkeys(mute, "timeout")
        return tuple(
            replace(r, addresses=(), ttl=None, error_type=errors[r.resolver])
            if r.resolver in errors
            else r
            for r in found
        )

    def _cached(self, resolver: str, addresses: tuple[str, ...]) -> Resolution:
        left = self.spec.rng.randrange(5, self.spec.names.ttl)
        return Resolution(
            resolver=resolver, addresses=tuple(sorted(addresses)), ttl=left
        )
