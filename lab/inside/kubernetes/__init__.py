"""Kubernetes: a read-only API server.

- `api`: the application: GET, LIST, WATCH and logs
- `store`: objects with resource versions and a log of changes
- `watch`, `podlog`, `logs`: streams of changes and of log lines
- `answers`: error responses
- `kinds`, `accounts`, `object_names`: resources, access rights, generated names
"""
