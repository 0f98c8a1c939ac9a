"""Replay: the observations as data, and the command that judges them again.

In: a finding, the address of its raw snapshot. Out: a part of the page.
It does not: judge again.
"""

from parallax.model.finding import Finding
from parallax.notify.mail.subject import is_monitor
from parallax.report.commands import command
from parallax.report.elements import Node, element


def replay(finding: Finding, raw: str | None) -> Node | None:
    """Return link and command; None if the snapshot is stored nowhere.

    `raw` is the path of the page's raw snapshot. `parallax judge` judges a target, so
    a source of evidence has only the link.
    """
    reference = finding.snapshot_ref
    if reference is None:
        return None
    size = f"{max(reference.bytes // 1000, 1)} KB compressed"
    link = element("a", "Download all observations", href=raw) if raw else None
    judge = not is_monitor(finding)
    return element(
        "section",
        element("h2", "Raw data"),
        element("p", link, f" (JSON, {size})") if link is not None else None,
        element("p", "Judge the observations again, with access to the bucket:")
        if judge
        else None,
        command(f"parallax judge {reference.url}") if judge else None,
    )
