"""Project reading: all load balancers of a project, and what their evidence needs.

In: a project, a deadline. Out: the model's load balancers; certificates and firewalls
of those that a target needs.
It does not: raise. A list or an object that cannot be read costs no other: its part
stays unknown, and the log has the reason.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from parallax.inspect.convert import certificate, convert
from parallax.inspect.firewalls import has_firewall, with_firewalls
from parallax.inspect.members import with_members
from parallax.inspect.problems import explain
from parallax.inspect.project import Project
from parallax.inspect.servers import server
from parallax.inspect.shape import Json, name_of
from parallax.model.balancer import LoadBalancer

log = logging.getLogger(__name__)


class ProjectReading:
    """One reading of a project; `error` ended the list of load balancers early."""

    def __init__(self, project: Project, deadline: float) -> None:
        self._project = project
        self._deadline = deadline
        listing = project.read_list("load_balancers", deadline)
        self.error = listing.error
        self.malformed: dict[str, Exception] = {}
        """Load balancers of an unexpected format, by name."""
        items = self._list("servers") if listing.items else None
        self.servers = _by_id("server", items or (), server)
        # By id: a list that changes while it is read may contain one twice.
        balancers: dict[int, LoadBalancer] = {}
        for item in listing.items:
            self._add(item, balancers)
        self.balancers = list(balancers.values())

    def complete(self, balancers: Sequence[LoadBalancer]) -> dict[int, LoadBalancer]:
        """Return these load balancers by id, with their certificates and firewalls."""
        complete = self._with_certificates(self._with_firewalls(balancers))
        complete = [with_members(b, self._members) for b in complete]
        return {balancer.id: balancer for balancer in complete}

    def _add(self, item: Json, balancers: dict[int, LoadBalancer]) -> None:
        try:
            balancer = convert(item, self.servers)
            balancers[balancer.id] = balancer
        except Exception as error:  # noqa: BLE001 - one must not cost the others
            self.malformed[name_of(item)] = error
            _log_malformed("load balancer", item, error)

    def _list(self, name: str) -> tuple[Json, ...] | None:
        """Return the items of a list that could be read; None: none of them."""
        if self._project.allowance.refused:
            log.warning("list skipped after a refusal", extra={"list": name})
            return None
        listing = self._project.read_list(name, self._deadline)
        if listing.error:
            facts = {"list": name, "reason": explain(listing.error)[1]}
            log.warning("list was not read to its end", extra=facts)
        return listing.items if listing.items or not listing.error else None

    def _members(self, network: int) -> tuple[Json, ...] | None:
        return self._list(f"networks/{network}/members")

    def _with_certificates(
        self, balancers: Sequence[LoadBalancer]
    ) -> list[LoadBalancer]:
        if not any(_certificate_ids(b) for b in balancers):
            return [replace(b, certificates=()) for b in balancers]
        items = self._list("certificates") or ()
        by_id = _by_id("certificate", items, certificate)
        return [
            replace(
                b,
                certificates=tuple(by_id[n] for n in sorted(_certificate_ids(b)))
                if _certificate_ids(b) <= by_id.keys()
                else None,
            )
            for b in balancers
        ]

    def _with_firewalls(self, balancers: Sequence[LoadBalancer]) -> list[LoadBalancer]:
        firewalls = None
        if any(has_firewall(b, self.servers) for b in balancers):
            items = self._list("firewalls")
            firewalls = None if items is None else _by_id("firewall", items, _unchanged)
        return [self._apply(b, firewalls) for b in balancers]

    def _apply(
        self, balancer: LoadBalancer, firewalls: Mapping[int, Json] | None
    ) -> LoadBalancer:
        try:
            return with_firewalls(balancer, self.servers, firewalls)
        except Exception as error:  # noqa: BLE001 - a malformed rule costs no balancer
            facts = {"load_balancer": balancer.name, "reason": repr(error)}
            log.warning("firewall rules could not be read", extra=facts)
            return balancer


def _by_id[T](
    kind: str, items: Sequence[Json], read: Callable[[Json], T]
) -> dict[int, T]:
    """Return the objects of a list that can be read; the log names the others."""
    objects: dict[int, T] = {}
    for item in items:
        try:
            objects[item["id"]] = read(item)
        except Exception as error:  # noqa: BLE001 - one must not cost the others
            _log_malformed(kind, item, error)
    return objects


def _log_malformed(kind: str, item: Json, error: Exception) -> None:
    facts = {"kind": kind, "object": name_of(item), "reason": explain(error)[1]}
    log.warning("object could not be read", extra=facts)


def _unchanged(item: Json) -> Json:
    return item


def _certificate_ids(balancer: LoadBalancer) -> set[int]:
    """Return the ids of the certificates that a load balancer's services use."""
    return {number for s in balancer.services for number in s.certificate_ids}
