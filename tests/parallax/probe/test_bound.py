"""How much is kept of an answer: enough to recognize it, little enough to store."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.journal.observation import from_image, to_item
from parallax.model.packed import TooLargeError
from parallax.model.probe import Certificate, ErrorType, Probe, ProbeRun, Resolution
from parallax.probe import resolvers
from parallax.probe.bound import (
    BODY,
    DETAIL,
    HEADERS,
    NAME,
    NAMES,
    REASON,
    SKIPPED,
    URL,
    bounded,
    first_bounded,
    kept_headers,
    kept_texts,
    reduced_versions,
    shortened,
)
from parallax.probe.name_query import MOST_ADDRESSES
from parallax.probe.plan import Plan
from parallax.probe.probe_request import BODY_LIMIT
from tests.parallax.probe.servers import answered

MOST = 10 + 1 + 3 + 1 + 1 + 8
"""Repeats, cache buster, direct, unknown Host, control, addresses."""


def noise(seed: int, size: int) -> str:
    """Return text that no packing makes shorter, as a body arrives: replaced UTF-8."""
    return random.Random(seed).randbytes(size).decode("latin-1")  # noqa: S311 - a test's


def huge(seed: int) -> Probe:
    """Return the worst that a peer can send."""
    names = tuple(f"{noise(seed + n, 200)}.example" for n in range(200))
    certificate = Certificate(
        subject="CN=x", issuer="CN=y", not_after=datetime.now(UTC), names=names
    )
    return answered(
        503,
        body=noise(seed, BODY_LIMIT),
        headers=tuple((f"X-{n}", noise(seed + n, 500)) for n in range(120)),
        certificate=certificate,
        healthy=False,
    )


def test_the_plan_sends_no_more_probes_than_expected() -> None:
    """A larger maximum must be checked against what fits into one item."""
    plan = Plan()
    assert plan.repeats + 1 + plan.direct_behind_cdn + 2 + plan.addresses == MOST


def test_the_largest_investigation_fits_into_one_item() -> None:
    """Everything as large as a peer can make it, and nothing of it repeats itself."""
    probes = (first_bounded(huge(0)), *(bounded(huge(n * 999)) for n in range(1, MOST)))
    run = ProbeRun(target="front", started_at=datetime.now(UTC), probes=probes)
    assert from_image(to_item(run)) == run


def test_a_common_answer_is_kept_as_it_is() -> None:
    """Headers, certificate and a short page stay whole."""
    one = answered(
        503,
        body="x" * BODY,
        headers=(("Server", "nginx"), ("Content-Type", "text/html")),
    )
    assert bounded(one) == one


def test_a_long_body_is_cut_between_two_characters() -> None:
    """Truncation is reported."""
    one = bounded(answered(503, body="\u00e4" * BODY))
    assert (one.body, one.body_truncated) == ("\u00e4" * (BODY // 2), True)


def test_the_first_failing_probe_keeps_its_page() -> None:
    """A page has to be recognized once; of a healthy one the start is enough."""
    failing = answered(503, body="x" * BODY_LIMIT, healthy=False)
    assert first_bounded(failing) == failing
    assert len(first_bounded(replace(failing, healthy=True)).body) == BODY


def test_a_header_that_is_too_long_displaces_no_other() -> None:
    """The others stay, each whole, in their order."""
    long = ("Content-Security-Policy", "y" * HEADERS)
    one = answered(503, headers=(("Server", "nginx"), long, ("Via", "1.1 x")))
    assert bounded(one).headers == (("Server", "nginx"), ("Via", "1.1 x"))


def test_a_certificate_of_hundreds_of_names_keeps_the_first() -> None:
    """A CDN's shared certificate must not fill the item."""
    assert len(getattr(bounded(huge(1)).certificate, "names", ())) == NAMES


ALPHABETS = {
    "bytes as text": [chr(code) for code in range(256)],
    "what JSON escapes": [*map(chr, range(32)), '"', "\\"],
    "ASCII": [chr(code) for code in range(128)],
    "of three bytes": [chr(code) for code in range(0x800, 0xD800)],
    "of four bytes": [chr(code) for code in range(0x10000, 0x110000)],
}


