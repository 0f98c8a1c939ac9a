"""The ingress pods' access logs, followed for our own requests.

In: the ingress pods of this node. Out: a `Sighting` for each request of Parallax from
outside, and until when the logs were read. It does not: keep anybody else's line.
"""
