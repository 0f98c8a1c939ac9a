"""Other products: their list prices for the same targets."""

import pytest

from parallax.cost import Size, peers_of, read_prices


def test_a_run_each_minute_for_a_month() -> None:
    """One canary costs 52.56; ten checks in one canary cost the same."""
    peers = {
        peer.price.name: peer
        for peer in peers_of(Size(targets=10, nodes=5), read_prices("us-east-1"))
    }
    assert peers["CloudWatch Synthetics"].total == pytest.approx(525.60)
    bundled = peers["CloudWatch Synthetics, 10 checks a canary"]
    assert bundled.total == pytest.approx(52.56)
    assert bundled.per_target == pytest.approx(5.256)


def test_the_interval_changes_what_is_paid_for_each_run() -> None:
    """A monitor that is paid monthly costs the same at any interval."""
    prices = read_prices("us-east-1")
    usual = peers_of(Size(targets=1, nodes=5), prices)
    slow = peers_of(Size(targets=1, nodes=5, interval=600), prices)
    for often, seldom in zip(usual, slow, strict=True):
        factor = 10 if often.price.monthly is None else 1
        assert often.total == pytest.approx(seldom.total * factor)
