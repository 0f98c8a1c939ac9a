"""Kinds: the resources that the lab's API serves, by group.

In: nothing. Out: group -> resource (the plural name of the URL) -> kind.
It does not: list resources that no agent reads.
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
        "statefulsets": "StatefulSet",
    },
    "apis/discovery.k8s.io/v1": {"endpointslices": "EndpointSlice"},
    "apis/networking.k8s.io/v1": {
        "ingresses": "Ingress",
        "ingressclasses": "IngressClass",
    },
}
ABSENT = {"apis/gateway.networking.k8s.io/v1": ("gateways", "httproutes")}
"""Resources that an agent requests and a cluster without Gateway API lacks. Access
rights are checked first: without them the response is 403, not 404."""
