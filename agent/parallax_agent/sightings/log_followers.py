"""Log followers: Parallax's request ids in the logs of this node's ingress pods.

In: the ingress pods of this node. Out: for each cycle, what their logs contained, and
the time up to which all of them were read.
It does not: read a log itself; one `follower` per pod does.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from parallax.model.cluster import ClusterReading
from parallax_agent.read.target_path import IngressPod
from parallax_agent.sightings.follower import Follower
from parallax_agent.sightings.formats import select_format
from parallax_agent.sightings.log_evidence import LogBatch


class LogFollowers:
    """One follower per ingress pod of this node, started and stopped with the pods."""

    def __init__(
        self, follower: Callable[[IngressPod], Follower], setting: str | None = None
    ) -> None:
        self._follower = follower
        self._setting = setting
        self._followers: dict[IngressPod, Follower] = {}
        self._leaving: list[tuple[IngressPod, Follower]] = []

    def follow(self, pods: Iterable[IngressPod]) -> None:
        """Follow these pods; stop the others after their last lines are taken."""
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
        """Set the log format of a pod, as far as the setting or the ConfigMap has it.

        `config` None: not read, so the format does not change.
        """
        follower = self._followers.get(pod)
        if follower and (config is not None or self._setting):
            follower.set_format(select_format(self._setting, dict(config or ())))

    def take(self) -> dict[IngressPod, LogBatch]:
        """Return what each pod's log contained since the last call.

        It includes a removed pod once: its last lines may be those of the failure.
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


def combine(
    by_pod: Mapping[IngressPod, LogBatch], pods: Iterable[IngressPod]
) -> LogBatch:
    """Return up to when these pods' logs were read, and their problems.

    `read_at` is the oldest of the logs', because a request may reach any of the pods. A
    problem of one log is a problem of all.
    """
    parts = [by_pod.get(pod, LogBatch()) for pod in pods]
    moments = [part.read_at for part in parts]
    known = [moment for moment in moments if moment is not None]
    return LogBatch(
        read_at=min(known) if known and len(known) == len(moments) else None,
        problem="; ".join(sorted({part.problem for part in parts if part.problem})),
    )


def is_elsewhere(reading: ClusterReading) -> bool:
    """Tell whether the controller logs to another place than stdout, or not at all."""
    config = dict(reading.ingress_config or ())
    return config.get("disable-access-log") == "true" or any(
        config.get(name, "/dev/stdout")
        not in {"/dev/stdout", "/var/log/nginx/access.log"}
        for name in ("access-log-path", "http-access-log-path")
    )
