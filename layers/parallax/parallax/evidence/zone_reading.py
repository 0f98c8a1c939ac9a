"""Zone reading: what Hetzner's API shows about the zone of the target's name.

In: a scene. Out: facts in sentences, and the commands that show the same.
It does not: conclude. Most zones are not at Hetzner; then there are no facts.
"""

from shlex import quote

from parallax.evidence.reading import reading
from parallax.evidence.scene import Scene
from parallax.model.freshness import is_current
from parallax.model.zone import NOT_DELEGATED, Zone


@reading
def zone(scene: Scene) -> Zone | None:
    """Return the zone as read since the failure began; None: not read, or not there."""
    found = scene.balancer
    if found is None or found.zone is None:
        return None
    current = is_current(found.read_at, scene.taken_at, scene.changed_at)
    return found.zone if current else None


def published(scene: Scene) -> Zone | None:
    """Return the zone if resolvers get its records from Hetzner; None: not shown."""
    found = zone(scene)
    delegated = found and found.delegation_status in {"valid", "partially-valid"}
    return found if found and delegated and found.status == "ok" else None


def not_delegated(scene: Scene) -> str | None:
    """Return that the registry leads no resolver to the zone; None: not shown."""
    found = zone(scene)
    if found is None or found.delegation_status not in NOT_DELEGATED:
        return None
    servers = ", ".join(found.delegated) or "no name server"
    return (
        f"Hetzner reports the delegation of {found.name} as {found.delegation_status}:"
        f" the registry has {servers}"
    )


def facts(scene: Scene) -> tuple[str, ...]:
    """Return what the API shows about the zone; empty if it was not read."""
    found = zone(scene)
    if found is None:
        return ()
    delegation = not_delegated(scene) or (
        f"Hetzner has the zone {found.name}: status {found.status},"
        f" delegation {found.delegation_status}"
    )
    if found.record_sets is None or found.mode == "secondary":
        return (delegation,)
    sets = (
        f"{s.type} {', '.join(s.values)}{f' (TTL {s.ttl})' if s.ttl else ''}"
        for s in found.record_sets
    )
    listed = "; ".join(sets) or "no A, AAAA or CNAME record"
    return delegation, f"the zone at Hetzner has {listed} for {scene.target.host}"


def zone_name(scene: Scene) -> str:
    """Return the name of the zone; if it was not read, the host's last two labels."""
    found = zone(scene)
    return found.name if found else ".".join(scene.target.host.split(".")[-2:])


def command(scene: Scene) -> str:
    """Return the command that shows the zone's own records of the name."""
    if zone(scene):
        return f"hcloud zone rrset list {quote(zone_name(scene))}"
    host, name = quote(scene.target.host), quote(zone_name(scene))
    return (
        f'dig @"$(dig +short NS {name} | head -1)" +noall +answer +authority'
        f" {host} A {host} AAAA"
    )


def describe(scene: Scene) -> str:
    """Return the command that shows the zone as Hetzner has it."""
    return f"hcloud zone describe {quote(zone_name(scene))}"
