"""Kinds: the resources that the lab's API serves, by group.

In: nothing. Out: group -> resource (the plural word of the URL) -> kind.
It does not: hold what a cluster has and no agent reads.
"""

KINDS = {
    "api/v1": {
        "nodes": "Node",
        "namespaces": "Namespace",
        "services": "Service",
        "pods": "Pod",
        "configmaps": "ConfigMap",
        "events": "Event",
    },
    "apis/apps/v1": {
        "daemonsets": "DaemonSet",
        "deployments": "Deployment",
        "replicasets": "ReplicaSet",
    },
    "apis/discovery.k8s.io/v1": {"endpointslices": "EndpointSlice"},
    "apis/networking.k8s.io/v1": {
        "ingresses": "Ingress",
        "ingressclasses": "IngressClass",
    },
}
ABSENT = {"apis/gateway.networking.k8s.io/v1": ("gateways", "httproutes")}
"""What an agent asks for and a cluster without Gateway API lacks. Rights come first:
who may not read it gets 403 and does not learn that it is not there."""
