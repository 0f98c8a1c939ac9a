"""Bound: how much of an answer is kept, so that a whole run fits into one item.

In: a probe. Out: the same with the start of its body, headers and certificate.
It does not: shorten what any known page, balancer or certificate authority sends.
"""

from dataclasses import replace

from parallax.model.probe import Certificate, Probe
from parallax.probe.question import BODY_LIMIT

KEPT = 2048
"""Bytes of body kept beyond the first: a page's signature is far shorter."""
HEADERS = 4096
"""Bytes of headers; common servers refuse 8 KiB themselves, and send one or two."""
NAMES = 32
"""Names of one certificate; those after them would only repeat the pattern."""


def bounded(probe: Probe, body: int = KEPT) -> Probe:
    """Return the probe with `body` bytes of its body at most."""
    raw = probe.body.encode()
    return replace(
        probe,
        body=raw[:body].decode(errors="ignore"),
        body_truncated=probe.body_truncated or len(raw) > body,
        headers=_headers(probe.headers),
        certificate=_certificate(probe.certificate),
    )


def first_bounded(probe: Probe) -> Probe:
    """Return a first probe: whole where it failed, for a page has to be recognized."""
    return bounded(probe) if probe.healthy else bounded(probe, BODY_LIMIT)


def _headers(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Return the headers that fit, in their order; each whole or not at all.

    One long policy must not take the place of the short ones that name a server.
    """
    left = HEADERS
    kept: list[tuple[str, str]] = []
    for name, value in headers:
        size = len(name.encode()) + len(value.encode())
        if size <= left:
            left -= size
            kept.append((name, value))
    return tuple(kept)


def _certificate(certificate: Certificate | None) -> Certificate | None:
    if certificate is None or len(certificate.names) <= NAMES:
        return certificate
    return replace(certificate, names=certificate.names[:NAMES])
