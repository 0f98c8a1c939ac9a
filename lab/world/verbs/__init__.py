"""Verbs: the actions that a fault file may use.

- `edge`: name server, CDN, balancer, firewall, Hetzner API
- `inside`: pods, ingress, overlay, Kubernetes API
- `arguments`: the types of a verb
"""

from lab.world.verbs import edge, inside
from lab.world.verbs.arguments import Verb

VERBS: dict[str, Verb] = {v.__name__: v for v in (*edge.VERBS, *inside.VERBS)}

__all__ = ["VERBS"]
