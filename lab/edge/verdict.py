"""Verdict: the result of HAProxy's health check, with Hetzner's names.

In: a row of `show stat`. Out: status, detail and status code.
It does not: query HAProxy (`lab.edge.balancer` does).
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
"""HAProxy's `check_status` -> Hetzner's `detail`; any other is `unspecified`."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Health of one target for one listen port; only an unhealthy one has a detail."""

    status: str
    detail: str | None = None
    http_status_code: int | None = None


def verdict(row: dict[str, str]) -> Verdict:
    """Read one server's row; a server that was never checked is `unknown`."""
    result = row["check_status"].lstrip("* ")
    if result in {"INI", ""}:
        return Verdict("unknown")
    if row["status"].startswith("UP"):
        return Verdict("healthy")
    detail = DETAILS.get(result, "unspecified")
    has_code = result == "L7STS" and row["check_code"].isdigit()
    return Verdict("unhealthy", detail, int(row["check_code"]) if has_code else None)
