"""AWS Application Load Balancer: nginx's headline without nginx's footer.

Sources: AWS, "Health checks for target groups" and the load balancer's page on
troubleshooting; whole answers quoted in AWS's SOCA documentation (a 502 under
`server: awselb/2.0`, where a target's answer has the target's own `server`).
A 503 means no registered target; with all targets unhealthy it routes requests to all
of them, unlike the Hetzner load balancer.
"""

import re

from parallax.writers.mark import Family, Level, Mark, Shows

_HEADLINE = r"<center><h1>\d{3} [^<]+</h1></center>"

FAMILY = Family(
    name="aws-alb",
    hop="load-balancer",
    marks=(
        Mark(
            shows=Shows.OWN,
            level=Level.DOCUMENTED,
            text="nginx's headline without nginx's footer, with `Server: awselb`",
            headers=(("server", r"^awselb/"),),
            body=_HEADLINE,
            test=lambda r: not re.search(r"<hr ?/?><center>", r.body, re.IGNORECASE),
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.DOCUMENTED,
            text="`Server: awselb`: a target's response has the target's own Server",
            headers=(("server", r"^awselb/"),),
        ),
    ),
)
