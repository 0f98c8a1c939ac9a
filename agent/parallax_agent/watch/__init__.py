"""Watch: the Kubernetes API, watched and cached.

In: a kubeconfig or the pod's service account, and what to watch. Out: lists of objects,
or why they are unavailable. It does not: know what a target is.
"""
