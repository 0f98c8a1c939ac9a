"""The Kubernetes API, watched: what a cycle reads lies in caches.

In: a kubeconfig or the pod's service account, and what is wanted. Out: lists, or what
is lacking and why. It does not: know what a target is.
"""
