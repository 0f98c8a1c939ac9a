"""Inside: everything behind the load balancer.

- `servers`: starts and changes all of it; the entry point of this package
- `cluster`: pods, and the Kubernetes objects that describe them
- `controller`: the ingress controller's settings, as its program's configuration
- `ingress_programs`: nginx or HAProxy, started and reloaded
- `proxy`: kube-proxy's rules and the overlay between the nodes
- `pods`: the apps' HTTP servers
- `background_load`: requests of other clients
- `objects`: Kubernetes objects, made from recorded ones
- `kubernetes`: the API server that serves them
"""
