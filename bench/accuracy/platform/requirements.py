"""Requirements: what a fault requires of the platform that it breaks.

In and out: values. It does not: draw.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirements:
    """What a fault requires of the platform; None: any value."""

    nodes: int = 1
    cdn: bool | None = None
    protocol: str | None = None
    kind: str | None = None
    policy: str | None = None
    check: str | None = None
    has_detail: bool | None = None
    proxy: bool | None = None
    private: bool | None = None
    host_network: bool | None = None
    ingress_host_network: bool | None = None
    pods: int = 1
    few_ingress: bool | None = None

    def joined(self, other: "Requirements") -> "Requirements | None":
        """Return what both require; None: they contradict each other."""
        both = self
        for name in Requirements.__dataclass_fields__:
            mine, more = getattr(both, name), getattr(other, name)
            if name in {"nodes", "pods"}:
                both = replace(both, **{name: max(mine, more)})
            elif mine is None:
                both = replace(both, **{name: more})
            elif more is not None and mine != more:
                return None
        return both
