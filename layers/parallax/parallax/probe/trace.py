"""Trace: what is learned of one request while it is under way.

In: the transport's calls as it goes from phase to phase. Out: seconds in each
phase, the peer, the certificate, also when the request ends half way.
It does not: know what a phase does.
"""

from time import perf_counter

from parallax.model.probe import Certificate, Phases


class Trace:
    """The phases of one request, stamped inline."""

    def __init__(self) -> None:
        self.phase: str | None = None
        self.peer_address: str | None = None
        self.peer_port: int | None = None
        self.certificate: Certificate | None = None
        self._seconds: dict[str, float] = {}
        self._since = 0.0

    def enter(self, phase: str) -> None:
        """End the present phase and begin another."""
        self.leave()
        self.phase = phase

    def leave(self) -> None:
        """End the present phase; its seconds count even if it failed."""
        now = perf_counter()
        if self.phase is not None:
            self._seconds.setdefault(self.phase, now - self._since)
        self._since = now

    @property
    def phases(self) -> Phases:
        """Seconds in each phase that was reached."""
        return Phases(**self._seconds)
