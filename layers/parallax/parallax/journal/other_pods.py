"""Other pods: probes that release 0.1.0 rejects, beside the payload that it reads.

In: a report with probes of the role `other-pod`. Out: the report without them, and an
attribute with them; and back.
It does not: call DynamoDB.

Without this, 0.1.0 could read nothing of such a report after a rollback. It reads the
payload only, and ignores other attributes.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from parallax.model.cluster import NodeReport
from parallax.model.packed import in_clear, pack, unpack
from parallax.model.probe import Probe, Role

ATTRIBUTE = "other_pods"


def without(report: NodeReport) -> NodeReport:
    """Return a report without probes of the role."""
    probes = tuple(p for p in report.probes if p.role is not Role.OTHER_POD)
    return report if probes == report.probes else replace(report, probes=probes)


def attribute(report: NodeReport) -> dict[str, dict[str, Any]]:
    """Return the attribute with the probes of the role; empty: there are none."""
    probes = tuple(p for p in report.probes if p.role is Role.OTHER_POD)
    return {ATTRIBUTE: {"B": pack(probes)}} if probes else {}


def with_probes(report: NodeReport, image: Mapping[str, Any]) -> NodeReport:
    """Return a report with the probes of an item's attribute behind its own.

    Raises `UnreadableError` if the attribute is damaged.
    """
    if ATTRIBUTE not in image:
        return report
    probes = unpack(tuple[Probe, ...], in_clear(image, ATTRIBUTE, "B"))
    return replace(report, probes=(*report.probes, *probes))
