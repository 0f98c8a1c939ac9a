"""Read: one target's path and reading, from the watched objects.

In: the route and the watched objects. Out: the `ClusterReading` that is pushed, and the
`TargetPath` that is probed. It does not: send a request to an app.
"""
