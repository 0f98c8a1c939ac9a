"""Google Cloud's external load balancer. Nothing of it is confirmed.

All rows are general knowledge, so they never decide. Its log does:
`statusDetails` is `response_sent_by_backend` or names the balancer's own fault.
"""

from parallax.writers.mark import Family, Level, Mark, Shows

FAMILY = Family(
    name="google",
    hop="load-balancer",
    marks=(
        Mark(
            shows=Shows.OWN,
            level=Level.KNOWLEDGE,
            says="the sentence of Google's load balancer",
            body=r"The server encountered a temporary error and could not complete",
        ),
        Mark(
            shows=Shows.THROUGH,
            level=Level.KNOWLEDGE,
            says="`Via: 1.1 google`: through Google's load balancer",
            headers=(("via", r"\b1\.1 google\b"),),
        ),
    ),
)
