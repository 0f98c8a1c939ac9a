"""Zones: the DNS zones at Hetzner of targets whose failure may come from DNS.

In: a project, readings, and hosts by target. Out: the same readings, with the zone.
It does not: raise, or read a zone of a target whose name resolves to its load balancer.
One call lists the zones, one more each name's records. A token of another project, or
one without the right to read zones, leaves the readings as they are.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from time import monotonic

from parallax.inspect.problems import explain
from parallax.inspect.project import Project
from parallax.inspect.shape import Json, every, part
from parallax.model.balancer import BalancerReading
from parallax.model.probe import AS_A_USER, ProbeRun
from parallax.model.wire import decode, encode
from parallax.model.zone import RecordSet, Zone

MOST_NAMES = 5
"""Names whose records one reading requests; more fail for a common reason."""
BUDGET = 5.0
"""Seconds for all of it."""
TYPES = ("A", "AAAA", "CNAME")

log = logging.getLogger(__name__)


def is_suspicious(run: ProbeRun, reading: BalancerReading, *, cdn: bool) -> bool:
    """Return whether DNS may cause a failure: no address, or not the balancer's."""
    users = [p for p in run.by_role(*AS_A_USER) if not p.healthy]
    if any(p.error_phase == "resolve" for p in users):
        return True
    own = {address for b in reading.every for address in (b.ipv4, b.ipv6)}
    elsewhere = {p.peer_address for p in users if p.peer_address} - own
    return bool(own - {None}) and bool(elsewhere) and not cdn


def with_zones(
    project: Project, readings: Sequence[BalancerReading], hosts: Mapping[str, str]
) -> tuple[BalancerReading, ...]:
    """Return the readings, those of `hosts` (host by target) with their zone."""
    wanted = dict(list(hosts.items())[:MOST_NAMES])
    if not wanted:
        return tuple(readings)
    if why := project.allowance.closed(1 + len(wanted)):
        log.info("zones were not read", extra={"reason": why})
        return tuple(readings)
    deadline = monotonic() + BUDGET
    listing = project.read_list("zones", deadline)
    if listing.error:
        facts = {"reason": explain(listing.error)[1]}
        log.warning("zones were not read to the end", extra=facts)
    zones = {
        target: found
        for target, host in wanted.items()
        if (found := _zone(project, listing.items, host, deadline))
    }
    return tuple(replace(r, zone=zones.get(r.target)) for r in readings)


def _zone(
    project: Project, items: Sequence[Json], host: str, deadline: float
) -> Zone | None:
    """Return the closest zone of a host with its records; None: it is not here."""
    try:
        item = _closest(items, host)
        if item is None:
            return None
        zone = _converted(item)
        label = host.removesuffix(zone.name).rstrip(".") or "@"
        path = f"zones/{int(item['id'])}/rrsets"
        listing = project.read_list(path, deadline, {"name": label})
        sets = [s for s in listing.items if s["type"] in TYPES and s["name"] == label]
        found = None if listing.error else tuple(map(_record_set, sets))
        complete = replace(zone, record_sets=found)
        return decode(Zone, encode(complete))
    except Exception as error:  # noqa: BLE001 - a zone must not cost the reading
        facts = {"host": host, "reason": explain(error)[1]}
        log.warning("zone was omitted", extra=facts)
        return None


def _closest(items: Sequence[Json], host: str) -> Json | None:
    """Return the zone with the longest name that contains the host."""
    inside = [i for i in items if f".{host}".endswith(f".{i['name']}")]
    return max(inside, key=lambda i: len(i["name"]), default=None)


def _converted(item: Json) -> Zone:
    servers = part(item, "authoritative_nameservers")
    return Zone(
        name=item["name"],
        status=item.get("status"),
        mode=item.get("mode"),
        delegation_status=servers.get("delegation_status"),
        assigned=every(servers, "assigned"),
        delegated=every(servers, "delegated"),
    )


def _record_set(item: Json) -> RecordSet:
    values = tuple(record["value"] for record in every(item, "records"))
    return RecordSet(type=item["type"], values=values, ttl=item.get("ttl"))
