"""Sightings: our request ids in the access logs of the own node's ingress pods.

In: the ingress pods of the own node. Out: for each cycle, what their logs
gave, and until when all of them are known to have been read.
It does not: read a log itself; one `follower` does for each pod.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from parallax_agent.read.target_path import IngressPod
from parallax_agent.sightings.follower import Follower
from parallax_agent.sightings.formats import select_format
from parallax_agent.sightings.log_evidence import LOST, MAX_SIGHTINGS, LogBatch


class LogFollowers:
    """One follower for each ingress pod of the own node, as they come and go."""

    def __init__(
        self, follower: Callable[[IngressPod], Follower], setting: str | None = None
    ) -> None:
        self._follower = follower
        self._setting = setting
        self._followers: dict[IngressPod, Follower] = {}
        self._leaving: list[tuple[IngressPod, Follower]] = []

    def follow(self, pods: Iterable[IngressPod]) -> None:
        """Follow these pods, and no others any more once they are taken from."""
        wanted = set(pods)
        for gone in self._followers.keys() - wanted:
            self._leaving.append((gone, self._followers.pop(gone)))
        for pod in wanted:
            running = self._followers.get(pod)
            if running is not None and running.is_alive():
                continue
            if running is not None:
                self._leaving.append((pod, running))
            self._followers[pod] = self._follower(pod)
            self._followers[pod].start()

    def set_format(
        self, pod: IngressPod, config: tuple[tuple[str, str], ...] | None
    ) -> None:
        """Tell how a pod's log is written, as far as setting or ConfigMap say it.

        `config` None: not read, so what was known stays.
        """
        follower = self._followers.get(pod)
        if follower and (config is not None or self._setting):
            follower.set_format(select_format(self._setting, dict(config or ())))

    def take(self) -> dict[IngressPod, LogBatch]:
        """Hand over what each pod's log gave since the last time.

        Of a pod that is gone too, once: its last lines may be those of the failure.
        """
        last: dict[IngressPod, LogBatch] = {}
        for pod, follower in self._leaving:
            last[pod] = LogBatch(follower.take().sightings)
            follower.stop()
        self._leaving.clear()
        now = {pod: follower.take() for pod, follower in self._followers.items()}
        return last | {
            pod: replace(h, sightings=last.get(pod, LogBatch()).sightings + h.sightings)
            for pod, h in now.items()
        }

    def stop(self) -> None:
        """Stop following; the threads end by themselves."""
        self.follow(())
        for _, follower in self._leaving:
            follower.stop()
        self._leaving.clear()


def limit_sightings(by_pod: dict[IngressPod, LogBatch]) -> dict[IngressPod, LogBatch]:
    """Return what the logs gave, no more than `MAX_SIGHTINGS` sightings in all.

    A log of which some had to be given up proves nothing until the next time.
    """
    kept: dict[IngressPod, LogBatch] = {}
    room = MAX_SIGHTINGS
    for pod, part in by_pod.items():
        few = part.sightings[:room]
        lost = len(few) < len(part.sightings)
        kept[pod] = LogBatch(few, problem=part.problem or LOST) if lost else part
        room -= len(few)
    return kept


def combine(by_pod: dict[IngressPod, LogBatch], pods: Iterable[IngressPod]) -> LogBatch:
    """Say how far these pods' logs are read, and what is wrong with them.

    `read_at` is the stalest log's: a request may have gone to any of the pods.
    One log's problem is a problem of all of them.
    """
    parts = [by_pod.get(pod, LogBatch()) for pod in pods]
    moments = [part.read_at for part in parts]
    known = [moment for moment in moments if moment is not None]
    return LogBatch(
        read_at=min(known) if known and len(known) == len(moments) else None,
        problem="; ".join(sorted({part.problem for part in parts if part.problem})),
    )
