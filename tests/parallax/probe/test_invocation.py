"""An invocation by hand: to which addresses of the load balancer it sends requests."""

from datetime import datetime

from parallax.journal.printed import PrintedJournal
from parallax.model.target import Target
from parallax.probe.invocation import balancer_ips


class Journal(PrintedJournal):
    """A journal whose newest reading has two addresses."""

    def addresses(self, target: str, since: datetime) -> tuple[str, ...]:
        """Return a private and a public one."""
        del target, since
        return ("10.0.0.5", "203.0.113.20")


def test_a_private_address_needs_a_target_that_allows_it() -> None:
    """Else the machine at that address may be anybody's."""
    target = Target(name="shop", url="https://shop.example/")
    assert list(balancer_ips(target, Journal())) == ["203.0.113.20"]
    inner = Target(name="shop", url=target.url, allow_private_addresses=True)
    assert list(balancer_ips(inner, Journal())) == ["10.0.0.5", "203.0.113.20"]
