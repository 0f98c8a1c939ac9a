"""What the agent tells of itself: `/metrics`, `/livez`, `/readyz`.

In: the last cycle's probes and times. Out: Prometheus' text format, and yes or no.
It does not: tell anything that is not in a push.
"""
