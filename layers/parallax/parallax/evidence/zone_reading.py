"""Zone reading: what Hetzner's API shows about the zone of the target's name.

In: a scene. Out: facts in sentences, and the commands that show the same.
It does not: conclude. Most zones are not at Hetzner; then there are no facts.
"""

from shlex import quote

from parallax.evidence.scene import Scene


def facts(_scene: Scene) -> tuple[str, ...]:
    """Return what the API shows about the zone; empty if it was not read."""
    return ()


def zone_name(scene: Scene) -> str:
    """Return the likely zone of the name: its last two labels."""
    return ".".join(scene.target.host.split(".")[-2:])


def command(scene: Scene) -> str:
    """Return the command that shows the zone's own records of the name."""
    host = quote(scene.target.host)
    zone = quote(zone_name(scene))
    return (
        f'dig @"$(dig +short NS {zone} | head -1)" +noall +answer +authority'
        f" {host} A {host} AAAA"
    )


def describe(scene: Scene) -> str:
    """Return the command that shows the zone as Hetzner has it."""
    return f"hcloud zone describe {quote(zone_name(scene))}"
