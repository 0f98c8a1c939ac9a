"""Pages and headers of programs that no reported response shows, one row each.

The bodies are shortened to what the program's source or documentation fixes.
"""

import pytest

from parallax.writers import attribute

type Headers = list[tuple[str, str]]
type Row = tuple[str, int, Headers, str, str]

HTML = ("Content-Type", "text/html")
JSON = ("Content-Type", "application/json")
NGINX = "<html><body><center><h1>502 Bad Gateway</h1></center>{}</body></html>"
APIM = '{ "statusCode": 401, "message": "Access denied due to missing subscription key'
SPRING = '{"timestamp":"2026-11-23T12:00:00Z","status":503,"error":"x","path":"/"}'
PROBLEM = (
    '{"type":"https://tools.ietf.org/html/rfc9110#section-15.6.1","title":"An error",'
    '"status":500,"traceId":"00-1"}'
)
UNDERTOW = "<html><head><title>Error</title></head><body>Internal Server Error</body>"
FINALHANDLER = (
    '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    "<title>Error</title>\n</head>\n<body>\n<pre>Internal Server Error</pre>\n"
)
IIS = (
    "<title>502 - Web server received an invalid response</title>"
    '<body><div id="header"><h1>Server Error</h1></div>'
)
TRAFFIC_SERVER = (
    '<BODY BGCOLOR="white" FGCOLOR="black">\n<H1>Could Not Connect</H1>\n<HR>\n'
    '<FONT FACE="Helvetica,Arial"><B>\nDescription: Could not connect'
)
CLOUD_ARMOR = (
    '<!doctype html><meta charset="utf-8"><meta name=viewport content="width=x">'
    "<title>403</title>403 Forbidden"
)
RULES = "response 404 (backend NotFound), service rules for the path non-existent"
VERCEL = "A server error has occurred\n\nFUNCTION_INVOCATION_TIMEOUT\n\nfra1::x-170-a\n"
CHALLENGE = "<title>Just a moment...</title><script>window._cf_chl_opt={}</script>"
WAF = 'error <a href="https://errors.aliyun.com/images/x">'

