"""Overview: the link to the page of all targets.

In: the stack's signer, an instant; or the fields of a request. Out: a path with a
query, `/o?s=<signature>&e=<expiry>`; or the link to verify.
It does not: open an incident; the page signs a link for each of them.
"""

from collections.abc import Mapping
from datetime import datetime

from parallax.links.signature import Link, Signer

PATH = "/o"
SCOPE = "overview"
"""The link to an incident is of another scope, and does not open the overview."""
_SUBJECT = "00000000-0000-0000-0000-000000000000"
"""No incident has this id."""


def overview_query(signer: Signer, at: datetime) -> str:
    """Return the query of a link that works for 14 days from an instant on."""
    link = signer.sign(_SUBJECT, at, SCOPE)
    return f"s={link.signature}&e={link.expiry}"


def overview_link(fields: Mapping[str, str]) -> Link:
    """Return the link in a request's fields; verify it with `SCOPE`."""
    signature, expiry = fields.get("s", ""), fields.get("e", "")
    return Link(group=_SUBJECT, expiry=expiry, signature=signature)
