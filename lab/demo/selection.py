"""Selection: the faults that a run plays, by a group or by their ids.

In: `smoke`, `all`, or a comma-separated list of ids. Out: faults, in order.
It does not: play them.
"""

from lab.case import Case
from lab.fault import Fault, FaultError, Needs, fault_ids, load_fault, look_alike_ids

SMOKE = (
    "dns-stale-address",
    "cache-replays-error",
    "lb-health-check-wrong-port",
    "node-firewall-blocks-load-balancer",
    "ingress-does-not-know-host",
    "overlay-between-nodes-broken",
    "service-without-endpoints",
    "pod-answers-error",
    "cache-replays-error+service-without-endpoints",
    "lb-no-target+look-alike:one-pod-not-ready",
)
"""One fault a hop, two at once, one beside a look-alike."""
JOINED = (
    "cache-replays-error+service-without-endpoints",
    "lb-no-target+pod-answers-error",
    "lb-health-check-wrong-port+overlay-between-nodes-broken",
)
"""What `all` adds to each fault alone and an outer fault with each look-alike.

Where users are to meet the inner one, or both, no health check may come first.
"""


def select_faults(words: str, case: Case) -> tuple[Fault, ...]:
    """Return the selected faults; a group holds only those that the case supports.

    Raises FaultError for an id that is unknown, or that the case does not support.
    """
    if words == "smoke":
        ids = SMOKE
    elif words == "all":
        beside = (f"lb-health-check-wrong-port+{one}" for one in look_alike_ids())
        ids = (*fault_ids(), *JOINED, *beside)
    else:
        ids = tuple(part.strip() for part in words.split(",") if part.strip())
    if words in {"smoke", "all"}:
        if Needs(users_meet_it=True).lacking(case):
            ids = tuple(i for i in ids if i not in JOINED)
        fitting = {*fault_ids(case), *look_alike_ids(case)}
        ids = tuple(i for i in ids if fitting.issuperset(i.split("+")))
    if not ids:
        raise FaultError(
            "name at least one fault: `smoke`, `all`, or a comma-separated list of ids"
        )
    return tuple(load_fault(fault_id, case) for fault_id in ids)
