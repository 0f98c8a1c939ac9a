"""Read: one target's path and reading, from the watched objects.

In: the route and the watched objects. Out: the `ClusterReading` that is pushed, and the
`TargetPath` that is probed. It does not: send a request to an app.

- `target_path`: the path and the reading of a target
- `ingress_reading`: the part about the ingress
- `ports`: the port that is probed
- `protocol`: the protocol of the pods
- `nodes`: node addresses for NodePorts
- `size_limit`: what of a large reading is sent
"""
