"""Timeline: what happened before and during the failure, in order.

In: a finding. Out: lines.
It does not: find the moments; `parallax.story.timeline` does.
"""

from parallax.model.finding import Finding
from parallax.notify.paragraph import paragraph, second


def timeline(finding: Finding) -> str:
    """Return the moments; an empty string if a finding has none."""
    if not finding.timeline:
        return ""
    lines = [
        paragraph(f"{second(one.at, finding.judged_at)}  {one.text}")
        for one in finding.timeline
    ]
    quiet = [paragraph(finding.no_change_before)] if finding.no_change_before else []
    return "\n".join(["TIMELINE (UTC)", *lines, *quiet])
