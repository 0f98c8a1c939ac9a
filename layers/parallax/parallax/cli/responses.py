"""Responses: read every response in a file or paste, and choose the one that matters.

In: bytes that people have: curl's or wget's output, a paste, a HAR recording.
Out: `Responses`. It does not: attribute them. Other input raises `NotAResponse`.
"""

from dataclasses import dataclass

from parallax.cli.paste import plain_responses
from parallax.cli.transcript import NotAResponse, Transcript, read_transcripts

__all__ = ["NotAResponse", "Responses", "read_responses"]

_FAILS = 400


@dataclass(frozen=True, slots=True)
class Responses:
    """The responses in their order, and the one that an answer is about."""

    all: list[Transcript]
    chosen: Transcript


def read_responses(pasted: bytes) -> Responses:
    """Return the responses of any supported form; raises `NotAResponse`.

    The last response counts, as curl prints redirects first. A recording continues
    after a failure, so there the last failing one counts.
    """
    printed = plain_responses(pasted)
    if printed[0].lstrip()[:1] not in (b"{", b"["):
        found = _printed(printed)
        return Responses(found, found[-1])
    from parallax.cli.har import read_har  # noqa: PLC0415 - few inputs are HAR

    found = read_har(printed[0])
    failing = [t for t in found if t.status_code >= _FAILS]
    return Responses(found, (failing or found)[-1])


def _printed(printed: list[bytes]) -> list[Transcript]:
    """Return the responses of printed text, or the page that was pasted alone."""
    try:
        return [read for data in printed for read in read_transcripts(data)]
    except NotAResponse:
        from parallax.cli.pasted_page import read_page  # noqa: PLC0415 - seldom

        page = read_page(printed[0])
        if page is None:
            raise
        return [page]
