"""Observed: what the page shows of the snapshot that its finding was judged from.

In: a finding. Out: an excerpt of its snapshot, or a sentence that states why there is
none. It does not: hold up the page; S3 has four seconds.
"""

import logging
from dataclasses import dataclass

from parallax.model.finding import Finding
from parallax.model.snapshot_excerpt import Excerpt, excerpt_of
from parallax.snapshots.download import DownloadError, fetch_excerpt

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """An excerpt, or the reason why the page has none."""

    excerpt: Excerpt | None = None
    problem: str = ""


NOTHING = Observed(problem="This finding has no snapshot.")


def observed(finding: Finding, bucket: str | None = None) -> Observed:
    """Return the excerpt of a finding's snapshot, verified by its hash.

    `bucket` is the stack's; None: any.
    """
    if finding.snapshot is not None:
        return Observed(excerpt=excerpt_of(finding.snapshot))
    reference = finding.snapshot_ref
    if reference is None:
        problem = finding.snapshot_problem or NOTHING.problem
        return Observed(problem=problem)
    try:
        return Observed(excerpt=fetch_excerpt(reference, bucket))
    except DownloadError as error:
        reason = str(error)
        log.warning("snapshot was not readable", extra={"reason": reason})
        return Observed(problem=f"The snapshot cannot be shown: {reason}.")
    except Exception:
        log.exception("snapshot was not readable")
        return Observed(problem="The snapshot cannot be shown: an error in Parallax.")
