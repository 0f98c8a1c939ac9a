"""Sightings: the ingress pods' access logs, searched for Parallax's own requests.

In: the ingress pods of this node. Out: a `Sighting` for each external request of
Parallax, and the time up to which the logs were read. It does not: keep a line of any
other client.
"""
