"""Ingress: what shows that requests end there.

In: a snapshot. Out: its own pages, or the words for them.
It does not: conclude. The page alone does not tell an empty Service from a rate
limit (reference signatures.md, section 3.4).
"""

from parallax.causes.evidence.inside import AT_THE_INGRESS
from parallax.causes.evidence.outside import FOR_THE_TARGET, failing, written_by
from parallax.causes.evidence.sightings import ingress_asked_nobody
from parallax.model.probe import Probe
from parallax.model.snapshot import Snapshot

UNAVAILABLE = 503


def ingress_pages(snapshot: Snapshot, status_code: int) -> tuple[Probe, ...]:
    """Return the probes that got the ingress's own page, asked outside or inside."""
    asked = (*failing(snapshot, *FOR_THE_TARGET), *snapshot.inside(*AT_THE_INGRESS))
    return tuple(
        p
        for p in asked
        if p.status_code == status_code
        and written_by(p).hop == "ingress"
        and written_by(p).how != "replayed"
    )


def ingress_says(snapshot: Snapshot, status_code: int) -> str | None:
    """Say where the ingress answered so by itself; None: nowhere."""
    pages = ingress_pages(snapshot, status_code)
    if not pages:
        return None
    where = f"inside, on {pages[0].node}," if pages[0].node else "outside,"
    return f"{where} the ingress itself answers {status_code}"


def ends_at_ingress(snapshot: Snapshot) -> str | None:
    """Say what shows that the ingress found nobody to ask; None: nothing."""
    if lines := ingress_asked_nobody(snapshot):
        return f"ingress log on {lines[0].node}: 503, no upstream asked"
    return ingress_says(snapshot, UNAVAILABLE)
