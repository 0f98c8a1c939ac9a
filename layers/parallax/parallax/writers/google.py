"""Google Cloud's external load balancer, and the Google front end before it.

Sources: whole pages quoted in esi/esi-issues#530 (users of Google's CDN),
flynn/flynn#4613 (App Engine) and googleapis/google-cloud-cpp#1807 (the front end).
cloud.google.com, "External Application Load Balancer overview", for `Via: 1.1 google`.
 The sentence without the
page is general knowledge and never decides; newer load balancers use Envoy's sentences
(`envoy`). The load balancer's log decides: `statusDetails` is
`response_sent_by_backend` or names its own error.
"""

from parallax.writers.mark import Family, Level, Mark, Shows, own, through

FAMILY = Family(
    name="google",
    hop="load-balancer",
    marks=(
        Mark(
            shows=Shows.OWN,
            level=Level.DOCUMENTED,
            text="the whole page of Google's load balancer",
            status_codes=range(400, 600),
            body=r"<title>\d{3} Server Error</title>[\s\S]{0,120}"
            r"<h1>Error: Server Error</h1>\s*"
            r"<h2>The server encountered (?:a temporary|an) error",
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.DOCUMENTED,
            text="the page of Google's front end, with `!!1`",
            status_codes=range(400, 600),
            body=r"<title>Error \d{3} \([^)<]*\)!!1</title>",
        ),
        own(
            text="the sentence of Google's front end for a Cloud Run service without "
            "an instance",
            body=r"The request was aborted because there was no available instance",
        ),
        own(
            text="X-Goog-IAP-Generated-Response: Google's Identity-Aware Proxy",
            headers=(("x-goog-iap-generated-response", "^true$"),),
        ),
        own(
            text="the short page of Google's load balancer and of Cloud Armor",
            status_codes=range(400, 600),
            body=r"\A<!doctype html><meta charset=\"utf-8\"><meta name=viewport "
            r"[^>]*><title>\d{3}</title>\d{3} ",
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.KNOWLEDGE,
            text="the sentence of Google's load balancer",
            body=r"The server encountered a temporary error and could not complete",
        ),
        Mark(
            shows=Shows.THROUGH,
            level=Level.DOCUMENTED,
            text="`Via: 1.1 google`: the response passed through Google's load "
            "balancer",
            headers=(("via", r"\b1\.1 google\b"),),
        ),
        through(
            text="`Server: Google Frontend`: the response passed through it",
            headers=(("server", r"^Google Frontend$"),),
        ),
    ),
)
