"""Azure: Application Gateway, which is based on nginx, and Front Door.

Sources: whole pages of Application Gateway, quoted in articles about its WAF and its
client certificates; learn.microsoft.com, "Protocol support for HTTP headers in
Azure Front Door" (`X-Azure-Ref`) and "Caching with Azure Front Door" (`X-Cache`).
Its page is quoted in Azure/static-web-apps#774. Not captured here.
"""

from parallax.writers.mark import Family, Level, Mark, Shows, own

_GATEWAY = r"Microsoft-Azure-Application-Gateway/v\d"
_EDGE = ("x-azure-ref", "")

APPLICATION_GATEWAY = Family(
    name="azure-application-gateway",
    hop="load-balancer",
    marks=(
        Mark(
            shows=Shows.OWN,
            level=Level.DOCUMENTED,
            text="nginx's page with Application Gateway's name in its footer",
            body=rf"<hr ?/?><center>{_GATEWAY}</center>",
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.KNOWLEDGE,
            text="`Server` names Azure's Application Gateway",
            headers=(("server", rf"^{_GATEWAY}"),),
        ),
    ),
)

FRONT_DOOR = Family(
    name="azure-front-door",
    hop="cdn",
    marks=(
        own(
            text="Front Door's own page",
            status_codes=range(400, 600),
            headers=(_EDGE,),
            body=r"<h2>Our services aren't available right now</h2>",
        ),
        own(
            text="X-Azure-ExternalError: Front Door could not connect to the origin",
            headers=(_EDGE, ("x-azure-externalerror", "")),
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.KNOWLEDGE,
            text="the sentence of Front Door's own page",
            headers=(_EDGE,),
            body=r"Our services aren't available right now",
        ),
        Mark(
            shows=Shows.THROUGH,
            level=Level.DOCUMENTED,
            text="X-Azure-Ref: the response passed through Azure Front Door",
            headers=(_EDGE,),
        ),
        Mark(
            shows=Shows.REPLAY,
            level=Level.DOCUMENTED,
            text="X-Cache: Azure Front Door sent a cached response",
            headers=(_EDGE, ("x-cache", r"^TCP_(REMOTE_)?HIT$")),
        ),
    ),
)
