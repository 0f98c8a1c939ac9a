"""Kinds: what the writable API serves.

In: nothing. Out: kinds by group and version. It does not: list kinds that no chart or
manifest of ours has.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: its group and version as in a URL, and its plural name."""

    group: str
    resource: str
    name: str
    namespaced: bool = True

    @property
    def group_name(self) -> str:
        """The name of the group; "" for the core group."""
        return self.group.split("/")[1] if self.group.startswith("apis/") else ""

    @property
    def version(self) -> str:
        """The version, for example `v1`."""
        return self.group.rsplit("/", 1)[1]

    @property
    def api_version(self) -> str:
        """The object's field `apiVersion`."""
        return self.group.partition("/")[2]


BUILT_IN = (
    Kind("api/v1", "namespaces", "Namespace", namespaced=False),
    Kind("api/v1", "configmaps", "ConfigMap"),
    Kind("api/v1", "pods", "Pod"),
    Kind("api/v1", "secrets", "Secret"),
    Kind("api/v1", "serviceaccounts", "ServiceAccount"),
    Kind("api/v1", "services", "Service"),
    Kind("apis/apps/v1", "daemonsets", "DaemonSet"),
    Kind(
        "apis/rbac.authorization.k8s.io/v1",
        "clusterroles",
        "ClusterRole",
        namespaced=False,
    ),
    Kind(
        "apis/rbac.authorization.k8s.io/v1",
        "clusterrolebindings",
        "ClusterRoleBinding",
        namespaced=False,
    ),
    Kind(
        "apis/apiextensions.k8s.io/v1",
        "customresourcedefinitions",
        "CustomResourceDefinition",
        namespaced=False,
    ),
    Kind("apis/rbac.authorization.k8s.io/v1", "roles", "Role"),
    Kind("apis/rbac.authorization.k8s.io/v1", "rolebindings", "RoleBinding"),
)
PROMETHEUS_OPERATOR = (
    Kind("apis/monitoring.coreos.com/v1", "servicemonitors", "ServiceMonitor"),
    Kind("apis/monitoring.coreos.com/v1", "prometheusrules", "PrometheusRule"),
)
TRAEFIK = (Kind("apis/traefik.io/v1alpha1", "ingressroutes", "IngressRoute"),)
