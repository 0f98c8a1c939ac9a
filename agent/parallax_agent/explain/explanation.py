"""Explanation: the path of one host through the cluster, hop by hop, with reasons.

In: what the agent reads for a host (`read`). Out: steps as text or JSON, with control
characters of names removed.
It does not: probe, or search for anything itself: it shows what the agent would probe.
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
    target: Target, path: TargetPath, *, url_path: str, node: str
) -> Explanation:
    """Explain a target's path as the agent on this node reads it."""
    reading = path.reading
    steps = [
        route_step(path, target.host),
        class_step(path),
        ingress_step(path),
        service_step(path),
        pods_step("pods", reading.endpoints, reading.pods),
        nodes_step(path),
    ]
    shown = [s for s in steps if s is not None]
    if node:
        shown.append(probes_step(target, path, node))
    return Explanation(
        host=target.host,
        path=url_path,
        found=_is_found(path),
        steps=tuple(shown),
        problems=reading.problems,
    )


def _is_found(path: TargetPath) -> bool:
    """Tell whether it is known where requests arrive, and where they end."""
    direct = path.discovery is not None and path.discovery.entry.direct
    return (path.route is not None or direct) and path.reading.service is not None


def as_json(explanation: Explanation) -> str:
    """Return an explanation as JSON."""
    escaped = {"ensure_ascii": True, "separators": (",", ": ")}
    return json_text(asdict(explanation), indent=2, **escaped)


def as_text(explanation: Explanation, *, colors: bool = False) -> Iterator[str]:
    """Yield an explanation as lines for a terminal."""
    yield plain_line(f"{explanation.host}{explanation.path}")
    wide = max(len(s.hop) for s in explanation.steps)
    for step in explanation.steps:
        mark, color = _MARKS[step.state]
        sign = f"\x1b[{color}m{mark}\x1b[0m" if colors else mark
        yield f"{sign} {plain_line(f'{step.hop:<{wide}}  {step.what}')}"
        for line in (step.why, *step.more):
            if line:
                yield f"{'':<{wide + 3}}  {plain_line(line)}"
    if explanation.problems:
        yield ""
        yield "Problems:" if explanation.found else "Not found:"
        yield from (f"- {plain_line(problem)}" for problem in explanation.problems)
