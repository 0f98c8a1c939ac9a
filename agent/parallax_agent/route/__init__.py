"""From a host to the Service behind it, by what the cluster declares.

In: a target and the watched objects. Out: its route, class, ingress and doubts, in
words where nothing decides. It does not: ask a hop, or judge what it finds.
"""
