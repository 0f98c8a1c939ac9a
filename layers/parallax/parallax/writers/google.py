"""Google Cloud's external load balancer, and Google's front end before it.

Sources: whole pages quoted in esi/esi-issues#530 (its users on Google's CDN) and
googleapis/google-cloud-cpp#1807 (the front end's). cloud.google.com,
"External Application Load Balancer overview", for `Via: 1.1 google`. The bare
sentence alone is general knowledge and never decides; newer balancers answer in Envoy's
words (`envoy`). Its log knows: `statusDetails` is `response_sent_by_backend` or
names the balancer's own fault.
"""

from parallax.writers.mark import Family, Level, Mark, Shows

FAMILY = Family(
    name="google",
    hop="load-balancer",
    marks=(
        Mark(
            shows=Shows.OWN,
            level=Level.DOCUMENTED,
            says="the whole page of Google's load balancer",
            status_codes=range(400, 600),
            body=r"<title>\d{3} Server Error</title>[\s\S]{0,120}"
            r"<h1>Error: Server Error</h1>\s*"
            r"<h2>The server encountered a temporary error",
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.DOCUMENTED,
            says="the page of Google's front end, with its `!!1`",
            status_codes=range(400, 600),
            body=r"<title>Error \d{3} \([^)<]*\)!!1</title>",
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.KNOWLEDGE,
            says="the sentence of Google's load balancer",
            body=r"The server encountered a temporary error and could not complete",
        ),
        Mark(
            shows=Shows.THROUGH,
            level=Level.DOCUMENTED,
            says="`Via: 1.1 google`: through Google's load balancer",
            headers=(("via", r"\b1\.1 google\b"),),
        ),
    ),
)
