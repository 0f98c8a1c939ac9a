"""Requirements: what a fault requires of the platform that it breaks.

In and out: values. It does not: draw.
"""

from dataclasses import dataclass


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
