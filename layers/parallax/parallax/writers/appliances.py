"""Appliances: load balancers and firewalls in front of a site.

Sources: each vendor's documentation of its block page and of its persistence cookies;
whole responses in public threads.
"""

from parallax.writers.mark import Family, own, through

_ERRORS = range(400, 600)

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
FAMILIES = (F5, NETSCALER, FORTIWEB, BARRACUDA)
