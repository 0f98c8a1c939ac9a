"""Cases: labeled situations, drawn with a seed.

In: a seed and a count. Out: cases: what the journal holds, and the label. A label
states what was injected, and which evidence was hidden. It does not: judge.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from random import Random

from bench.accuracy.label import NONE, Label, label_of
from bench.accuracy.platform.draw import draw
from bench.accuracy.platform.observe import NeverSeenError, Observed, observe
from bench.accuracy.platform.requirements import Requirements
from bench.accuracy.platform.spec import PlatformSpec
from faults import INJECTIONS, LOOK_ALIKES, Injection, LookAlike
from parallax.model.judgement import NOT_ESTABLISHED

MAX_DRAWS = 50
"""Draws for one case at most. A fault that no first probe shows is drawn again."""
PARTIAL_SHARE = 0.3
"""Share of the cases in which a source is hidden."""
SKEWED_SHARE = 0.2
"""Share of the cases in which the nodes' clocks are wrong; that hides nothing."""
PAIRS_IN_A_ROUND = 12
"""Number of cases with two faults in one round."""
PAIR = "pair"
"""Stands in a case's id for two faults."""
ACTED = {one.id: one for one in LOOK_ALIKES if one.inject is not None}
"""The look-alikes that the bench can play."""
SINGLES = (*INJECTIONS, *ACTED)
"""What is injected alone, in the order of a round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One situation with its label."""

    id: str
    fault: str
    label: Label
    observed: Observed
    hidden: str = "nothing"
    """The source that was hidden."""


def cases(seed: str, count: int) -> Iterator[Case]:
    """Yield that many cases; faults alternate, so that any slice has all of them."""
    for number in range(count):
        round_, at = divmod(number, len(SINGLES) + PAIRS_IN_A_ROUND)
        if at < len(SINGLES):
            yield case_of(f"{seed}-{SINGLES[at]}-{round_}")
        else:
            pair = round_ * PAIRS_IN_A_ROUND + at - len(SINGLES)
            yield case_of(f"{seed}-{PAIR}-{pair}")


def case_of(case_id: str) -> Case:
    """Return one case by its id: a seed, what is injected, and a number.

    A case follows from its id alone, so that a new fault changes no other's cases.
    """
    seed_and_name, _, _ = case_id.rpartition("-")
    fitting = (n for n in (*SINGLES, PAIR) if seed_and_name.endswith(f"-{n}"))
    name = max(fitting, key=len)
    for attempt in range(MAX_DRAWS):
        rng = Random(f"{case_id}:{attempt}")
        try:
            if name in ACTED:
                return _with_look_alike(case_id, ACTED[name], rng)
            faults = (INJECTIONS[name],) if name != PAIR else _two(rng)
            return _with_faults(case_id, faults, rng)
        except NeverSeenError:
            continue
    raise NeverSeenError(case_id)


def _with_look_alike(case_id: str, look_alike: LookAlike, rng: Random) -> Case:
    before = draw(rng, look_alike.requires)
    spec = deepcopy(before)
    assert look_alike.inject is not None  # noqa: S101 - `ACTED` holds no other
    look_alike.inject(spec)
    observed = observe(before, spec, minutes=0, fails=look_alike.fails)
    cause = NOT_ESTABLISHED if look_alike.fails else NONE
    label = Label(cause=cause, class_=None, accept=frozenset({cause}))
    return Case(id=case_id, fault=look_alike.id, label=label, observed=observed)


def _two(rng: Random) -> tuple[Injection, ...]:
    """Return two faults at different positions, the outer first."""
    candidates = [f for f in INJECTIONS.values() if f.position]
    innermost = max(f.position for f in candidates)
    outer = rng.choice([f for f in candidates if f.position < innermost])
    inner = rng.choice([f for f in candidates if f.position > outer.position])
    return outer, inner


def _with_faults(case_id: str, faults: tuple[Injection, ...], rng: Random) -> Case:
    before = draw(rng, _wish(faults))
    spec = deepcopy(before)
    truths = [fault.apply(spec) for fault in faults]
    hidden = _hide(spec) if rng.random() < PARTIAL_SHARE else _disturb(spec)
    minutes = rng.choice((0, 1, 1, 2))
    if hidden in {"stale-reading", "stale-nodes"}:
        minutes = max(1, minutes)
    observed = observe(before, spec, minutes=minutes)
    name = "+".join(fault.name for fault in faults)
    label = label_of(faults, truths, observed, kept_back=hidden != "nothing")
    return Case(id=case_id, fault=name, label=label, observed=observed, hidden=hidden)


def _wish(faults: tuple[Injection, ...]) -> Requirements:
    """Return what all faults require; raises if two requirements conflict."""
    requires = faults[0].requires
    for fault in faults[1:]:
        joined = requires.joined(fault.requires)
        if joined is None:
            raise NeverSeenError
        requires = joined
    return requires


def _hide(spec: PlatformSpec) -> str:
    """Hide one source and return its name."""
    rng, names = spec.rng, [n.name for n in spec.nodes]
    what = rng.choice(
        (
            "agents-silent",
            "one-agent-silent",
            "no-token",
            "no-log",
            "no-slices",
            "stale-reading",
            "stale-nodes",
            "half-the-agents",
            "few-repeats",
        )
    )
    if rng.random() < SKEWED_SHARE:
        _skew(spec)
    hidden = spec.hidden
    if what == "agents-silent":
        hidden = replace(hidden, agents=tuple(names))
    elif what == "one-agent-silent":
        hidden = replace(hidden, agents=(*hidden.agents, rng.choice(names)))
    elif what == "half-the-agents":
        hidden = replace(hidden, agents=(*hidden.agents, *names[::2]))
    elif what == "few-repeats":
        spec.repeats = rng.choice((0, 1, 2, 3))
    else:
        field = {
            "no-token": "token",
            "no-log": "log",
            "no-slices": "slices",
            "stale-reading": "stale_reading",
            "stale-nodes": "stale_nodes",
        }[what]
        hidden = replace(hidden, **{field: True})
    spec.hidden = hidden
    return what


def _skew(spec: PlatformSpec) -> None:
    """Set every node's clock wrong."""
    skew = {n.name: spec.rng.uniform(-600, 600) for n in spec.nodes}
    spec.hidden = replace(spec.hidden, skew=skew)


def _disturb(spec: PlatformSpec) -> str:
    """Disturb what must not matter: clocks, and a log in an unknown format."""
    rng = spec.rng
    if rng.random() < SKEWED_SHARE:
        _skew(spec)
    if spec.ingress.kind != "ingress-nginx" and rng.random() < 0.5:
        spec.hidden = replace(spec.hidden, log=True)
        return "no-log"
    return "nothing"
