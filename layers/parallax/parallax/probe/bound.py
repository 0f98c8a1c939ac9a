"""Bound: how much of an answer is kept, so that a whole run fits into one item.

In: a probe, or what is to become one; a run. Out: the same, no field longer than the
limits below; and of a run lighter versions, for one that still does not fit.
It does not: shorten what any known page, balancer or certificate authority sends.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from parallax.model.probe import Certificate, Probe, ProbeRun
from parallax.probe.question import BODY_LIMIT

KEPT = 2048
"""Bytes of body kept beyond the first: a page's signature is far shorter."""
HEADERS = 4096
"""Bytes of headers; common servers refuse 8 KiB themselves, and send one or two."""
NAMES = 32
"""Names of one certificate; those after them would only repeat the pattern."""
NAME = 253
"""Bytes of such a name, the most that DNS allows (RFC 1035, 2.3.4)."""
REASON = 256
"""Bytes of a reason phrase; of a certificate's subject and issuer as well."""
DETAIL = 512
"""Bytes of what went wrong; it quotes at most 64 bytes of the peer."""
URL = 2048
"""Bytes; common servers refuse request lines of 8 KiB."""
SKIPPED = 64
"""Texts that say what an investigation left out, of `DETAIL` bytes at most."""
_LEFT_OUT: dict[str, dict[str, Any]] = {
    "certificate": {"certificate": None},
    "body": {"body": "", "body_truncated": True},
    "headers": {"headers": ()},
    "reason": {"reason": None, "error_detail": None},
}
"""What is left out of a run that is too large, the least telling first."""
_PER_HEADER = 6
"""Bytes that JSON adds to a header: without them empty ones would cost nothing."""
_CUT = "…"


def shortened(text: str, most: int) -> str:
    """Return text of at most so many bytes of UTF-8; its last character shows a cut."""
    raw = text.encode()
    if len(raw) <= most:
        return text
    return raw[: most - len(_CUT.encode())].decode(errors="ignore") + _CUT


def bounded(probe: Probe, body: int = KEPT) -> Probe:
    """Return the probe with `body` bytes of its body at most."""
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
    """Return a first probe: whole where it failed, for a page has to be recognized."""
    return bounded(probe) if probe.healthy else bounded(probe, BODY_LIMIT)


def kept_headers(
    headers: Iterable[tuple[str, str]], most: int
) -> tuple[tuple[str, str], ...]:
    """Return the headers that fit into `most` bytes, in their order, each whole.

    One long policy must not take the place of the short ones that name a server.
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
    """Return what was left out, each text once; of too many the last one counts."""
    texts = [shortened(text, DETAIL) for text in dict.fromkeys(skipped)]
    if len(texts) > SKIPPED:
        rest = len(texts) - SKIPPED + 1
        texts[SKIPPED - 1 :] = [f"{rest} more parts of the investigation were left out"]
    return tuple(texts)


def lighter(run: ProbeRun) -> Iterator[ProbeRun]:
    """Yield a run as it is, then ever lighter, each saying what it left out.

    Whatever all peers sent, the last one fits into an item: only a few short fields
    are left of all probes but the first.
    """
    yield run
    first, *others = run.probes
    told: list[str] = []
    for part, changes in _LEFT_OUT.items():
        others = [replace(probe, **changes) for probe in others]
        told.append(f"{part} of all probes but the first: the run was too large")
        yield replace(
            run, probes=(first, *others), skipped=kept_texts([*told, *run.skipped])
        )
    told.append("resolvers: the run was too large")
    yield replace(
        run,
        probes=(bounded(first), *others),
        resolutions=(),
        skipped=kept_texts([*told, *run.skipped])[: len(told) + 8],
    )


def _certificate(certificate: Certificate) -> Certificate:
    """Return a certificate with its first names, none longer than a name can be."""
    return replace(
        certificate,
        subject=shortened(certificate.subject, REASON),
        issuer=shortened(certificate.issuer, REASON),
        names=tuple(shortened(name, NAME) for name in certificate.names[:NAMES]),
    )
