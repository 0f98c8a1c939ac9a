"""Bound: limit the size of each field, so that a whole run fits into one item.

In: a probe, or one of its fields; a run. Out: the same, no field longer than the limits
below; and smaller versions of a run, if it still does not fit.
It does not: shorten what a known error page, load balancer or certificate authority
sends.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from parallax.model.probe import Certificate, Probe, ProbeRun
from parallax.probe.probe_request import BODY_LIMIT

BODY = 2048
"""Bytes of each body but the first: the part that identifies a page is shorter."""
HEADERS = 4096
"""Bytes of headers; common servers limit them to 8 KiB, and send one or two."""
NAMES = 32
"""Names of one certificate; further names add nothing."""
NAME = 253
"""Bytes of such a name, the maximum in DNS (RFC 1035, 2.3.4)."""
REASON = 256
"""Bytes of a reason phrase, and of a certificate's subject and issuer."""
DETAIL = 512
"""Bytes of an error's detail; it quotes at most 64 bytes of the peer."""
URL = 2048
"""Bytes of a URL; common servers reject request lines of 8 KiB."""
SKIPPED = 64
"""Sentences about omitted parts of an investigation, each of `DETAIL` bytes at most."""
_OMISSIONS: dict[str, dict[str, Any]] = {
    "certificate": {"certificate": None},
    "body": {"body": "", "body_truncated": True},
    "headers": {"headers": ()},
    "reason": {"reason": None, "error_detail": None},
}
"""The parts to omit from a run that is too large, the least useful first."""
_PER_HEADER = 6
"""Bytes that JSON adds to each header, also to an empty one."""
_CUT = "…"


def shortened(text: str, most: int) -> str:
    """Return at most so many bytes of UTF-8; shortened text ends in an ellipsis."""
    raw = text.encode()
    if len(raw) <= most:
        return text
    return raw[: most - len(_CUT.encode())].decode(errors="ignore") + _CUT


def bounded(probe: Probe, body: int = BODY) -> Probe:
    """Return the probe with at most `body` bytes of its body."""
    raw = probe.body.encode()
    return replace(
        probe,
        url=shortened(probe.url, URL),
        reason=probe.reason and shortened(probe.reason, REASON),
        error_detail=probe.error_detail and shortened(probe.error_detail, DETAIL),
        body=raw[:body].decode(errors="ignore"),
        body_truncated=probe.body_truncated or len(raw) > body,
        headers=kept_headers(probe.headers, HEADERS),
        certificate=probe.certificate and _certificate(probe.certificate),
    )


def first_bounded(probe: Probe) -> Probe:
    """Return a first probe; a failed one keeps its body, which identifies the page."""
    return bounded(probe) if probe.healthy else bounded(probe, BODY_LIMIT)


def kept_headers(
    headers: Iterable[tuple[str, str]], most: int
) -> tuple[tuple[str, str], ...]:
    """Return the headers that fit into `most` bytes, in their order, each whole.

    One long policy must not displace the short headers that identify a server.
    """
    left = most
    kept: list[tuple[str, str]] = []
    for name, value in headers:
        size = len(name.encode()) + len(value.encode()) + _PER_HEADER
        if size <= left:
            left -= size
            kept.append((name, value))
    return tuple(kept)


def kept_texts(skipped: Iterable[str]) -> tuple[str, ...]:
    """Return each text once; if there are too many, the last one has their number."""
    texts = [shortened(text, DETAIL) for text in dict.fromkeys(skipped)]
    if len(texts) > SKIPPED:
        rest = len(texts) - SKIPPED + 1
        texts[SKIPPED - 1 :] = [f"{rest} more parts of the investigation were omitted"]
    return tuple(texts)


def reduced_versions(run: ProbeRun) -> Iterator[ProbeRun]:
    """Yield a run as it is, then smaller versions that name what they omit.

    The last one always fits into an item: all probes but the first keep only a few
    short fields.
    """
    yield run
    first, *others = run.probes
    omitted: list[str] = []
    for part, changes in _OMISSIONS.items():
        others = [replace(probe, **changes) for probe in others]
        omitted.append(f"{part} of all probes but the first: the run was too large")
        yield replace(
            run, probes=(first, *others), skipped=kept_texts([*omitted, *run.skipped])
        )
    omitted.append("resolvers: the run was too large")
    yield replace(
        run,
        probes=(bounded(first), *others),
        resolutions=(),
        skipped=kept_texts([*omitted, *run.skipped])[: len(omitted) + 8],
    )


def _certificate(certificate: Certificate) -> Certificate:
    """Return a certificate with its first names, none longer than a DNS name."""
    return replace(
        certificate,
        subject=shortened(certificate.subject, REASON),
        issuer=shortened(certificate.issuer, REASON),
        names=tuple(shortened(name, NAME) for name in certificate.names[:NAMES]),
    )
