"""Raw: the snapshot behind an incident's link, as JSON.

In: a finding, whether the client accepts gzip. Out: a response with the stored bytes,
whose hash was verified. It does not: change or shorten a snapshot: what is downloaded
can be judged again.
Source: AWS Lambda quotas (a response has at most 6 MB; bytes are sent as base64).
"""

import logging

from parallax.model.finding import Finding
from parallax.model.packed import TooLargeError, inflate
from parallax.report import refusal
from parallax.report.response import Response
from parallax.snapshots.download import DownloadError, download_for_page

LIMIT = 4_400_000
"""Bytes that are at most 6 MB as base64, with the headers."""
log = logging.getLogger(__name__)


def raw_snapshot(finding: Finding, bucket: str | None, *, gzip: bool) -> Response:
    """Return the snapshot, compressed if the client accepts that.

    `bucket` is the stack's; None: any. 404 if the finding has no snapshot, or if it
    cannot be read: an expired one is not a failure of the function. 413: too large.
    """
    reference = finding.snapshot_ref
    if reference is None:
        return refusal.no_snapshot(404, "It is stored nowhere.")
    try:
        stored = download_for_page(reference, bucket)
        body = stored if gzip else inflate(stored, LIMIT)
    except TooLargeError:
        return refusal.no_snapshot(413, _TOO_LARGE, reference.url)
    except (DownloadError, ValueError) as error:
        log.warning("snapshot was not readable", extra={"reason": str(error)})
        return refusal.no_snapshot(404, f"{error}.")
    if len(body) > LIMIT:
        return refusal.no_snapshot(413, _TOO_LARGE, reference.url)
    name = f"parallax-{reference.sha256[:12]}.json"
    headers = {
        "content-type": "application/json",
        "content-disposition": f'attachment; filename="{name}"',
    }
    coding = {"content-encoding": "gzip"} if gzip else {}
    return Response(200, raw=body, headers=headers | coding)


_TOO_LARGE = (
    "It is larger than a function URL can send. Accept gzip, or judge it from its"
    " bucket:"
)
