"""Servers made from nginx: nginx's page under another name, or without its footer.

Sources: the error pages of OpenResty, Tengine and Angie (`ngx_http_special_response.c`
of each); APISIX's `error_page` (since 3.0), its JSON errors and its page on the source
of a 5xx; whole responses in public threads. As with nginx, the page of a descendant
under another `Server` was written behind another server.
"""

import re
from functools import partial

from parallax.writers import nginx_lengths
from parallax.writers.mark import Family, Level, Mark, Shows, own, through
from parallax.writers.response import Response

_HEADLINE = r"<center><h1>\d{3} [^<]+</h1></center>"
_FOOTED = r"<hr ?/?>\s*(?:<center>|Powered by )"
_inner = partial(Mark, shows=Shows.INNER, level=Level.DOCUMENTED, hop="unknown")


def _footer(name: str) -> str:
    """Return a pattern of a footer; names differ in case from `Server`."""
    return rf"(?i:{_FOOTED}(?:Powered by )?{name}(?:[/ ][\w.+ -]*)?\s*</)"


def _without_footer(response: Response) -> bool:
    return not re.search(_FOOTED, response.body, re.IGNORECASE)


def _kin(name: str, title: str, also: str = "") -> Family:
    """Return one descendant; `also` is another name in its Server header."""
    server = rf"^(?:{name}{also})\b"
    return Family(
        name=name,
        hop="ingress",
        marks=(
            own(
                text=f"nginx's page with {title} in its footer and in Server",
                body=_footer(name),
                headers=(("server", server),),
            ),
            _inner(
                text=f"nginx's page with {title} in its footer, but not in Server: the "
                "response does not show whether the ingress or a pod wrote it",
                body=_footer(name),
                without=(("server", rf"{server}|^APISIX"),),
            ),
            own(
                text=f"exactly the headers of {title}, and the length of its page",
                headers=(("server", rf"^{name}(?:/|$)"),),
                test=nginx_lengths.fits_server,
            ),
            through(
                text=f"`Server` names {title}: it wrote the response or passed it on",
                headers=(("server", server),),
            ),
            Mark(
                shows=Shows.SILENT,
                level=Level.KNOWLEDGE,
                text=f"a response through {title} may be cached, as with nginx",
                headers=(("server", server),),
            ),
        ),
    )


OPENRESTY = _kin("openresty", "OpenResty", "|ngx_openresty")
TENGINE = _kin("tengine", "Tengine")
ANGIE = _kin("angie", "Angie")
APISIX = Family(
    name="apisix",
    hop="ingress",
    marks=(
        own(
            text="OpenResty's page with `Server: APISIX`",
            headers=(("server", r"^APISIX\b"),),
            body=_footer("openresty"),
        ),
        own(
            text="`Powered by APISIX` below the page: APISIX's own page",
            body=r"Powered by <a href=\"https://apisix\.apache\.org/?\">APISIX</a>",
        ),
        own(
            text="`error_msg`, the key of APISIX's own errors, with its Server",
            headers=(("server", r"^APISIX\b"),),
            body=r'\A\s*\{\s*"error_msg":\s*"',
        ),
        own(
            text="`Server: APISIX` without X-APISIX-Upstream-Status: APISIX adds that "
            "header to every 5xx for which it asked an upstream",
            status_codes=range(500, 600),
            headers=(("server", r"^APISIX/[2-9]"),),
            without=(("x-apisix-upstream-status", ""),),
        ),
        own(
            text="a message of one of APISIX's plugins, with its Server",
            status_codes=(401, 403),
            headers=(("server", r"^APISIX\b"),),
            without=(("x-apisix-upstream-status", ""),),
            body=r'\A\s*\{\s*"message":\s*"(?:(?:Missing|Invalid) (?:API key|'
            r"authorization|JWT token)\b|Invalid user authorization"
            r"|Your IP address is not allowed|The consumer_name is forbidden)",
        ),
        own(
            text="one of APISIX's own error messages in its JSON",
            status_codes=(404, 502, 503),
            body=r'\A\s*\{\s*"error_msg":\s*"(?:404 Route Not Found'
            r"|failed to match any routes|no valid upstream node)",
        ),
        through(
            text="`Server` names APISIX, or X-APISIX-Upstream-Status: the response "
            "passed through APISIX, or is its own",
            test=lambda r: (
                r.value("server").startswith("APISIX")
                or "x-apisix-upstream-status" in r.by_name
            ),
        ),
    ),
)
HUAWEI_ELB = Family(
    name="huawei-elb",
    hop="load-balancer",
    marks=(
        own(
            text="nginx's headline without its footer, with `Server: elb`, the load "
            "balancer of Huawei Cloud and Open Telekom Cloud",
            headers=(("server", r"^elb$"),),
            body=_HEADLINE,
            test=_without_footer,
        ),
    ),
)
TENCENT_CLB = Family(
    name="tencent-clb",
    hop="load-balancer",
    marks=(
        own(
            text="nginx's page with `stgw`, Tencent's load balancer, in its footer",
            body=_footer("stgw"),
        ),
        own(
            text="`Server: stgw` and the length of Tencent's page",
            headers=(("server", r"^stgw$"),),
            test=nginx_lengths.fits_server,
        ),
    ),
)
BAIDU = Family(
    name="baidu",
    hop="cdn",
    marks=(
        own(text="nginx's page with JSP3, Baidu's CDN, below it", body=_footer("JSP3")),
        own(
            text="`Server: JSP3` and the length of its page",
            headers=(("server", r"^JSP3/"),),
            test=nginx_lengths.fits_server,
        ),
        own(
            text="X-Error-Info: Baidu's CDN could not reach the origin",
            status_codes=range(500, 600),
            headers=(("server", r"^JSP3/"), ("x-error-info", ".")),
        ),
        through(text="`Server: JSP3`", headers=(("server", r"^JSP3/"),)),
    ),
)
FAMILIES = (OPENRESTY, TENGINE, ANGIE, APISIX, HUAWEI_ELB, TENCENT_CLB, BAIDU)
