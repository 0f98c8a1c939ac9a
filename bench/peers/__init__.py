"""Peers: what a probe costs, compared with other programs on the same server.

In: an nginx on loopback, and clients that take turns. Out: figures with their spread.
It does not: check whether a client is right; its tests do.
"""