def filled(chance: random.Random, letters: Sequence[str]) -> Probe:
    """Return a probe with more than its bound in every field, by chance."""

    def text(size: int) -> str:
        """Return text that no packing makes shorter."""
        return "".join(chance.choices(letters, k=size))

    return answered(
        503,
        url=f"http://x/{text(URL)}",
        reason=text(REASON + 1),
        headers=tuple((text(8), text(500)) for _ in range(20)),
        body=text(BODY_LIMIT),
        certificate=Certificate(
            subject=text(REASON + 1),
            issuer=text(REASON + 1),
            not_after=datetime.now(UTC),
            names=tuple(text(NAME + 1) for _ in range(NAMES + 1)),
        ),
        error_type=ErrorType.INVALID_RESPONSE,
        error_detail=text(DETAIL + 1),
    )


def overfull(letters: Sequence[str], probes: int = MOST) -> ProbeRun:
    """Return a run with a plan's probes, each field at its limit."""
    chance = random.Random(7)  # noqa: S311 - a test's
    found = [filled(chance, letters) for _ in range(probes)]
    addresses = tuple(f"2001:db8::{n:x}" for n in range(2 * MOST_ADDRESSES))
    skipped = ("".join(chance.choices(letters, k=DETAIL)) for _ in range(2 * SKIPPED))
    return ProbeRun(
        target="front",
        started_at=datetime.now(UTC),
        probes=(first_bounded(found[0]), *map(bounded, found[1:])),
        resolutions=(Resolution(resolver="x" * 255, addresses=addresses),)
        * resolvers.MOST,
        skipped=kept_texts(skipped),
    )


@pytest.mark.parametrize("name", ALPHABETS)
def test_the_worst_run_fits_when_it_is_lighter(name: str) -> None:
    """Each version is smaller and names what it omits; the last one always fits."""
    run = overfull(ALPHABETS[name])
    versions = list(reduced_versions(run))
    assert versions[0] == run
    last = versions[-1]
    assert from_image(to_item(last)) == last
    assert [p.status_code for p in last.probes] == [503] * MOST
    assert last.first.headers == run.first.headers
    assert sum("the run was too large" in text for text in last.skipped) == 5


def test_a_run_may_be_too_large_as_it_is() -> None:
    """With every probe at its bound, and nothing of it to pack."""
    with pytest.raises(TooLargeError):
        to_item(overfull(ALPHABETS["ASCII"]))


@pytest.mark.parametrize("name", ALPHABETS)
def test_a_first_probe_always_fits(name: str) -> None:
    """It is stored alone, before anything else is known."""
    run = replace(overfull(ALPHABETS[name], 1), resolutions=(), skipped=())
    assert from_image(to_item(run)) == run


def test_a_lighter_run_gives_up_the_least_telling_first() -> None:
    """The certificates, then bodies, then headers; never the first probe's own."""
    run = overfull(ALPHABETS["ASCII"], 3)
    _, certificates, bodies, headers, _, _ = reduced_versions(run)
    assert [p.certificate is None for p in certificates.probes] == [False, True, True]
    assert all(p.body and p.headers for p in certificates.probes)
    assert [bool(p.body) for p in bodies.probes] == [True, False, False]
    assert all(p.headers for p in bodies.probes)
    assert [bool(p.headers) for p in headers.probes] == [True, False, False]
    assert headers.first == run.first


@given(st.text(), st.integers(3, 40))
def test_text_is_cut_between_two_characters(text: str, most: int) -> None:
    """What is short stays; what is long shows that it was cut."""
    cut = shortened(text, most)
    assert len(cut.encode()) <= most
    assert cut == text or (cut.endswith("…") and text.startswith(cut[:-1]))
    assert (cut == text) is (len(text.encode()) <= most)


@given(st.lists(st.tuples(st.text(max_size=4), st.text(max_size=9)), max_size=60))
def test_headers_cost_what_json_makes_of_them(headers: list[tuple[str, str]]) -> None:
    """Empty ones are not free: a head of nothing but names stays bounded."""
    kept = kept_headers(headers, 100)
    assert sum(len(f"{n}{v}".encode()) + 6 for n, v in kept) <= 100
    places = iter(headers)
    assert all(header in places for header in kept)


def test_of_too_many_parts_left_out_the_rest_is_counted() -> None:
    """Each is reported once; the last text has the number of omitted ones."""
    texts = kept_texts(f"part {n % 100}" for n in range(1000))
    assert (len(texts), texts[0]) == (SKIPPED, "part 0")
    assert texts[-1] == "37 more parts of the investigation were omitted"
    assert kept_texts(["a", "b", "a"]) == ("a", "b")
