"""Writes: what `helm` and `kubectl` need of a Kubernetes API beyond reading.

In: requests of helm and kubectl. Out: stored objects, in the responses of
kube-apiserver. It does not: start pods, run controllers, or allow access by roles; the
lab's agents use the read-only API.

- `kinds`: what the API serves, with or without other operators' kinds
- `discovery`: which groups, versions and kinds there are
- `rules`: which objects and changes are rejected
- `changes`: create, apply, patch, replace, delete
- `serving`: the server, and a kubeconfig for it
"""
