"""Shields: web application firewalls and bot walls of CDNs before a site.

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
STORMWALL = Family(
    name="stormwall",
    hop="cdn",
    marks=(
        own(
            text="StormWall's page",
            status_codes=_ERRORS,
            body=r"static\.stormwall\.pro/error_pages/",
        ),
    ),
)
CDNETWORKS = Family(
    name="cdnetworks",
    hop="cdn",
    marks=(
        own(
            text="Ws-Action: the CDN of Wangsu (CDNetworks) rejected a bot",
            status_codes=(403, 429),
            headers=(("server", r"^PWS/\d"), ("ws-action", ".")),
        ),
        through(text="`Server: PWS` with its id", headers=(("x-ws-request-id", "."),)),
    ),
)
ALIYUN = Family(
    name="aliyun",
    hop="unknown",
    marks=(
        own(
            text="`Server: Beaver` with `Non-compliance ICP Filing`: Alibaba Cloud "
            "blocks a name without a filing",
            status_codes=(403,),
            body=r"<title>Non-compliance ICP Filing</title>",
        ),
        own(
            text="`Server: Beaver` above a 403: Alibaba Cloud blocks a name without a "
            "filing",
            status_codes=(403,),
            headers=(("server", r"^Beaver$"),),
        ),
    ),
)
FAMILIES = (
    CDNETWORKS,
    ALIYUN,
    STORMWALL,
    IMPERVA,
    SUCURI,
    JIASULE,
    DDOS_GUARD,
    DATADOME,
    ALIBABA_WAF,
)
