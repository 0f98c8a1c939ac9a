"""Look: all balancers of a project, and what their evidence needs besides.

In: a project, a deadline. Out: the model's balancers; certificates and firewalls
of those that are asked for.
It does not: raise. One list, or one balancer, that can't be read costs no other;
it stays "not known", and the log says why.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace

from parallax.inspect.convert import certificate, convert
from parallax.inspect.firewalls import guarded, with_firewalls
from parallax.inspect.project import Loose, Project, explained
from parallax.model.balancer import LoadBalancer

log = logging.getLogger(__name__)


class Look:
    """One look at a project; `error` is what ended the list of balancers early."""

    def __init__(self, project: Project, deadline: float) -> None:
        self._project = project
        self._deadline = deadline
        listed = project.listed("load_balancers", deadline)
        self.error = listed.error
        self.balancers: list[LoadBalancer] = []
        self.broken: dict[str, Exception] = {}
        """By name: balancers of a shape that nobody knows."""
        bound = (self._list("servers") or ()) if listed.items else ()
        self._servers: dict[int, Loose] = {s.data_model.id: s.data_model for s in bound}
        for item in listed.items:
            self._add(item, bound)

    def complete(self, balancers: Sequence[LoadBalancer]) -> dict[int, LoadBalancer]:
        """Return these balancers by id, with their certificates and firewalls."""
        return {b.id: b for b in self._certified(self._guarded(balancers))}

    def _add(self, item: Loose, servers: Sequence[Loose]) -> None:
        try:
            self.balancers.append(convert(item, servers))
        except Exception as error:  # noqa: BLE001 - one must not cost the others
            self.broken[f"{item.data_model.name}"] = error

    def _list(self, what: str) -> tuple[Loose, ...] | None:
        """Return a list as far as it came; None: nothing of it did."""
        if self._project.allowance.refused:
            log.warning("%s were not read: the API just refused", what)
            return None
        listed = self._project.listed(what, self._deadline)
        if listed.error:
            log.warning("%s were not all read: %s", what, explained(listed.error)[1])
        return listed.items if listed.items or not listed.error else None

    def _certified(self, balancers: Sequence[LoadBalancer]) -> list[LoadBalancer]:
        if not any(_shown(b) for b in balancers):
            return [replace(b, certificates=()) for b in balancers]
        found = [each.data_model for each in self._list("certificates") or ()]
        by_id = {each.id: certificate(each) for each in found}
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
        if any(guarded(b, self._servers) for b in balancers):
            listed = self._list("firewalls")
            firewalls = None if listed is None else [f.data_model for f in listed]
        return [self._judged(b, firewalls) for b in balancers]

    def _judged(
        self, balancer: LoadBalancer, firewalls: Sequence[Loose] | None
    ) -> LoadBalancer:
        try:
            return with_firewalls(balancer, self._servers, firewalls)
        except ValueError as error:
            log.warning("firewalls before %s: %s", balancer.name, error)
            return balancer


def _shown(balancer: LoadBalancer) -> set[int]:
    """Return the ids of the certificates that a balancer's services show."""
    return {number for s in balancer.services for number in s.certificate_ids}
