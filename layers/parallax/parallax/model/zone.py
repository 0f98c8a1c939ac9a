"""Zone: a DNS zone as Hetzner's API has it, and its records of one name.

In: responses that `parallax.inspect` read. Out: frozen values.
It does not: show what resolvers return; a zone may be delegated to other servers.
Source: Hetzner Cloud API, `GET /zones` and `GET /zones/{id}/rrsets` (hcloud 2.11).
"""

from dataclasses import dataclass

from parallax.model.wire import wired

NOT_DELEGATED = frozenset({"invalid", "lame", "unregistered"})
"""Values of `delegation_status` with which no resolver gets Hetzner's records."""


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSet:
    """The records of one name and type; `ttl` in seconds, None: the zone's default."""

    type: str
    values: tuple[str, ...] = ()
    ttl: int | None = None


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """One zone, with its A, AAAA and CNAME records of the target's name.

    `record_sets` is None if they were not read, and empty if the zone has none.
    """

    name: str
    status: str | None = None
    """Hetzner's value: `ok`, `updating`, or `error` (not published)."""
    mode: str | None = None
    """Hetzner's value: `primary`, or `secondary`, whose records are elsewhere."""
    delegation_status: str | None = None
    """Hetzner's value: `valid`, `partially-valid`, `invalid`, `lame`,
    `unregistered`, `unknown`."""
    assigned: tuple[str, ...] = ()
    """Hetzner's name servers for the zone."""
    delegated: tuple[str, ...] = ()
    """The name servers that the registry has for it."""
    record_sets: tuple[RecordSet, ...] | None = None

    @property
    def addresses(self) -> tuple[str, ...]:
        """Return the values of the A and AAAA records."""
        sets = self.record_sets or ()
        return tuple(v for s in sets if s.type in {"A", "AAAA"} for v in s.values)
