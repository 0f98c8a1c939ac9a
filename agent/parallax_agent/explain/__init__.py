"""Explain: the path that the agent takes for a host, in words.

In: a host and the watched objects. Out: lines hop by hop, with reasons, or JSON. It
does not: send a request to an app.

- `explanation`: all steps, as text or JSON
- `ingress_steps`: the hops up to the ingress
- `steps`: the hops behind it
"""
