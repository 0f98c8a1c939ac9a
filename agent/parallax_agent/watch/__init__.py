"""Watch: the Kubernetes API, watched and cached.

In: a kubeconfig or the pod's service account, and what to watch. Out: lists of objects,
or why they are unavailable. It does not: know what a target is.

- `api`: the objects of one cycle, or why they are unknown
- `watches`: starts and stops the reflectors
- `reflector`: keeps one cache current, by list and watch
- `cache`: the objects of one watch
- `calls`: API calls that another thread can end
- `connection`: the official client, as raw responses
- `stream`: splits a body into lines
- `resources`: what is watched, and which fields are kept
- `on_demand`: lists events, claims, volumes and quotas, only when they are needed
- `pod_state`: why a pod is not ready
- `objects`: converts objects to the model's classes
"""
