"""How much is kept of an answer: enough to recognize it, little enough to store."""

import random
from dataclasses import replace
from datetime import UTC, datetime

from parallax.journal.observation import from_image, to_item
from parallax.model.probe import Certificate, Probe, ProbeRun
from parallax.probe.bound import HEADERS, KEPT, NAMES, bounded, first_bounded
from parallax.probe.plan import Plan
from parallax.probe.question import BODY_LIMIT
from tests.parallax.probe.servers import answered

MOST = 10 + 1 + 2 + 1 + 1 + 8
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


def test_the_plan_asks_no_more_than_is_counted_on() -> None:
    """Whoever lets it ask more must look again at what fits into one item."""
    plan = Plan()
    assert plan.repeats + 1 + plan.direct_addresses + 2 + plan.addresses == MOST


def test_the_largest_investigation_fits_into_one_item() -> None:
    """Everything as large as a peer can make it, and nothing of it repeats itself."""
    probes = (first_bounded(huge(0)), *(bounded(huge(n * 999)) for n in range(1, MOST)))
    run = ProbeRun(target="front", started_at=datetime.now(UTC), probes=probes)
    assert from_image(to_item(run)) == run


def test_a_common_answer_is_kept_as_it_is() -> None:
    """Headers, certificate and a short page stay whole."""
    one = answered(
        503,
        body="x" * KEPT,
        headers=(("Server", "nginx"), ("Content-Type", "text/html")),
    )
    assert bounded(one) == one


def test_a_long_body_is_cut_between_two_characters() -> None:
    """What was cut is told."""
    one = bounded(answered(503, body="\u00e4" * KEPT))
    assert (one.body, one.body_truncated) == ("\u00e4" * (KEPT // 2), True)


def test_the_first_failing_probe_keeps_its_page() -> None:
    """A page has to be recognized once; of a healthy one the start is enough."""
    failing = answered(503, body="x" * BODY_LIMIT, healthy=False)
    assert first_bounded(failing) == failing
    assert len(first_bounded(replace(failing, healthy=True)).body) == KEPT


def test_a_header_that_is_too_long_takes_nobody_s_place() -> None:
    """The others stay, each whole, in their order."""
    long = ("Content-Security-Policy", "y" * HEADERS)
    one = answered(503, headers=(("Server", "nginx"), long, ("Via", "1.1 x")))
    assert bounded(one).headers == (("Server", "nginx"), ("Via", "1.1 x"))


def test_a_certificate_of_hundreds_of_names_keeps_the_first() -> None:
    """A CDN's shared certificate must not fill the item."""
    assert len(getattr(bounded(huge(1)).certificate, "names", ())) == NAMES
