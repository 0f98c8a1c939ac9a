"""Edge: everything between a user and the nodes.

- `servers`: starts and changes all of it; the entry point of this package
- `names`: name server and resolvers
- `cdn`: the cache and its TLS
- `balancer`: the load balancer's settings, as HAProxy's configuration and health
- `hetzner`: the Hetzner Cloud API that shows the balancer
- `verdict`: HAProxy's health check results
"""
