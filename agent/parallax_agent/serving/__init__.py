"""Serving: the agent's own `/metrics`, `/livez` and `/readyz`.

In: the last cycle's probes and times. Out: Prometheus' text format, and health checks.
It does not: serve data that is not in a push.

- `server`: the HTTP server
- `health`: alive and ready
- `metrics`: the last probes, for Prometheus
"""
