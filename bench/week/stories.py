"""Stories: what happens in a week, minute by minute.

In: a minute. Out: the state of platform and observers in it.
It does not: play it.
"""

from collections.abc import Callable
from dataclasses import dataclass

DAY = 24 * 60
STACK, AGENTS = "stack/probe", "agents"


@dataclass(frozen=True, slots=True, kw_only=True)
class Minute:
    """The state of platform and observers in one minute; by default all work."""

    probed: bool = True
    read: bool = True
    silent: tuple[int, ...] = ()
    """Numbers of the nodes whose agents are silent; -1: all."""
    log: bool = True
    skew: float = 0.0
    """Seconds by which the first node's clock is ahead."""
    replaced: int = -1
    """The pod that a rollout is replacing; -1: none."""
    blip: bool = False
    """One request of a user is lost."""
    monitor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A story, and the silence that it may report once in each window, or none."""

    name: str
    at: Callable[[int], Minute]
    tells: str | None = None
    windows: int = 0
    """Windows in a day."""


WELL = Minute()


def _between(minute: int, begin: int, length: int) -> bool:
    """Return whether a minute of the day lies in a window."""
    return 0 <= minute % DAY - begin < length


def health(_: int) -> Minute:
    """Nothing happens."""
    return WELL


def rollouts(minute: int) -> Minute:
    """Every six hours the pods are replaced, one a minute; a request may be lost."""
    into = minute % 360 - 100
    if not 0 <= into < 4:
        return WELL
    return Minute(replaced=into, blip=into == 2)


def agents(minute: int) -> Minute:
    """All agents are silent for two hours."""
    return Minute(silent=(-1,)) if _between(minute, 300, 120) else WELL


def one_agent(minute: int) -> Minute:
    """One node's agent is silent for an hour."""
    return Minute(silent=(1,)) if _between(minute, 300, 60) else WELL


def balancer(minute: int) -> Minute:
    """The Hetzner API is unavailable for three hours."""
    return Minute(read=False) if _between(minute, 300, 180) else WELL


def gaps(minute: int) -> Minute:
    """No probe for an hour, and for single minutes now and then."""
    if _between(minute, 300, 60) or minute % 97 == 0:
        return Minute(probed=False)
    return WELL


def log(minute: int) -> Minute:
    """The ingress's log cannot be read for a quarter of the day."""
    return Minute(log=False) if _between(minute, 300, 360) else WELL


def control(minute: int) -> Minute:
    """The probe has no route for twenty minutes: the control URL fails too."""
    return Minute(monitor="route") if _between(minute, 300, 20) else WELL


def resolver(minute: int) -> Minute:
    """The probe's own resolver fails for twenty minutes; the others respond."""
    return Minute(monitor="resolver") if _between(minute, 300, 20) else WELL


def clock(minute: int) -> Minute:
    """One node's clock is ten minutes ahead, then half an hour behind."""
    if _between(minute, 300, 200):
        return Minute(skew=600.0)
    return Minute(skew=-1800.0) if _between(minute, 700, 200) else WELL


STORIES = (
    Story(name="health", at=health),
    Story(name="rollouts", at=rollouts),
    Story(name="agents silent", at=agents, tells=AGENTS, windows=1),
    Story(name="one agent silent", at=one_agent, tells=AGENTS, windows=1),
    Story(name="balancer API down", at=balancer),
    Story(name="probe gaps", at=gaps, tells=STACK, windows=1),
    Story(name="log dead", at=log),
    Story(name="control failing", at=control, tells=STACK, windows=1),
    Story(name="resolver gone", at=resolver, tells=STACK, windows=1),
    Story(name="one clock off", at=clock),
)
