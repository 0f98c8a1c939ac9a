"""Exporter: the outside results and the open incidents, for Prometheus and OTLP.

In: the newest rounds of probes, the open groups, the agents' heartbeats, the targets
file. Out: Prometheus' text format for `GET /metrics`; or one OTLP request a minute.
It does not: probe, judge, or delay either: it is a function of its own that only reads.
docs/metrics.md lists all metrics; docs/decisions/0030 has the reasons.

- `view`: what is exported, as values; `reading`: from the tables to these values.
- `probes`: a target's newest probe, in a round.
- `catalog`: every metric with its names; `points`: from the values to its points.
- `exposition`: points as text; `otlp`: points as OTLP/HTTP JSON.
- `endpoint`: a request of Prometheus; `push`: sends OTLP.
"""
