"""Route: from a host to the Service behind it, by the objects in the cluster.

In: a target and the watched objects. Out: its route, class and ingress, and a sentence
for each ambiguity. It does not: probe a hop, or judge.
"""
