"""Linkerd: its proxy's own errors, which it names in a header.

Sources: linkerd2-proxy, `linkerd/app/core/src/errors/respond.rs` (`l5d-proxy-error`,
`l5d-proxy-connection`); whole responses in runbooks and workshops. The proxy stands
beside a pod of the ingress, of a client or of the app: the bytes do not show which.
An app's response never has the header.
"""

from parallax.writers.mark import Family, own, through

FAMILY = Family(
    name="linkerd",
    hop="unknown",
    marks=(
        own(
            text="l5d-proxy-error: Linkerd's proxy made this response",
            headers=(("l5d-proxy-error", ""),),
        ),
        own(
            text="l5d-err: Linkerd 1.x made this response",
            headers=(("l5d-err", ""),),
        ),
        through(
            text="a header of Linkerd: the response passed through its proxy",
            headers=(("l5d-proxy-connection", ""),),
        ),
    ),
)
