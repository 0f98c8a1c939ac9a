"""nginx lengths: whether a response without its body has the length of nginx's page.

In: a response, the name in the page's footer. Out: yes or no. It does not: decide.
A response to HEAD, or one pasted without its page, still has Content-Length; the page
has the status twice and the footer once, so no other page is likely to have the length.
Source: nginx, `src/http/ngx_http_special_response.c` (the body's tag had a color before
1.17).
"""

from parallax.writers.response import Response

TITLES = {
    400: "400 Bad Request",
    401: "401 Authorization Required",
    403: "403 Forbidden",
    404: "404 Not Found",
    405: "405 Not Allowed",
    413: "413 Request Entity Too Large",
    429: "429 Too Many Requests",
    500: "500 Internal Server Error",
    502: "502 Bad Gateway",
    503: "503 Service Temporarily Unavailable",
    504: "504 Gateway Time-out",
}
_PAGE = (
    "<html>\r\n<head><title>{title}</title></head>\r\n<body{color}>\r\n"
    "<center><h1>{title}</h1></center>\r\n<hr><center>{footer}</center>\r\n"
    "</body>\r\n</html>\r\n"
)
_COLORS = ("", ' bgcolor="white"')
_NAMES = frozenset(
    {
        "server",
        "date",
        "content-type",
        "content-length",
        "connection",
        "keep-alive",
        "strict-transport-security",
        "alt-svc",
        "x-frame-options",
        "x-xss-protection",
        "x-content-type-options",
        "x-robots-tag",
        "referrer-policy",
        "permissions-policy",
        "content-security-policy",
    }
)
"""Headers of nginx's own responses, and those that `add_header … always` often adds."""


def fits(response: Response, footer: str) -> bool:
    """Return whether headers and length are those of nginx's page with this footer."""
    title = TITLES.get(response.status_code)
    if title is None or response.body.strip() or response.sorted_by_go:
        return False
    lengths = {
        str(len(_PAGE.format(title=title, footer=footer, color=color)))
        for color in _COLORS
    }
    return (
        response.value("content-length") in lengths
        and response.value("content-type") == "text/html"
        and response.by_name.keys() <= _NAMES
    )


def fits_server(response: Response) -> bool:
    """Return the same for the page that has `Server` in its footer."""
    return fits(response, response.value("server"))