ROWS: list[Row] = [
    (
        "tengine",
        502,
        [("Server", "Tengine")],
        NGINX.format("<hr/>Powered by Tengine</body>"),
        "tengine",
    ),
    (
        "angie",
        502,
        [("Server", "Angie/1.5")],
        NGINX.format("<hr><center>Angie/1.5</center>"),
        "angie",
    ),
    (
        "tencent",
        502,
        [("Server", "stgw/1.3")],
        NGINX.format("<hr><center>stgw/1.3</center>"),
        "tencent-clb",
    ),
    (
        "APISIX without a route",
        404,
        [JSON],
        '{"error_msg":"404 Route Not Found"}',
        "apisix",
    ),
    ("API Management", 401, [JSON], APIM, "azure-api-management"),
    (
        "its 404",
        404,
        [JSON],
        '{ "statusCode": 404, "message": "Resource not found" }',
        "azure-api-management",
    ),
    (
        "Tyk",
        500,
        [JSON],
        '{\n    "error": "There was a problem proxying the request"\n}',
        "tyk",
    ),
    (
        "API Gateway without a method",
        403,
        [JSON],
        '{"message":"Missing Authentication Token"}',
        "aws-api-gateway",
    ),
    (
        "gorouter",
        404,
        [],
        "404 Not Found: Requested route ('a.b') does not exist.",
        "gorouter",
    ),
    ("GKE's default backend", 404, [], RULES, "default-backend"),
    (
        "GitHub Pages",
        404,
        [HTML],
        "<p><strong>There isn't a GitHub Pages site here.</strong>",
        "github-pages",
    ),
    ("Vercel", 504, [], VERCEL, "vercel"),
    (
        "Netlify",
        404,
        [("server", "Netlify")],
        "Not Found - Request ID: 01ABCDEFGHJKMNPQRSTVWXYZ01",
        "netlify",
    ),
    (
        "App Platform",
        503,
        [HTML],
        "<h1>App Platform failed to forward this request to the application.",
        "digitalocean-app-platform",
    ),
    (
        "App Service",
        503,
        [HTML],
        '<h1 id="x">:( Application Error</h1>',
        "azure-app-service",
    ),
    (
        "Imperva",
        403,
        [("X-Iinfo", "1"), HTML],
        "Request unsuccessful. Incapsula incident ID: 1-2",
        "imperva",
    ),
    (
        "DDoS-Guard",
        403,
        [("Server", "ddos-guard")],
        "<title>DDOS-GUARD</title>",
        "ddos-guard",
    ),
    (
        "NetScaler",
        503,
        [HTML],
        "<html><body><b>Http/1.1 Service Unavailable</b></body> </html>",
        "netscaler",
    ),
    (
        "DataDome",
        403,
        [HTML],
        '<script src="https://ct.captcha-delivery.com/c.js">',
        "datadome",
    ),
    ("Alibaba's WAF", 405, [HTML], WAF, "alibaba-waf"),
    ("Cloudflare's challenge", 403, [HTML], CHALLENGE, "cloudflare"),
    (
        "Cloudflare's header",
        403,
        [("cf-mitigated", "challenge"), ("cf-ray", "1")],
        "",
        "cloudflare",
    ),
    ("Cloud Armor", 403, [HTML], CLOUD_ARMOR, "google"),
    (
        "Cloud Run",
        503,
        [HTML],
        "The request was aborted because there was no available instance.",
        "google",
    ),
    ("Traffic Server", 502, [HTML], TRAFFIC_SERVER, "traffic-server"),
    (
        "LiteSpeed",
        503,
        [("Server", "LiteSpeed")],
        "<br>Proudly powered by LiteSpeed Web Server",
        "litespeed",
    ),
    (
        "Linkerd 1.x",
        502,
        [("l5d-err", "Unable to establish connection")],
        "",
        "linkerd",
    ),
    (
        "Go's TLS port",
        400,
        [],
        "Client sent an HTTP request to an HTTPS server.\n",
        "go",
    ),
    (
        "kube-proxy's own port",
        503,
        [JSON],
        '{"lastUpdated": "x","currentTime": "y"}',
        "kube-proxy",
    ),
    (
        "the API server's proxy",
        502,
        [],
        "Error trying to reach service: dial tcp",
        "kube-apiserver",
    ),
    ("Envoy limits the rate", 429, [("x-envoy-ratelimited", "true")], "", "envoy"),
    (
        "Envoy rejects a request",
        400,
        [("server", "envoy"), ("content-type", "text/plain")],
        "Bad Request",
        "envoy",
    ),
    (
        "Apache's address line",
        404,
        [],
        "<hr>\n<address>Apache/2.4 Server at a.b Port 80</address>",
        "apache",
    ),
    ("Django", 500, [HTML], "<title>Server Error (500)</title>", "django"),
    (
        "Rails",
        500,
        [HTML],
        "<title>We're sorry, but something went wrong (500)</title>",
        "rails",
    ),
    ("Rack", 500, [("X-Runtime", "0.01"), ("X-Request-Id", "1")], "oops", "rails"),
    ("Undertow", 500, [HTML], f"{UNDERTOW}</html>", "undertow"),
    ("Express without its header", 500, [HTML], FINALHANDLER, "express"),
    ("IIS as a proxy", 502, [("Server", "Microsoft-IIS/10.0")], IIS, "iis"),
    ("PHP", 500, [("X-Powered-By", "PHP/8.3")], "", "app"),
    (
        "Plesk adds its name to every page",
        500,
        [("X-Powered-By", "PleskLin")],
        "x",
        "unknown",
    ),
    ("Spring Boot's JSON", 503, [JSON], SPRING, "app"),
    (
        "ASP.NET's JSON",
        500,
        [("Content-Type", "application/problem+json")],
        PROBLEM,
        "app",
    ),
    (
        "NestJS",
        404,
        [JSON],
        '{"statusCode":404,"message":"Cannot GET /","error":"Not Found"}',
        "app",
    ),
    ("Actuator", 503, [JSON], '{"status":"DOWN","components":{}}', "app"),
    (
        "the same through an API gateway",
        503,
        [JSON, ("Apigw-Requestid", "1")],
        SPRING,
        "unknown",
    ),
    (
        "the same under an unknown Server",
        503,
        [JSON, ("Server", "some-edge")],
        SPRING,
        "unknown",
    ),
    ("JSON of another form", 503, [JSON], '{"error":"down"}', "unknown"),
    ("a changed reason phrase", 503, [("Server", "nginx")], "<p>Sorry</p>", "unknown"),
    ("a success", 200, [JSON], '{"ok":true}', "app"),
    (
        "a success of a platform",
        200,
        [JSON, ("x-vercel-id", "1")],
        '{"ok":true}',
        "unknown",
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_page_has_its_writer(row: Row) -> None:
    """By the page or the header alone; what is not enough is unknown."""
    _, status, headers, body, writer = row
    reason = "Service Unavailable" if status == 503 else None
    found = attribute(status_code=status, reason=reason, headers=headers, body=body)
    assert found.writer == writer, found
