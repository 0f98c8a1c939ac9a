"""Response: what users get, as the first failing external request got it.

In: a finding. Out: lines: status, phase times, the first line of the page.
It does not: show more of a page; the snapshot has it.
"""

from parallax.model.finding import Finding, Response
from parallax.model.probe import Phases
from parallax.notify.paragraph import paragraph, second, stacked

_PHASES = {
    "resolve": "resolve",
    "connect": "connect",
    "tls": "TLS",
    "processing": "wait",
    "transfer": "transfer",
}
_MILLISECONDS = 1000


def response(finding: Finding) -> str:
    """Return the response; an empty string if a finding has none."""
    got = finding.response
    if got is None:
        return ""
    at = second(got.at, finding.judged_at)
    server = f" · {got.server}" if got.server else ""
    return stacked(
        paragraph(f"RESPONSE ({at} UTC) {_head(got)}{server}{_times(got.phases)}"),
        paragraph(got.first_line),
    )


def _head(got: Response) -> str:
    if got.status_code is None:
        return f"no response: {got.error or 'unknown error'}"
    error = f" ({got.error})" if got.error else ""
    return f"{got.status_code} {got.reason or ''}".strip() + error


def _times(phases: Phases) -> str:
    known = [(word, getattr(phases, name)) for name, word in _PHASES.items()]
    texts = [
        f"{word} {seconds * _MILLISECONDS:.0f} ms"
        for word, seconds in known
        if seconds is not None
    ]
    return f" · {', '.join(texts)}" if texts else ""
