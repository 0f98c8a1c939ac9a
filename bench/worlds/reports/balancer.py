"""Balancer: reports about the load balancer, its checks, targets and protocols.

In: nothing. Out: worlds. It does not: copy a report's words; `true` states what was so.
"""

from dataclasses import replace
from functools import partial

from bench.accuracy.platform.requirements import Requirements
from bench.worlds import answers as a
from bench.worlds import balancer_twists as lb
from bench.worlds.balancer_twists import fault
from bench.worlds.world import World

ENDS = Requirements(cdn=False, protocol="https", check="tcp", proxy=False)
PASSES = replace(ENDS, protocol="tcp")
NGINX = replace(ENDS, kind="ingress-nginx")

BALANCER = (
    World(
        id="proxy-lines-not-in-config-map",
        source="vitobotta/hetzner-k3s#87",
        true="uses-proxyprotocol was set; the ingress's ConfigMap was not.",
        twist=lb.proxy_lines,
        requires=NGINX,
        accept=frozenset({a.PROXY}),
    ),
    World(
        id="proxy-lines-after-install",
        source="vitobotta/hetzner-k3s#292",
        true="The same over TLS that the balancer passes on: every request fails.",
        twist=lb.proxy_lines,
        requires=replace(NGINX, protocol="tcp"),
        accept=frozenset({a.PROXY}),
    ),
    World(
        id="proxy-lines-to-traefik",
        source="traefik/traefik-helm-chart#404",
        true="The balancer sends PROXY lines; Traefik's entry point trusts nobody.",
        twist=lb.proxy_lines,
        requires=replace(ENDS, kind="traefik"),
        accept=frozenset({a.PROXY}),
        never=frozenset({a.ERROR}),
        stated=True,
    ),
    World(
        id="proxy-lines-to-traefik-tls",
        source="hetznercloud/hcloud-cloud-controller-manager#186",
        true="PROXY lines reach Traefik's TLS entry point, which does not expect any.",
        twist=lb.proxy_lines,
        requires=replace(PASSES, kind="traefik"),
        accept=frozenset({a.PROXY}),
        stated=True,
    ),
    World(
        id="plain-to-https-port-ccm",
        source="hetznercloud/hcloud-cloud-controller-manager#210",
        true="The balancer ends TLS and sends plain HTTP to the https NodePort.",
        twist=lb.plain_to_tls,
        requires=NGINX,
        accept=frozenset({a.PROTOCOL}),
        never=frozenset({a.ERROR, a.PROXY}),
        stated=True,
    ),
    World(
        id="plain-to-https-port-do",
        source="digitalocean/digitalocean-cloud-controller-manager#368",
        true="TLS ends at the balancer, whose 443 leads to the https NodePort.",
        twist=lb.plain_to_tls,
        requires=NGINX,
        accept=frozenset({a.PROTOCOL}),
        never=frozenset({a.ERROR, a.PROXY}),
    ),
    World(
        id="plain-to-https-port-nlb",
        source="kubernetes/ingress-nginx#5206",
        true="The same with another controller, which closes the connection.",
        twist=lb.plain_to_tls,
        requires=replace(ENDS, kind="haproxy"),
        accept=frozenset({a.PROTOCOL}),
        never=frozenset({a.SOME_UNHEALTHY, a.FIREWALL}),
        stated=True,
    ),
    World(
        id="tls-to-http-port",
        source="kubernetes/ingress-nginx#918",
        true="The balancer passes TLS to the ingress's http NodePort.",
        twist=lb.tls_to_plain,
        requires=PASSES,
        accept=frozenset({a.PROTOCOL, a.DESTINATION}),
        never=frozenset({a.FIREWALL, a.CERTIFICATE_AT_INGRESS}),
        stated=True,
    ),
    World(
        id="not-in-the-network",
        source="hetznercloud/hcloud-cloud-controller-manager#270",
        true="All servers are in a private network, the balancer is not.",
        twist=partial(fault, "lb-not-in-private-network"),
        requires=Requirements(private=True),
        accept=frozenset({a.NO_NETWORK}),
    ),
    World(
        id="private-targets-unhealthy",
        source="hetznercloud/hcloud-cloud-controller-manager#222",
        true="With use-private-ip the checks do not reach the nodes: a firewall.",
        twist=partial(fault, "node-firewall-blocks-load-balancer"),
        requires=Requirements(private=True, has_detail=True),
        accept=frozenset({a.FIREWALL}),
    ),
    World(
        id="check-port-left-behind",
        source="hetznercloud/hcloud-cloud-controller-manager#161",
        true="The Service's NodePorts changed; the health check kept the old port.",
        twist=partial(fault, "lb-health-check-wrong-port"),
        requires=Requirements(has_detail=True),
        accept=frozenset({a.CHECK_PORT}),
    ),
    World(
        id="check-wants-200-of-default-backend",
        source="digitalocean/digitalocean-cloud-controller-manager#195",
        true="The http check sends no host; the default backend responds 404.",
        twist=partial(fault, "lb-health-check-rejected"),
        requires=Requirements(check="http"),
        accept=frozenset({a.CHECK_REJECTED}),
    ),
    World(
        id="no-targets-added",
        source="hetznercloud/hcloud-cloud-controller-manager#463",
        true="The controller made the balancer and added no target.",
        twist=partial(fault, "lb-no-target"),
        accept=frozenset({a.NO_TARGET}),
    ),
    World(
        id="https-service-removed",
        source="mysticaltech/terraform-hcloud-kube-hetzner#1684",
        true="The service on 443 was removed again at each deployment.",
        twist=partial(fault, "lb-no-service-for-port"),
        requires=ENDS,
        accept=frozenset({a.NO_SERVICE}),
    ),
    World(
        id="old-servers-as-targets",
        source="hetznercloud/hcloud-cloud-controller-manager#505",
        true="All nodes were replaced; the targets are servers that are gone.",
        twist=partial(fault, "lb-targets-not-the-ingress-nodes"),
        accept=frozenset({a.FOREIGN}),
    ),
    World(
        id="local-policy-wrong-check",
        source="kubernetes/cloud-provider-aws#87",
        true="Policy Local drops at nodes without a pod, and the check is green there.",
        twist=partial(fault, "nodeport-dropped-by-local-traffic-policy"),
        requires=Requirements(nodes=3, policy="Local", few_ingress=False, cdn=False),
        accept=frozenset({a.LOCAL}),
    ),
    World(
        id="local-policy-two-thirds-time-out",
        source="kubernetes/ingress-nginx#4121",
        true="With policy Local two thirds of the requests time out.",
        twist=partial(fault, "nodeport-dropped-by-local-traffic-policy"),
        requires=Requirements(
            nodes=3, policy="Local", few_ingress=False, cdn=False, protocol="https"
        ),
        accept=frozenset({a.LOCAL}),
    ),
    World(
        id="limit-of-connections",
        source="linode/docs#1815",
        true="The balancer takes no more connections than its plan has.",
        twist=lb.at_its_limit,
        requires=Requirements(cdn=False),
        accept=frozenset(),
        never=frozenset({a.SOME_UNHEALTHY, a.LOCAL, a.SLOW}),
        named=False,
        stated=True,
    ),
    World(
        id="red-control-plane-no-endpoints",
        source="kubernetes/kops#4295 (its red target)",
        true="A target was always red; what fails is the app's Service.",
        twist=lb.red_and_no_endpoints,
        requires=Requirements(nodes=3, few_ingress=False, cdn=False),
        accept=frozenset({a.NO_ENDPOINTS}),
        never=frozenset({a.SOME_UNHEALTHY}),
        stated=True,
    ),
    World(
        id="red-target-and-slow-app",
        source="mysticaltech/terraform-hcloud-kube-hetzner#759 (its red target)",
        true="A target was always unhealthy, which is normal there; the app hangs.",
        twist=lb.red_and_slow,
        requires=Requirements(nodes=3, few_ingress=False, cdn=False, check="tcp"),
        accept=frozenset({a.SLOW}),
        never=frozenset({a.SOME_UNHEALTHY}),
        stated=True,
    ),
    World(
        id="red-target-and-resets",
        source="hetznercloud/hcloud-cloud-controller-manager#276 (its red target)",
        true="One node is always red; the others' ingress resets half of all requests.",
        twist=lb.red_and_resets,
        requires=Requirements(nodes=3, few_ingress=False, cdn=False, check="tcp"),
        accept=frozenset(),
        never=frozenset({a.SOME_UNHEALTHY}),
        named=False,
    ),
    World(
        id="table-full",
        source="kubernetes/kubernetes#71261",
        true="A node's connection table is full and drops new connections.",
        twist=lb.full_table,
        requires=Requirements(nodes=3, cdn=False, few_ingress=False, check="tcp"),
        accept=frozenset({a.SOME_UNHEALTHY}),
        never=frozenset({a.FIREWALL, a.OVERLAY, a.LOCAL}),
        named=False,
        stated=True,
    ),
    World(
        id="timeout-of-the-balancer",
        source="woodpeck/postpass-ops#5",
        true="The balancer's timeout is shorter than the app's slow responses.",
        twist=partial(fault, "lb-timeout-too-short"),
        requires=Requirements(protocol="https", check="tcp", cdn=False),
        accept=frozenset({a.IMPATIENT}),
    ),
)
