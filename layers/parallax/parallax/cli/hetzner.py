"""Hetzner: the load balancer of one target, read once with a token of the user.

In: a token, or several by project as `inspect` accepts them; the addresses of the
target's name; its run. Out: a reading, with a problem where there is no load balancer.
It does not: change anything at Hetzner, or keep the token.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from parallax.inspect import connect, read_balancers
from parallax.inspect.projects import read_projects, tokens_in
from parallax.inspect.zones import is_suspicious, with_zones
from parallax.model.balancer import BalancerReading
from parallax.model.probe import ProbeRun
from parallax.model.target import Target

VARIABLE = "HCLOUD_TOKEN"
"""The variable that Hetzner's own command line reads."""


class Hetzner:
    """Reads load balancers through the API; one connection for each project."""

    def __init__(self, token: str, endpoint: str) -> None:
        tokens: Mapping[str, str] = tokens_in(token)
        self._projects = {n: connect(t, endpoint) for n, t in tokens.items()}

    def read(
        self, target: Target, addresses: Sequence[str], run: ProbeRun | None
    ) -> BalancerReading | None:
        """Return the reading of a target; None if nothing identifies its balancer.

        With a run, it has the DNS zone too if the failure may come from DNS.
        """
        if target.reached.no_balancer:
            return None

        def one(name: str, wanted: Sequence[Target]) -> Sequence[BalancerReading]:
            project = self._projects[name]
            found = read_balancers(project, wanted, now, addresses=lambda _: addresses)
            cdn = target.reached.cdn
            doubtful = run and any(is_suspicious(run, r, cdn=cdn) for r in found)
            hosts = {target.name: target.host} if doubtful else {}
            return with_zones(project, found, hosts)

        now = datetime.now(UTC)
        readings = read_projects([*self._projects], [target], now, one)
        return next(iter(readings), None)
