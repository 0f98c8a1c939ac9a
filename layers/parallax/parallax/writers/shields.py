"""Shields: web application firewalls, bot walls and appliances before a site.

Sources: each vendor's documentation of its block page; whole responses in public
threads (WhatWaf's and Nuclei's issues among them). Where a shield's id is on every
response that passes it, the id alone shows only the way.
"""

from parallax.writers.mark import Family, own, through
from parallax.writers.response import Response

_ERRORS = range(400, 600)


def _incapsula(response: Response) -> bool:
    cookies = response.value("set-cookie").lower()
    cdn = response.value("x-cdn").lower()
    return (
        "x-iinfo" in response.by_name
        or cdn in ("incapsula", "imperva")
        or "incap_ses_" in cookies
        or "visid_incap_" in cookies
    )


F5 = Family(
    name="f5",
    hop="load-balancer",
    marks=(
        own(
            text="`The requested URL was rejected` with a support id: the block page "
            "of F5's BIG-IP",
            body=r"The requested URL was rejected\. Please consult with your "
            r"administrator\.[\s\S]{0,80}(?i:support ID)",
        ),
        own(
            text="`Server: BigIP`: BIG-IP responded itself",
            headers=(("server", r"^BIG-?IP"),),
        ),
        own(
            text="`Server: volt-adc` with its error page: F5's Distributed Cloud",
            status_codes=_ERRORS,
            headers=(("server", r"^volt-adc"),),
            body=r"volterra|F5 |Distributed Cloud|request[ _-]?id",
        ),
        through(
            text="a cookie of BIG-IP: the response passed through it",
            headers=(("set-cookie", r"(?:^|, )(?:BIGipServer|TS[0-9a-f]{6,}=)"),),
        ),
        through(text="`Server: volt-adc`", headers=(("server", r"^volt-adc"),)),
    ),
)
IMPERVA = Family(
    name="imperva",
    hop="cdn",
    marks=(
        own(
            text="Imperva's (Incapsula's) page with an incident id",
            body=r"Incapsula incident ID|_Incapsula_Resource\?[\s\S]{0,400}incident_id"
            r"|Powered By Imperva|error_code_part|Request unsuccessful\. Incapsula",
        ),
        own(
            text="Imperva's challenge: a script or frame from `_Incapsula_Resource`",
            body=r"(?i)\A\s*<html[\s\S]{0,800}src=\"/_Incapsula_Resource",
            test=_incapsula,
        ),
        through(
            text="X-Iinfo, X-CDN or a cookie: it passed through Imperva",
            test=_incapsula,
        ),
    ),
)
SUCURI = Family(
    name="sucuri",
    hop="cdn",
    marks=(
        own(
            text="X-Sucuri-Block: Sucuri's firewall made this response",
            headers=(("x-sucuri-block", ""),),
        ),
        own(
            text="the page of Sucuri's firewall",
            status_codes=_ERRORS,
            body=r"(?i)Sucuri WebSite Firewall",
        ),
        through(
            text="X-Sucuri-ID: the response passed through Sucuri",
            headers=(("x-sucuri-id", ""),),
        ),
    ),
)
JIASULE = Family(
    name="jiasule",
    hop="cdn",
    marks=(
        own(
            text="X-Via-JSL with `X-Cache: error`: Jiasule's (Knownsec's) own page",
            headers=(("x-via-jsl", ""), ("x-cache", r"^error$")),
        ),
        own(
            text="Jiasule's challenge, which sets its cookie and reloads",
            status_codes=(512, 521),
            headers=(("set-cookie", r"__jsluid"),),
        ),
        through(text="X-Via-JSL", headers=(("x-via-jsl", ""),)),
    ),
)
DDOS_GUARD = Family(
    name="ddos-guard",
    hop="cdn",
    marks=(
        own(
            text="the page of DDoS-Guard",
            status_codes=_ERRORS,
            headers=(("server", r"^ddos-guard"),),
            body=r"(?i)ddos-guard",
        ),
        through(
            text="`Server: ddos-guard`: the response passed through it",
            headers=(("server", r"^ddos-guard"),),
        ),
    ),
)
NETSCALER = Family(
    name="netscaler",
    hop="load-balancer",
    marks=(
        own(
            text="`Http/1.1 Service Unavailable` as a page: Citrix NetScaler without a "
            "service that is up",
            body=r"(?i)\A\s*<html><body><b>Http/1\.1 [^<]+</b></body>\s*</html>",
        ),
        through(
            text="a cookie or Via of NetScaler",
            test=lambda r: (
                "NSC_" in r.value("set-cookie") or "ns-cache" in r.value("via").lower()
            ),
        ),
    ),
)
FORTIWEB = Family(
    name="fortinet",
    hop="unknown",
    marks=(
        own(
            text="the block page of FortiWeb or FortiGate",
            status_codes=_ERRORS,
            body=r"\.fgd_icon|FortiGuard Intrusion Prevention|<title>Web Page Blocked!?"
            r"|Server Unavailable!</title>[\s\S]*fortiweb",
        ),
    ),
)
BARRACUDA = Family(
    name="barracuda",
    hop="load-balancer",
    marks=(
        own(
            text="Barracuda's sentence for a back end that is down",
            body=r"The specified URL cannot be found\.[\s\S]{0,80}barra_counter"
            r"|<title>Barracuda ",
        ),
    ),
)
DATADOME = Family(
    name="datadome",
    hop="unknown",
    marks=(
        own(
            text="DataDome's challenge",
            status_codes=(401, 403, 429),
            body=r"captcha-delivery\.com",
        ),
    ),
)
ALIBABA_WAF = Family(
    name="alibaba-waf",
    hop="cdn",
    marks=(
        own(
            text="the block page of Alibaba Cloud's WAF",
            status_codes=(403, 405, 493),
            body=r"errors\.aliyun\.com|data-spm=\"a3c0e\"",
        ),
    ),
)
FAMILIES = (
    F5,
    IMPERVA,
    SUCURI,
    JIASULE,
    DDOS_GUARD,
    NETSCALER,
    FORTIWEB,
    BARRACUDA,
    DATADOME,
    ALIBABA_WAF,
)
