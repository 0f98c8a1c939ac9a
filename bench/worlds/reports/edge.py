"""Edge: reports about names, certificates, redirects, CDNs and proxies in front.

In: nothing. Out: worlds. It does not: copy a report's words; `true` states what was so.
"""

from functools import partial

from bench.accuracy.platform.requirements import Requirements
from bench.worlds import answers as a
from bench.worlds import edge_twists as edge
from bench.worlds.balancer_twists import fault
from bench.worlds.world import World

BARE = Requirements(cdn=False)
ENDS = Requirements(cdn=False, protocol="https", check="tcp", proxy=False)
"""TLS ends at the load balancer."""
PASSES = Requirements(cdn=False, protocol="tcp", check="tcp", proxy=False)
"""TLS ends at the ingress."""
CACHED = Requirements(cdn=True)

EDGE = (
    World(
        id="cert-manager-stopped",
        source="cert-manager/cert-manager#3481",
        true="The ingress presents a certificate that was never renewed and expired.",
        twist=edge.expired,
        requires=PASSES,
        accept=frozenset({a.CERTIFICATE_AT_INGRESS}),
        never=frozenset({a.NO_HEALTHY, a.FIREWALL}),
        stated=True,
    ),
    World(
        id="fake-certificate-hours-later",
        source="kubernetes/ingress-nginx#4199",
        true="The controller lost the Secret and presents its own stand-in.",
        twist=edge.fake,
        requires=Requirements(
            cdn=False, protocol="tcp", check="tcp", proxy=False, kind="ingress-nginx"
        ),
        accept=frozenset({a.CERTIFICATE_AT_INGRESS}),
        stated=True,
    ),
    World(
        id="fake-certificate-from-start",
        source="cert-manager/cert-manager#2425",
        true="The Secret that the Ingress names was never filled.",
        twist=edge.fake,
        requires=Requirements(
            cdn=False, protocol="tcp", check="tcp", proxy=False, kind="ingress-nginx"
        ),
        accept=frozenset({a.CERTIFICATE_AT_INGRESS}),
    ),
    World(
        id="secret-expired",
        source="nginx/kubernetes-ingress#369",
        true="The Secret held a certificate that had expired days before.",
        twist=edge.expired,
        requires=PASSES,
        accept=frozenset({a.CERTIFICATE_AT_INGRESS}),
    ),
    World(
        id="mirror-not-renewed",
        source="void-linux/void-infrastructure#128",
        true="The certificate of the public name expired today; renewal had failed.",
        twist=edge.expired,
        requires=ENDS,
        accept=frozenset({a.CERTIFICATE_AT_BALANCER}),
        stated=True,
    ),
    World(
        id="certificate-expired-yesterday",
        source="h2o/h2o#1867",
        true="A Let's Encrypt certificate expired since nothing renewed it.",
        twist=edge.expired,
        requires=ENDS,
        accept=frozenset({a.CERTIFICATE_AT_BALANCER}),
    ),
    World(
        id="managed-certificate-other-domain",
        source="hetznercloud/hcloud-cloud-controller-manager#263",
        true="The balancer's managed certificate is for another name than the host.",
        twist=edge.wrong_name,
        requires=ENDS,
        accept=frozenset({a.CERTIFICATE_AT_BALANCER}),
        stated=True,
    ),
    World(
        id="chain-incomplete",
        source="kubernetes/ingress-nginx#3188",
        true="The ingress presents its certificate without the intermediate one.",
        twist=edge.untrusted,
        requires=PASSES,
        accept=frozenset({a.CERTIFICATE_AT_INGRESS}),
        stated=True,
    ),
    World(
        id="chain-incomplete-at-balancer",
        source="kubernetes/cloud-provider-openstack#1220",
        true="The balancer presents the leaf certificate only.",
        twist=edge.untrusted,
        requires=ENDS,
        accept=frozenset({a.CERTIFICATE_AT_BALANCER}),
    ),
    World(
        id="force-ssl-behind-elb",
        source="kubernetes/ingress-nginx#2724",
        true="TLS ends at the balancer; force-ssl-redirect answers every request.",
        twist=edge.redirects_behind_the_balancer,
        requires=Requirements(
            cdn=False, protocol="https", check="tcp", proxy=False, kind="ingress-nginx"
        ),
        accept=frozenset({a.REDIRECT_LOOP}),
        never=frozenset({a.ERROR, a.REJECTS}),
        stated=True,
    ),
    World(
        id="force-ssl-loop",
        source="kubernetes/ingress-nginx#1957",
        true="The Ingress's tls section redirects what the balancer sends in plain.",
        twist=edge.redirects_by_its_section,
        requires=Requirements(
            cdn=False, protocol="https", check="tcp", proxy=False, kind="ingress-nginx"
        ),
        accept=frozenset({a.REDIRECT_LOOP}),
        never=frozenset({a.ERROR, a.REJECTS}),
    ),
    World(
        id="redirect-to-https-f5",
        source="nginx/kubernetes-ingress#1296",
        true="redirect-to-https behind a balancer that ends TLS is a loop.",
        twist=edge.redirects_behind_the_balancer,
        requires=ENDS,
        accept=frozenset({a.REDIRECT_LOOP}),
    ),
    World(
        id="flexible-ssl",
        source="Azure/static-web-apps#858",
        true="Cloudflare's Flexible mode asks in plain; the origin redirects to https.",
        twist=edge.redirects_behind_the_balancer,
        requires=Requirements(cdn=True, protocol="https", check="tcp", proxy=False),
        accept=frozenset({a.REDIRECT_LOOP}),
        never=frozenset({a.REPLAYS, a.ORIGIN}),
        stated=True,
    ),
    World(
        id="domain-transferred",
        source="tonsky/grumpy#59",
        true="The domain was gone while it moved between registrars: NXDOMAIN.",
        twist=edge.name_gone,
        accept=frozenset({a.NAME_GONE}),
        requires=BARE,
        stated=True,
    ),
    World(
        id="deleted-after-expiry",
        source="cisagov/manage.get.gov#4632",
        true="A domain in use was deleted from the registry after it expired.",
        twist=edge.name_gone,
        accept=frozenset({a.NAME_GONE}),
        requires=CACHED,
    ),
    World(
        id="records-missing",
        source="KeenRivals/bestmotherfucking.website#58",
        true="The name had no A or AAAA record any more.",
        twist=edge.name_empty,
        accept=frozenset({a.NAME_GONE, a.ZONE_BROKEN}),
        requires=BARE,
        stated=True,
    ),
    World(
        id="dnssec-after-change",
        source="librespeed/speedtest-go#83",
        true="Validating resolvers return SERVFAIL; the zone's server has the address.",
        twist=edge.zone_refused,
        accept=frozenset({a.ZONE_BROKEN}),
        requires=BARE,
        stated=True,
    ),
    World(
        id="dnssec-ds-mismatch",
        source="hotwired/hotwire-site#20",
        true="The DS record at the parent fits no key of the zone.",
        twist=edge.zone_refused,
        accept=frozenset({a.ZONE_BROKEN}),
        requires=BARE,
    ),
    World(
        id="name-servers-silent",
        source="keybase/keybase-issues#2488",
        true="The zone's own servers fail, so that each resolver returns SERVFAIL.",
        twist=edge.zone_silent,
        accept=frozenset({a.ZONE_BROKEN}),
        requires=BARE,
    ),
    World(
        id="bot-fight-mode",
        source="louislam/uptime-kuma#3933",
        true="Cloudflare's bot mode answers the monitor with 403; the site works.",
        twist=edge.bans,
        accept=frozenset({a.EDGE_REFUSES}),
        never=frozenset({a.REJECTS, a.ERROR, a.REPLAYS}),
        requires=CACHED,
        stated=True,
    ),
    World(
        id="challenge-page",
        source="louislam/uptime-kuma#4412",
        true="Cloudflare has the monitor prove that it is a browser.",
        twist=edge.challenges,
        accept=frozenset({a.EDGE_REFUSES}),
        never=frozenset({a.REJECTS, a.ERROR, a.REPLAYS}),
        requires=CACHED,
    ),
    World(
        id="monitor-banned",
        source="louislam/uptime-kuma#4764",
        true="The CDN limits the monitor's address for some minutes.",
        twist=edge.bans,
        accept=frozenset({a.EDGE_REFUSES}),
        requires=CACHED,
    ),
    World(
        id="proxy-machine-lost-nodes",
        source="OpenTTD/website#93",
        true="A machine of the owner's in front lost the addresses behind it.",
        twist=edge.front_proxy,
        accept=frozenset({a.ORIGIN}),
        never=frozenset({a.STALE}),
        named=False,
        requires=BARE,
        stated=True,
    ),
    World(
        id="moved-with-old-record",
        source="stackernews/stacker.news#1054",
        true="Resolvers have an address that the site no longer uses.",
        twist=partial(fault, "dns-stale-address"),
        accept=frozenset({a.STALE, a.DISAGREE}),
        requires=BARE,
    ),
    World(
        id="dead-balancer-in-the-record",
        source="berops/claudie#1759",
        true="The name lists two balancers, one of which is dead.",
        twist=partial(fault, "dns-stale-address-one-of-two"),
        accept=frozenset({a.STALE}),
        named=False,
        requires=BARE,
    ),
    World(
        id="origin-unreachable",
        source="louislam/uptime-kuma#1294",
        true="The CDN cannot connect to its origin; by address the origin works.",
        twist=partial(fault, "cdn-cannot-reach-origin"),
        accept=frozenset({a.ORIGIN}),
        requires=CACHED,
    ),
)
