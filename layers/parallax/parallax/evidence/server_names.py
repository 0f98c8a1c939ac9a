"""Server names: upstreams that an ingress log names without their address.

In: a scene, a log line. Out: whether the upstream is such a name, and whether its
backend is the target's Service.
It does not: tell which pod it is; the name is a place in the backend's list.
Source: HAProxy, "Custom log format", `%s`; haproxytech's kubernetes-ingress names a
backend `<namespace>_svc_<service>_<port>` and its servers `SRV_<n>`, haproxy-ingress
`<namespace>_<service>_<port>` and `srv<nnn>`. No name in Kubernetes has an underscore.
"""

from parallax.evidence.scene import Scene
from parallax.model.cluster import Sighting

_MARK = "svc"


def is_name(line: Sighting) -> bool:
    """Return whether a log line has a server's name in place of an address."""
    upstream = line.upstream_address
    return upstream is not None and not set(".:") & set(upstream)


def of_the_service(scene: Scene, line: Sighting) -> bool:
    """Return whether a server without an address belongs to the target's Service."""
    service = scene.cluster.service if scene.cluster else None
    if service is None or not is_name(line):
        return False
    own = ((service.namespace, service.name), (service.namespace, _MARK, service.name))
    *backend, _port = (line.upstream_name or "").split("_")
    return tuple(backend) in own
