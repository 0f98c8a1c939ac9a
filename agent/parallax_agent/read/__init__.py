"""One target's path and reading, taken from what is watched.

In: the route and the watched objects. Out: the `ClusterReading` that is pushed and the
`TargetPath` that hops are asked along. It does not: send a request to an app.
"""
