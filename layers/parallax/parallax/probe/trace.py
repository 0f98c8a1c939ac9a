"""Trace: the phases, peer and certificate of one request.

In: the transport's call at the start of each phase. Out: seconds in each phase
and in all of them, the peer, the certificate, also if the request fails half-way.
It does not: depend on what a phase does.
"""

from time import perf_counter

from parallax.model.probe import Certificate, Phases


class Trace:
    """The phases of one request, timed as they pass."""

    def __init__(self) -> None:
        self.phase: str | None = None
        self.peer_address: str | None = None
        self.peer_port: int | None = None
        self.certificate: Certificate | None = None
        self._seconds: dict[str, float] = {}
        self._since = 0.0
        self._began: float | None = None

    def enter(self, phase: str) -> None:
        """End the current phase and begin another."""
        self.leave()
        if self._began is None:
            self._began = self._since
        self.phase = phase

    def leave(self) -> None:
        """End the current phase; its seconds count even if it failed."""
        now = perf_counter()
        if self.phase is not None:
            self._seconds.setdefault(self.phase, now - self._since)
        self._since = now

    @property
    def phases(self) -> Phases:
        """Seconds in each phase that was reached."""
        return Phases(**self._seconds)

    @property
    def duration(self) -> float:
        """Seconds from the first phase to the end of the last one."""
        return 0.0 if self._began is None else self._since - self._began
