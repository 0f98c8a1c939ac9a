"""Look: all balancers of a project, and what their evidence needs besides.

In: a project, a deadline. Out: the model's balancers; certificates and firewalls
of those that are asked for.
It does not: raise. One list, or one object on it, that can't be read costs no
other; it stays "not known", and the log says why.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from parallax.inspect.convert import certificate, convert
from parallax.inspect.firewalls import guarded, with_firewalls
from parallax.inspect.problems import explained
from parallax.inspect.project import Project
from parallax.inspect.servers import server
from parallax.inspect.shape import Json, named
from parallax.model.balancer import LoadBalancer

log = logging.getLogger(__name__)


class Look:
    """One look at a project; `error` is what ended the list of balancers early."""

    def __init__(self, project: Project, deadline: float) -> None:
        self._project = project
        self._deadline = deadline
        listed = project.listed("load_balancers", deadline)
        self.error = listed.error
        self.broken: dict[str, Exception] = {}
        """By name: balancers of a shape that nobody knows."""
        items = self._list("servers") if listed.items else None
        self.servers = _by_id("server", items or (), server)
        # By id: a list that changes while it is read may show one twice.
        found: dict[int, LoadBalancer] = {}
        for item in listed.items:
            self._add(item, found)
        self.balancers = list(found.values())

    def complete(self, balancers: Sequence[LoadBalancer]) -> dict[int, LoadBalancer]:
        """Return these balancers by id, with their certificates and firewalls."""
        return {b.id: b for b in self._certified(self._guarded(balancers))}

    def _add(self, item: Json, found: dict[int, LoadBalancer]) -> None:
        try:
            made = convert(item, self.servers)
            found[made.id] = made
        except Exception as error:  # noqa: BLE001 - one must not cost the others
            self.broken[named(item)] = error
            _unread("load balancer", item, error)

    def _list(self, what: str) -> tuple[Json, ...] | None:
        """Return a list as far as it came; None: nothing of it did."""
        if self._project.allowance.refused:
            log.warning("list skipped after a refusal", extra={"list": what})
            return None
        listed = self._project.listed(what, self._deadline)
        if listed.error:
            facts = {"list": what, "reason": explained(listed.error)[1]}
            log.warning("list was not read to its end", extra=facts)
        return listed.items if listed.items or not listed.error else None

    def _certified(self, balancers: Sequence[LoadBalancer]) -> list[LoadBalancer]:
        if not any(_shown(b) for b in balancers):
            return [replace(b, certificates=()) for b in balancers]
        items = self._list("certificates") or ()
        by_id = _by_id("certificate", items, certificate)
        return [
            replace(
                b,
                certificates=tuple(by_id[number] for number in sorted(_shown(b)))
                if _shown(b) <= by_id.keys()
                else None,
            )
            for b in balancers
        ]

    def _guarded(self, balancers: Sequence[LoadBalancer]) -> list[LoadBalancer]:
        firewalls = None
        if any(guarded(b, self.servers) for b in balancers):
            items = self._list("firewalls")
            firewalls = None if items is None else _by_id("firewall", items, _as_it_is)
        return [self._judged(b, firewalls) for b in balancers]

    def _judged(
        self, balancer: LoadBalancer, firewalls: Mapping[int, Json] | None
    ) -> LoadBalancer:
        try:
            return with_firewalls(balancer, self.servers, firewalls)
        except Exception as error:  # noqa: BLE001 - an odd rule costs no balancer
            facts = {"load_balancer": balancer.name, "reason": repr(error)}
            log.warning("firewall rules could not be read", extra=facts)
            return balancer


def _by_id[T](
    kind: str, items: Sequence[Json], read: Callable[[Json], T]
) -> dict[int, T]:
    """Return what can be read of a list; the log names what cannot."""
    found: dict[int, T] = {}
    for item in items:
        try:
            found[item["id"]] = read(item)
        except Exception as error:  # noqa: BLE001 - one must not cost the others
            _unread(kind, item, error)
    return found


def _unread(kind: str, item: Json, error: Exception) -> None:
    facts = {"kind": kind, "object": named(item), "reason": explained(error)[1]}
    log.warning("object could not be read", extra=facts)


def _as_it_is(item: Json) -> Json:
    return item


def _shown(balancer: LoadBalancer) -> set[int]:
    """Return the ids of the certificates that a balancer's services show."""
    return {number for s in balancer.services for number in s.certificate_ids}
