"""Work: what is due, and what it showed.

In and out: values between the agenda, which decides, and the cycle, which acts.
It does not: decide or act.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from parallax_agent.pace.turns import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is due: `read` every target, a heartbeat, reports, requests.

    `reports` has the seconds until the next report of each target that needs one,
    `turns` the number of this node's turn for each target that gets one request.
    """

    read: bool = False
    heartbeat: bool = False
    reports: Mapping[str, float] = field(default_factory=dict[str, float])
    turns: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the work showed of one target; `length` is that of its whole plan.

    `reasons`: a probe failed or recovered, or the cluster changed. `is_reporter`: this
    node reports the target when `ingest` requests it.
    """

    place: Place
    length: int
    reasons: bool = False
    is_reporter: bool = True
