"""Verdict: what HAProxy's health check found, in Hetzner's words.

In: a row of `show stat`. Out: status, detail and status code.
It does not: ask HAProxy (`lab.edge.balancer` does).
Source: HAProxy 2.6 management guide, `check_status`; Hetzner Cloud API reference,
`health_status`.
"""

from dataclasses import dataclass

DETAILS = {
    "L4TOUT": "layer4_timeout",
    "L4CON": "layer4_no_connection",
    "L6TOUT": "layer7_timeout",
    "L7TOUT": "layer7_timeout",
    "L7STS": "unexpected_http_status",
    "L7RSP": "unexpected_http_content",
}
"""HAProxy's word -> Hetzner's; any other failure is `unspecified`."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Health of one target for one listen port; a detail only where unhealthy."""

    status: str
    detail: str | None = None
    http_status_code: int | None = None


def verdict(row: dict[str, str]) -> Verdict:
    """Read one server's row: one that was never checked is `unknown`."""
    word = row["check_status"].lstrip("* ")
    if word in {"INI", ""}:
        return Verdict("unknown")
    if row["status"].startswith("UP"):
        return Verdict("healthy")
    detail = DETAILS.get(word, "unspecified")
    asked = word == "L7STS" and row["check_code"].isdigit()
    return Verdict("unhealthy", detail, int(row["check_code"]) if asked else None)
