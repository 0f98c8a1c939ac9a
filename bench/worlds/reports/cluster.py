"""Cluster: reports about nodes, kube-proxy, overlays, policies and packet sizes.

In: nothing. Out: worlds. It does not: copy a report's words; `true` states what was so.
"""

from dataclasses import replace
from functools import partial

from bench.accuracy.platform.requirements import Requirements
from bench.worlds import answers as a
from bench.worlds import balancer_twists as lb
from bench.worlds import cluster_twists as cluster
from bench.worlds.balancer_twists import fault
from bench.worlds.world import World

SPREAD = Requirements(
    nodes=3, pods=3, cdn=False, few_ingress=False, host_network=False, check="tcp"
)
NGINX = replace(SPREAD, kind="ingress-nginx")
ENDS = replace(SPREAD, protocol="https", proxy=False)

CLUSTER = (
    World(
        id="dead-node-still-endpoint",
        source="kubernetes/kubernetes#17284",
        true="A machine was killed; its pods stayed endpoints for a long time.",
        twist=cluster.node_dead,
        requires=SPREAD,
        accept=frozenset({a.NODE_DOWN}),
        never=frozenset({a.OVERLAY, a.SLOW}),
        stated=True,
    ),
    World(
        id="every-seventh-request",
        source="kubernetes/kubernetes#16257",
        true="One of seven nodes is NotReady; a share of the requests times out.",
        twist=cluster.node_dead,
        requires=replace(NGINX, nodes=5, pods=5),
        accept=frozenset({a.NODE_DOWN}),
        never=frozenset({a.OVERLAY, a.SLOW}),
    ),
    World(
        id="shut-down-gracefully",
        source="kubernetes/kubernetes#109998",
        true="A node was shut down; its endpoints were never taken out.",
        twist=cluster.node_dead,
        requires=replace(SPREAD, policy="Cluster"),
        accept=frozenset({a.NODE_DOWN}),
        never=frozenset({a.OVERLAY}),
    ),
    World(
        id="first-forty-seconds",
        source="kubernetes/kubernetes#97112",
        true="A node is off; for 40 seconds Kubernetes still calls it ready.",
        twist=cluster.node_just_dead,
        requires=SPREAD,
        accept=frozenset({a.NODE_DOWN}),
        never=frozenset({a.OVERLAY, a.POLICY}),
        named=False,
        stated=True,
    ),
    World(
        id="policy-against-ingress",
        source="kubernetes/kubernetes#122151",
        true="A NetworkPolicy of the app's namespace keeps the ingress out: 504.",
        twist=cluster.policy_on_all,
        requires=SPREAD,
        accept=frozenset({a.POLICY}),
        never=frozenset({a.OVERLAY, a.SLOW}),
        stated=True,
    ),
    World(
        id="policy-without-the-controller",
        source="kubernetes/ingress-nginx#7132",
        true="The policy allows pods with a label that the controller has not.",
        twist=cluster.policy_on_all,
        requires=NGINX,
        accept=frozenset({a.POLICY}),
        never=frozenset({a.OVERLAY, a.SLOW}),
    ),
    World(
        id="policy-on-some-pods",
        source="elastisys/compliantkubernetes-apps#2574",
        true="A policy selects some of the pods: requests often time out.",
        twist=cluster.policy_on_some,
        requires=NGINX,
        accept=frozenset({a.POLICY}),
        never=frozenset({a.OVERLAY}),
        named=False,
        stated=True,
    ),
    World(
        id="no-kube-proxy-after-restart",
        source="Azure/acs-engine#531",
        true="A node restarted without kube-proxy; pods reach each other directly.",
        twist=cluster.no_kube_proxy,
        requires=replace(SPREAD, policy="Cluster"),
        accept=frozenset({a.KUBE_PROXY, a.SOME_UNHEALTHY}),
        never=frozenset({a.OVERLAY, a.FIREWALL}),
        named=False,
        stated=True,
    ),
    World(
        id="kube-proxy-did-not-bind",
        source="kubernetes/kubernetes#85483",
        true="kube-proxy runs and does not write its rules: old ones lead to old pods.",
        twist=cluster.stale_kube_proxy,
        requires=replace(SPREAD, policy="Cluster"),
        accept=frozenset({a.KUBE_PROXY, a.SOME_UNHEALTHY}),
        never=frozenset({a.OVERLAY, a.FIREWALL}),
        named=False,
    ),
    World(
        id="vxlan-checksums",
        source="k3s-io/k3s#2013",
        true="The kernel drops the overlay's packets between nodes.",
        twist=cluster.overlay_udp_blocked,
        requires=SPREAD,
        accept=frozenset({a.OVERLAY}),
        never=frozenset({a.POLICY, a.SLOW}),
        stated=True,
    ),
    World(
        id="udp-not-allowed",
        source="flannel-io/flannel#871",
        true="The firewall between the nodes allows TCP only; VXLAN is UDP.",
        twist=cluster.overlay_udp_blocked,
        requires=replace(SPREAD, policy="Cluster"),
        accept=frozenset({a.OVERLAY}),
        never=frozenset({a.POLICY, a.SLOW}),
    ),
    World(
        id="same-node-only",
        source="flannel-io/flannel#1067",
        true="Nodes reach pods on their own node only.",
        twist=partial(fault, "overlay-between-nodes-broken"),
        requires=replace(SPREAD, policy="Local"),
        accept=frozenset({a.OVERLAY}),
    ),
    World(
        id="nsx-drops-vxlan",
        source="flannel-io/flannel#2388",
        true="The hypervisor drops the overlay's packets silently.",
        twist=cluster.overlay_udp_blocked,
        requires=NGINX,
        accept=frozenset({a.OVERLAY}),
    ),
    World(
        id="wireguard-mtu",
        source="angelnu/pod-gateway#33",
        true="The overlay's packets are too long for the tunnel: long pages hang.",
        twist=cluster.overlay_loses_large,
        requires=replace(NGINX, nodes=3),
        accept=frozenset({a.LARGE}),
        never=frozenset({a.SLOW, a.OVERLAY, a.ERROR}),
        stated=True,
    ),
    World(
        id="tunnel-mtu",
        source="projectcalico/calico#7651",
        true="Between two nodes, responses above 1372 bytes hang.",
        twist=cluster.overlay_loses_large,
        requires=SPREAD,
        accept=frozenset({a.LARGE}),
        never=frozenset({a.SLOW, a.ERROR}),
        named=False,
    ),
    World(
        id="flannel-mtu-of-the-path",
        source="flannel-io/flannel#1011",
        true="A device between node and balancer carries smaller packets: pages stop.",
        twist=lb.cut_pages,
        requires=ENDS,
        accept=frozenset({a.LARGE}),
        never=frozenset({a.ERROR, a.SLOW}),
        stated=True,
    ),
    World(
        id="mtu-pages-never-begin",
        source="vitobotta/hetzner-k3s#733",
        true="The private network drops large packets on the way to the balancer.",
        twist=lb.no_pages,
        requires=ENDS,
        accept=frozenset({a.LARGE}),
        never=frozenset({a.SLOW, a.IMPATIENT, a.FIREWALL}),
        named=False,
    ),
    World(
        id="mtu-handshake-hangs",
        source="firezone/firezone#891",
        true="TCP connects, and the TLS handshake hangs: its packets are too long.",
        twist=lb.no_pages,
        requires=replace(SPREAD, protocol="tcp", proxy=False),
        accept=frozenset({a.LARGE}),
        never=frozenset({a.SLOW, a.FIREWALL, a.CERTIFICATE_AT_INGRESS}),
        named=False,
    ),
    World(
        id="firewall-of-the-nodes",
        source="kubernetes/kubernetes#20555",
        true="No firewall rule lets the balancer's addresses in.",
        twist=cluster.nodes_drop_all,
        requires=Requirements(has_detail=True),
        accept=frozenset({a.FIREWALL}),
    ),
    World(
        id="firewall-rejects",
        source="hetznercloud/csi-driver#204",
        true="The new cloud firewall rejects what is not allowed.",
        twist=cluster.nodes_reject_all,
        requires=Requirements(has_detail=True, cdn=False),
        accept=frozenset({a.FIREWALL, a.NO_HEALTHY}),
    ),
)
