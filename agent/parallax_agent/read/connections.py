"""Connections: how full this node's connection table is.

In: the files of the kernel. Out: how many connections it tracks, and how many at most.
It does not: need a right; the agent uses the node's network, so the numbers are the
node's. Without connection tracking (Cilium alone) there are no such files.
Source: Linux, Documentation/networking/nf_conntrack-sysctl.rst.
"""

from pathlib import Path

KERNEL = Path("/proc/sys/net/netfilter")


def tracked(files: Path = KERNEL) -> tuple[int, int] | None:
    """Return the number of tracked connections and its limit; None: not readable."""
    try:
        count = int((files / "nf_conntrack_count").read_text())
        limit = int((files / "nf_conntrack_max").read_text())
    except (OSError, ValueError):
        return None
    return (count, limit) if count >= 0 and limit > 0 else None
