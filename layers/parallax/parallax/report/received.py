"""Received: what users get: the response's head, and the first lines of its body.

In: an excerpt of a snapshot, or a finding. Out: a part of the page.
It does not: show secret headers; the probe replaced them when it received them.
"""

from parallax.evidence.users import author_text, written_by
from parallax.evidence.words import error
from parallax.model.finding import Finding
from parallax.model.judgement import Hop
from parallax.model.plain import plain, plain_line
from parallax.model.probe import AS_A_USER, Probe
from parallax.model.snapshot_excerpt import Excerpt
from parallax.notify.paragraph import second
from parallax.report.elements import Node, element

LINES = 20
AT_ONCE = 6
"""Lines of a body that are shown before the reader opens the rest."""
CHARACTERS = 2_000
"""Of a body."""
HEADERS = 40
LONGEST = 300
"""Characters of a header."""


def received(finding: Finding, excerpt: Excerpt | None) -> Node | None:
    """Return what the first failing request got; None: no request failed."""
    probe = _failing(excerpt) if excerpt else None
    if probe is None:
        return _in_short(finding)
    body = _body(probe)
    at = second(probe.started_at, finding.judged_at)
    author = f", written by {_author(finding, probe)}" if probe.status_code else ""
    return element(
        "section",
        element("h2", "Response"),
        element("p", f"From {probe.url} at {at} UTC{author}."),
        element("pre", "\n".join((*_head(probe), "", *body[:AT_ONCE]))),
        _rest(body[AT_ONCE:]),
        class_="wide",
    )


def _author(finding: Finding, probe: Probe) -> str:
    """Return who wrote a response; a wrong address is not the load balancer's."""
    if finding.hop is Hop.DNS:
        return f"{written_by(probe).writer} at {probe.peer_address}"
    return author_text(probe)


def _rest(lines: list[str]) -> Node | None:
    """Return the lines of a body that a reader opens; None: there are none."""
    if not lines:
        return None
    summary = element("summary", f"{len(lines)} more lines of the body")
    return element("details", summary, element("pre", "\n".join(lines)))


def _failing(excerpt: Excerpt) -> Probe | None:
    probes = excerpt.run.by_role(*AS_A_USER) if excerpt.run else ()
    return next((p for p in probes if not p.healthy), None)


def _in_short(finding: Finding) -> Node | None:
    """Return the first line that the finding has itself."""
    got = finding.response
    if got is None:
        return None
    status = f"{got.status_code} {got.reason or ''}" if got.status_code else ""
    lines = [status.strip(), got.error or "", got.first_line]
    text = "\n".join(plain_line(line) for line in lines if line)
    shown = element("pre", text)
    return element("section", element("h2", "Response"), shown, class_="wide")


def _head(probe: Probe) -> list[str]:
    failure = error(probe.error_type) if probe.error_type else ""
    why = f"{failure}: {probe.error_detail}" if probe.error_detail else failure
    status = f"{probe.status_code} {probe.reason or ''}" if probe.status_code else ""
    first = [plain_line(t.strip()) for t in (status, why) if t] or ["no response"]
    headers = [plain_line(f"{n}: {v}"[:LONGEST]) for n, v in probe.headers[:HEADERS]]
    more = len(probe.headers) - HEADERS
    return [*first, *headers, *([f"({more} more headers)"] if more > 0 else [])]


def _body(probe: Probe) -> list[str]:
    text = plain(probe.body.replace("\r\n", "\n"))
    lines = text[:CHARACTERS].split("\n")[:LINES]
    shown = "\n".join(lines)
    if not text:
        return ["(empty body)"] if probe.status_code else []
    size = f"{probe.body_bytes} bytes"
    cut = len(shown) < len(text.rstrip("\n")) or probe.body_truncated
    return [*lines, f"(cut; {size} in all)"] if cut else lines
