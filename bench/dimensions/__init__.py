"""Dimensions: accuracy along one thing that may differ between clusters.

In: the bench's platform and faults. Out: accuracy by topology, by names, ports, counts
and controllers, and with two faults at once.
It does not: measure the drawn mixture; `bench.accuracy` does.
"""
