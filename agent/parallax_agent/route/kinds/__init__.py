"""Kinds: routes in the kinds that a controller defines itself.

In: the cycle's lists, a URL. Out: the routes of the URL, and the kinds not read.
It does not: choose among routes (`discovery`), or list a kind whose controller is not
in the cluster.

- `reading`: which kinds are read, and which are not, with the reason
- `traefik`, `traefik_rule`: IngressRoute
- `contour`: HTTPProxy
- `istio`: VirtualService with its Gateway
- `f5`: VirtualServer
"""
