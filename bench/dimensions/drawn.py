"""Drawn: a platform in a given topology, with given faults, observed and labeled.

In: a shape, faults, a seed. Out: a labeled case, or none if no platform fits.
It does not: judge.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace
from random import Random

from bench.accuracy.label import Label, label_of
from bench.accuracy.platform.conditions import Entry
from bench.accuracy.platform.draw import draw
from bench.accuracy.platform.observe import NeverSeenError, Observed, observe
from bench.accuracy.platform.requirements import Requirements
from bench.accuracy.platform.shapes import Shape
from bench.accuracy.platform.spec import PlatformSpec
from faults import Injection, Truth
from parallax.diagnose.join import join
from parallax.model.judgement import NOT_ESTABLISHED
from parallax.model.snapshot import Snapshot

ATTEMPTS = 12
"""Platforms drawn for one case at most."""
AT_INGRESS = frozenset(
    {
        "ingress-without-endpoints",
        "ingress-replica-out-of-step",
        "ingress-does-not-know-host",
        "ingress-rejects-request",
    }
)
"""Causes at an ingress."""
BY_ITS_RULES = frozenset({"ingress-does-not-know-host", "ingress-rejects-request"})
"""Causes that the rules for a host show."""
BY_ITS_PODS = frozenset({"ingress-without-endpoints", "ingress-replica-out-of-step"})
"""Causes that the ingress's pods show."""
BY_ITS_LOG = frozenset(
    {"cache-replays-error", "cdn-cannot-reach-origin", "edge-refuses-monitor"}
)
"""Causes before the load balancer: only the ingress's log shows what arrived."""
BY_OTHER_PODS = frozenset({"network-policy-blocks-ingress"})
"""Causes that probes of another app's pods show, as of the ingress's."""

MARKED = {
    "cache-replays-error": frozenset({"cloudflare", "varnish"}),
    "cdn-cannot-reach-origin": frozenset({"cloudflare"}),
    "edge-refuses-monitor": frozenset({"cloudflare"}),
}
"""Causes at a CDN, with the CDNs whose pages state them. The pages of others may be the
origin's; only the log of an ingress shows that no request arrived."""
BETWEEN_NODES = frozenset(
    {"network-policy-blocks-ingress", "overlay-between-nodes-broken"}
)
"""Causes that look alike unless pods of another app are probed too."""

type Change = Callable[[PlatformSpec], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A labeled case."""

    id: str
    label: Label
    observed: Observed
    truths: tuple[Truth, ...]

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot that is judged."""
        seen = self.observed
        return join(seen.target, seen.observations, taken_at=seen.taken_at)


def drawn(
    name: str,
    shape: Shape,
    faults: tuple[Injection, ...],
    *,
    requires: Requirements | None = None,
    change: Change | None = None,
) -> Drawn | None:
    """Return a case by its id; None: the topology cannot have these faults."""
    wanted: Requirements | None = requires or Requirements()
    for other in (shape.requires, *(f.requires for f in faults)):
        wanted = wanted.joined(other) if wanted else None
    if wanted is None:
        return None
    for attempt in range(ATTEMPTS):
        rng = Random(f"{name}:{attempt}")
        before = draw(rng, wanted)
        shape.change(before)
        if change is not None:
            change(before)
        spec = deepcopy(before)
        try:
            _each_shows(before, faults)
            truths = [fault.apply(spec) for fault in faults]
            seen = observe(before, spec, minutes=rng.choice((0, 1, 1, 2)))
        except NeverSeenError:
            continue
        label = label_of(faults, truths, seen, kept_back=False)
        return Drawn(
            id=name,
            label=_as_read(spec, label),
            observed=seen,
            truths=tuple(truths),
        )
    return None


def _each_shows(before: PlatformSpec, faults: tuple[Injection, ...]) -> None:
    """Raise unless users see each of several faults alone.

    Only then it is a fault: a health check that accepts 404 rejects no default backend.
    """
    if len(faults) == 1:
        return
    both = deepcopy(before)
    for fault in faults:
        alone = deepcopy(before)
        alone.rng.setstate(both.rng.getstate())
        fault.apply(alone)
        observe(deepcopy(before), alone)
        fault.apply(both)


def fits(shape: Shape, fault: Injection) -> bool:
    """Return whether a fault can be in a topology."""
    own = shape.id.startswith("own-service")
    if shape.id == "host-port-some" and fault.cause == "kube-proxy-dead-on-node":
        return False  # its check accepts nodes that no pod of the ingress listens on
    return not (own and (fault.cause in AT_INGRESS or "check-rejected" in fault.name))


def _as_read(spec: PlatformSpec, label: Label) -> Label:
    """Return the label, which allows abstention where the agent cannot read enough."""
    state = spec.conditions
    unread = state.entry is Entry.DUMMY
    hidden = (
        (label.cause in BY_ITS_RULES and not state.rules_read)
        or (label.cause in BY_ITS_PODS | BY_OTHER_PODS and unread)
        or (label.cause in BY_ITS_LOG and spec.hidden.log)
        or not state.proxy_read  # no probe of the ingress gets a response
        or (state.entry is Entry.OWN and _lacks_an_ingress(spec, label.cause))
    )
    if not hidden:
        return label
    more = {NOT_ESTABLISHED}
    if unread and label.cause in BY_ITS_PODS:
        more.add("lb-no-healthy-target")
    return replace(label, accept=label.accept | more, evidence="partial")


def _lacks_an_ingress(spec: PlatformSpec, cause: str) -> bool:
    """Return whether only an ingress's log, or its pods, would show a cause."""
    if spec.cdn is not None and cause in MARKED:
        return spec.cdn.kind not in MARKED[cause]
    alone = not spec.conditions.beside
    return alone and cause in BETWEEN_NODES and not spec.pods[0].host_network
