"""Load: ten times the design rate for ten minutes, and a flood of foreign requests.

In: the real handlers of `ingest` and `probe`, a size, minutes. Out: what was accepted,
stored, refused and sent again; latencies before, during and after; figures of a flood.
It does not: leave this machine. AWS is a model at botocore's HTTP layer.

`ingest` runs in simulated time: the real handler takes each push, its processor time is
measured and scaled to the function's share of a core, and `function_url` refuses
as AWS does. The prober runs in real time, against real servers on loopback.
"""
