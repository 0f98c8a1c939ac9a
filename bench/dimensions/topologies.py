"""Topologies: each fault in each topology.

In: shapes and the table of faults. Out: a `Tally` for each topology.
It does not: print.
"""

from collections.abc import Iterator
from dataclasses import replace

from bench.accuracy.platform.requirements import Requirements
from bench.accuracy.platform.shapes import SHAPES, Shape, plain
from bench.dimensions.drawn import Drawn, drawn, fits
from bench.dimensions.tally import Tally
from faults import INJECTIONS, Injection
from faults.balancer import proxy_by_balancer
from parallax.model.judgement import Class

DRAWS = 5
"""Draws of each fault in each topology."""
TRAEFIK_PROXY = Shape(
    id="traefik-proxy", title="Traefik with PROXY protocol on one side", change=plain
)
TO_TRAEFIK = Injection(
    name="proxy-protocol-mismatch-traefik",
    inject=proxy_by_balancer,
    requires=Requirements(kind="traefik", proxy=False, cdn=False),
    cause="proxy-protocol-mismatch",
    class_=Class.LOAD_BALANCER,
)


def topologies(count: int = DRAWS) -> Iterator[Tally]:
    """Judge every fault in every topology."""
    for shape in (*SHAPES, TRAEFIK_PROXY):
        tally = Tally(title=shape.title, read=shape.read)
        for case in cases_of(shape, count):
            tally.add(case)
        yield tally


def cases_of(shape: Shape, count: int) -> Iterator[Drawn]:
    """Yield the cases of one topology."""
    chosen = tuple(INJECTIONS.values())
    if shape is TRAEFIK_PROXY:
        chosen = tuple(
            replace(
                TO_TRAEFIK, requires=replace(TO_TRAEFIK.requires, protocol=protocol)
            )
            for protocol in ("tcp", "https", "http")
        )
        count *= 4
    for fault in chosen:
        if not fits(shape, fault):
            continue
        for number in range(count):
            protocol = fault.requires.protocol or "any"
            case = case_of(shape, fault, f"{protocol}-{number}")
            if case is None:
                break
            yield case


def case_of(shape: Shape, fault: Injection, number: str) -> Drawn | None:
    """Return one case; None: the topology cannot have the fault."""
    return drawn(f"{shape.id}/{fault.name}/{number}", shape, (fault,))
