"""Explain: the path of one host through the cluster, hop by hop, and why this one.

In: what the agent itself reads of a host (`read`). Out: steps as text or JSON, in which
no name from the cluster controls a terminal.
It does not: probe, or find anything of its own: it tells what the agent would ask.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from parallax.model.plain import json_text, plain_line
from parallax.model.target import Target
from parallax_agent.explain.ingress_steps import class_step, ingress_step, route_step
from parallax_agent.explain.steps import (
    FOUND,
    MISSING,
    UNKNOWN,
    Step,
    nodes_step,
    pods_step,
    probes_step,
    service_step,
)
from parallax_agent.read.target_path import TargetPath

_MARKS = {FOUND: ("ok", "32"), MISSING: ("--", "31"), UNKNOWN: ("??", "33")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A host's path; `problems` say what is ambiguous, missing or not readable."""

    host: str
    path: str
    found: bool
    steps: tuple[Step, ...]
    problems: tuple[str, ...]


def build_explanation(
    target: Target, path: TargetPath, *, asked: str, node: str
) -> Explanation:
    """Tell a target's path as the agent on this node reads it; `asked`: its path."""
    reading = path.reading
    steps = [
        route_step(path, target.host),
        class_step(path),
        ingress_step(path),
        service_step(path),
        pods_step("pods", reading.endpoints, reading.pods),
        nodes_step(path),
    ]
    told = [s for s in steps if s is not None]
    if node:
        told.append(probes_step(target, path, node))
    return Explanation(
        host=target.host,
        path=asked,
        found=path.route is not None and reading.service is not None,
        steps=tuple(told),
        problems=reading.problems,
    )


def as_json(told: Explanation) -> str:
    """Return an explanation as JSON."""
    escaped = {"ensure_ascii": True, "separators": (",", ": ")}
    return json_text(asdict(told), indent=2, **escaped)


def as_text(told: Explanation, *, colors: bool = False) -> Iterator[str]:
    """Yield an explanation as lines for a terminal."""
    yield plain_line(f"{told.host}{told.path}")
    wide = max(len(s.hop) for s in told.steps)
    for step in told.steps:
        mark, color = _MARKS[step.state]
        sign = f"\x1b[{color}m{mark}\x1b[0m" if colors else mark
        yield f"{sign} {plain_line(f'{step.hop:<{wide}}  {step.what}')}"
        for line in (step.why, *step.more):
            if line:
                yield f"{'':<{wide + 3}}  {plain_line(line)}"
    if told.problems:
        yield ""
        yield "Problems:" if told.found else "Not found:"
        yield from (f"- {plain_line(problem)}" for problem in told.problems)
