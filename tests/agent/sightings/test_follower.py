"""One pod's log stream, with lines of any client."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import cast

import pytest

from parallax_agent.read.target_path import IngressPod
from parallax_agent.sightings.access_line import LINE_BYTES
from parallax_agent.sightings.follower import Follower
from parallax_agent.watch.api import Apis

STAMP = b"2026-11-24T10:00:00.000000000Z "


def test_an_endless_line_is_neither_kept_nor_parsed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its end is not a line of its own; the next line is parsed."""

    def stream(_: int) -> Iterator[bytes]:
        """Yield a line of many megabytes, with a line of ours at its end."""
        yield STAMP + b"x" * 4000
        for _ in range(2000):
            yield b"x" * 4096
        yield b'"Parallax/1" made up\n' + STAMP + b"next\n"

    response = SimpleNamespace(stream=stream, close=lambda: None)
    apis = cast("Apis", SimpleNamespace(get=lambda *_: response))
    pod = IngressPod(name="ingress-1", namespace="ingress", container="controller")
    follower = Follower(apis, pod, "worker-01")
    lines_read: list[bytes] = []
    monkeypatch.setattr(follower._evidence, "add_line", lines_read.append)
    follower._follow()
    assert [line[:40] for line in lines_read] == [STAMP + b"x" * 9, STAMP + b"next"]
    assert len(lines_read[0]) == LINE_BYTES + 1
