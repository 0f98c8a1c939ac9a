"""Objects: Kubernetes objects of the case, made from recorded ones.

- `recorded`: nodes, Services and pods
- `ingress`: objects that follow from the ingress controller's settings
- `traefik`: the same objects where the ingress is Traefik
- `controllers`: EndpointSlices, workloads and events, which follow from the pods
"""
