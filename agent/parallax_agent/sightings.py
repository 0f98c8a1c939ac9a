"""Sightings: our request ids in the access logs of the own node's ingress pods.

In: the ingress pods of the own node. Out: for each cycle, what their logs
gave, and since when all of them are known to be live.
It does not: read a log itself; one `follower` does for each pod.
"""

from collections.abc import Callable, Iterable

from parallax_agent.follower import Follower
from parallax_agent.formats import chosen
from parallax_agent.hearing import Heard
from parallax_agent.read import IngressPod


class Ears:
    """One follower for each ingress pod of the own node, as they come and go."""

    def __init__(
        self, follower: Callable[[IngressPod], Follower], setting: str | None = None
    ) -> None:
        self._follower = follower
        self._setting = setting
        self._followers: dict[IngressPod, Follower] = {}

    def follow(self, pods: Iterable[IngressPod]) -> None:
        """Follow these pods, and no others any more."""
        wanted = set(pods)
        for gone in self._followers.keys() - wanted:
            self._followers.pop(gone).stop()
        for pod in wanted:
            running = self._followers.get(pod)
            if running is None or not running.is_alive():
                self._followers[pod] = self._follower(pod)
                self._followers[pod].start()

    def expect(
        self, pod: IngressPod, config: tuple[tuple[str, str], ...] | None
    ) -> None:
        """Tell how a pod's log is written, as far as setting or ConfigMap say it.

        `config` None: not read, so what was known stays.
        """
        follower = self._followers.get(pod)
        if follower and (config is not None or self._setting):
            follower.expect(chosen(self._setting, dict(config or ())))

    def take(self) -> dict[IngressPod, Heard]:
        """Hand over what each pod's log gave since the last time."""
        return {pod: follower.take() for pod, follower in self._followers.items()}

    def stop(self) -> None:
        """Stop following; the threads end by themselves."""
        self.follow(())


def heard(
    by_pod: dict[IngressPod, Heard], pods: Iterable[IngressPod], own: frozenset[str]
) -> Heard:
    """Join what several pods' logs gave, without the agent's own request ids.

    `read_at` is the stalest log's: a request may have gone to any of the pods.
    One log's problem is a problem of all of them.
    """
    parts = [by_pod.get(pod, Heard()) for pod in pods]
    moments = [part.read_at for part in parts]
    known = [moment for moment in moments if moment is not None]
    return Heard(
        tuple(s for p in parts for s in p.sightings if s.request_id not in own),
        min(known) if known and len(known) == len(moments) else None,
        "; ".join(sorted({part.problem for part in parts if part.problem})),
    )
