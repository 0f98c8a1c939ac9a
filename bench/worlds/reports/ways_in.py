"""Ways in: reports of clusters with another way in than an ingress's NodePorts.

In: nothing. Out: worlds. It does not: copy a report's words; `true` states what was so.
"""

from dataclasses import replace
from functools import partial

from bench.accuracy.platform import shapes
from bench.accuracy.platform.requirements import Requirements
from bench.worlds import answers as a
from bench.worlds import backend_twists as backend
from bench.worlds import balancer_twists as lb
from bench.worlds import cluster_twists as cluster
from bench.worlds.balancer_twists import fault
from bench.worlds.world import World

OWN = Requirements(kind="traefik", protocol="https", proxy=False, policy="Cluster")
ROUTE = Requirements(kind="traefik", proxy=False, cdn=False, check="tcp")
NODES = Requirements(few_ingress=False, policy="Cluster", cdn=False, check="tcp")
CILIUM = replace(NODES, kind="envoy", proxy=False)

WAYS_IN = (
    World(
        id="own-service-pod-not-behind",
        source="hetznercloud/hcloud-cloud-controller-manager#173",
        true="The app's own LoadBalancer Service selects pods that do not exist.",
        twist=backend.no_pods,
        shape=shapes.own_service,
        requires=OWN,
        accept=frozenset({a.NO_ENDPOINTS}),
        never=frozenset({a.DESTINATION, a.UNKNOWN_HOST, a.NO_HEALTHY}),
        stated=True,
    ),
    World(
        id="own-service-not-ready",
        source="gajus/lightship#10",
        true="The readiness probe of the app fails, so that no pod is ready.",
        twist=backend.crash_loop,
        shape=shapes.own_service,
        requires=OWN,
        accept=frozenset({a.NOT_READY}),
        never=frozenset({a.DESTINATION, a.UNKNOWN_HOST, a.NO_HEALTHY}),
        stated=True,
    ),
    World(
        id="own-service-nodeport-blocked",
        source="vitobotta/hetzner-k3s#45",
        true="The nodes drop the balancer at the app's own NodePort.",
        twist=cluster.nodes_drop_all,
        shape=shapes.own_service,
        requires=replace(OWN, has_detail=True),
        accept=frozenset({a.FIREWALL, a.NO_HEALTHY}),
        never=frozenset({a.DESTINATION, a.UNKNOWN_HOST}),
        stated=True,
    ),
    World(
        id="own-service-check-port",
        source="hetznercloud/hcloud-cloud-controller-manager#93",
        true="The balancer's check uses a port that the app's Service does not have.",
        twist=partial(fault, "lb-health-check-wrong-port"),
        shape=shapes.own_service,
        requires=replace(OWN, has_detail=True),
        accept=frozenset({a.CHECK_PORT}),
        never=frozenset({a.DESTINATION, a.UNKNOWN_HOST}),
    ),
    World(
        id="middleware-does-not-exist",
        source="traefik/traefik#10544",
        true="An IngressRoute names a missing middleware, so Traefik responds 404.",
        twist=backend.ignored,
        shape=shapes.ingress_route,
        requires=replace(ROUTE, protocol="https"),
        accept=frozenset(),
        never=frozenset({a.UNKNOWN_HOST}),
        named=False,
        stated=True,
    ),
    World(
        id="chain-of-middlewares",
        source="traefik/traefik#5280",
        true="An IngressRoute's chain of middlewares is not valid: 404 for the host.",
        twist=backend.ignored,
        shape=shapes.ingress_route,
        requires=replace(ROUTE, protocol="tcp"),
        accept=frozenset(),
        never=frozenset({a.UNKNOWN_HOST}),
        named=False,
    ),
    World(
        id="error-page-service-down",
        source="traefik/traefik#8572",
        true="An IngressRoute is dropped since a Service of its middleware is gone.",
        twist=backend.ignored,
        shape=shapes.ingress_route,
        requires=ROUTE,
        accept=frozenset(),
        never=frozenset({a.UNKNOWN_HOST}),
        named=False,
    ),
    World(
        id="ingress-route-app-down",
        source="epinio/epinio#424",
        true="Traefik's route leads to a Service without endpoints.",
        twist=backend.no_pods,
        shape=shapes.ingress_route,
        requires=ROUTE,
        accept=frozenset({a.NO_ENDPOINTS}),
        never=frozenset({a.UNKNOWN_HOST}),
        stated=True,
    ),
    World(
        id="servicelb-app-crashes",
        source="k3s-io/k3s#1107 (its topology)",
        true="Behind k3s's servicelb the app's pods crash.",
        twist=backend.crash_loop,
        shape=shapes.service_lb,
        requires=replace(ROUTE, policy="Cluster"),
        accept=frozenset({a.NOT_READY}),
        never=frozenset({a.DESTINATION, a.NO_HEALTHY}),
        stated=True,
    ),
    World(
        id="host-port-firewall",
        source="nginx/kubernetes-ingress#515",
        true="The ingress listens on the nodes' 80 and 443; a firewall drops those.",
        twist=cluster.nodes_drop_all,
        shape=shapes.host_port,
        requires=replace(NODES, has_detail=True),
        accept=frozenset({a.FIREWALL, a.NO_HEALTHY}),
        never=frozenset({a.DESTINATION, a.NO_INGRESS}),
        stated=True,
    ),
    World(
        id="host-port-not-mapped",
        source="nginx/kubernetes-ingress#2208",
        true="The network plugin maps no host ports: nobody listens on 80 and 443.",
        twist=cluster.nobody_listens,
        shape=shapes.host_port,
        requires=replace(NODES, has_detail=True),
        accept=frozenset({a.NO_HEALTHY}),
        never=frozenset({a.FIREWALL, a.DESTINATION, a.CHECK_PORT}),
        named=False,
        stated=True,
    ),
    World(
        id="servicelb-does-not-start",
        source="k3d-io/k3d#1021",
        true="The pods of k3s's servicelb do not start: the nodes' ports refuse.",
        twist=cluster.nobody_listens,
        shape=shapes.service_lb,
        requires=replace(ROUTE, policy="Cluster", has_detail=True),
        accept=frozenset({a.NO_HEALTHY}),
        never=frozenset({a.FIREWALL}),
        named=False,
        stated=True,
    ),
    World(
        id="host-port-app-down",
        source="rancher/rke2#6925 (its topology)",
        true="The ingress listens on the nodes' ports; the app has no ready pod.",
        twist=backend.crash_loop,
        shape=shapes.host_port,
        requires=NODES,
        accept=frozenset({a.NOT_READY}),
        never=frozenset({a.DESTINATION, a.NO_INGRESS, a.NO_HEALTHY}),
    ),
    World(
        id="cilium-local-policy",
        source="cilium/cilium#33547",
        true="Policy Local counts no endpoint of Cilium: each check gets a 503.",
        twist=lb.check_counts_endpoints,
        shape=shapes.cilium,
        requires=replace(CILIUM, has_detail=True),
        accept=frozenset({a.CHECK_REJECTED, a.NO_HEALTHY}),
        never=frozenset({a.NO_INGRESS, a.OVERLAY, a.FIREWALL}),
        named=False,
        stated=True,
    ),
    World(
        id="second-service-firewall",
        source="mysticaltech/terraform-hcloud-kube-hetzner#218 (its topology)",
        true="The way in is a second Service of the ingress; nodes drop the balancer.",
        twist=lb.second_service_and_firewall,
        requires=Requirements(cdn=False, has_detail=True, check="tcp"),
        accept=frozenset({a.FIREWALL, a.NO_HEALTHY}),
        never=frozenset({a.DESTINATION, a.CHECK_PORT}),
        named=False,
    ),
    World(
        id="private-balancer-app-down",
        source="hetznercloud/hcloud-cloud-controller-manager#811 (its topology)",
        true="The balancer has a private address only; the app's Service is empty.",
        twist=backend.no_pods,
        shape=shapes.private_only,
        requires=Requirements(cdn=False, private=True, check="tcp"),
        accept=frozenset({a.NO_ENDPOINTS}),
        never=frozenset({a.STALE}),
        stated=True,
    ),
)
