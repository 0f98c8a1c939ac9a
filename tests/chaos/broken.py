"""Broken: a chaos case with handlers that are wrong on purpose.

In: nothing. Out: on standard output, as JSON, what the observer reports of each of two
cases without and with breaks.
It does not: run inside pytest, whose time it would move.
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from chaos.clock import ChaosClock

CASE = "small:0:1"


@contextmanager
def replaced(owner: object, name: str, value: object) -> Iterator[None]:
    """Replace an attribute for a while."""
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


def main() -> None:
    """Play both cases, and one that is not broken."""
    clock = ChaosClock()
    from chaos.dice import as_listed  # noqa: PLC0415 - the clock comes first
    from chaos.run import Bench  # noqa: PLC0415

    with TemporaryDirectory() as folder:
        bench = Bench(Path(folder), clock)

        def seen(choose: Any) -> list[list[str]]:
            found = bench.outcome(CASE, choose).violations
            return [[one.kind, one.text] for one in found]

        result = {"whole": seen(as_listed({}))}
        with dropping(), doubling(), swapping():
            result["sending"] = seen(as_listed({}))
        with early_mark(), endless(), deaf():
            result["deciding"] = seen(killing())
        bench.close()
    sys.stdout.write(json.dumps(result))


def killing() -> Callable[..., str | None]:
    """Return a choice that ends the function at one request to send a mail."""
    left = ["NotifyFunction/sns.Publish/AlertsTopic"]

    def choose(_number: int, step: str, site: str, _kinds: object) -> str | None:
        if step == "request" and site in left:
            left.remove(site)
            return "kill-before"
        return None

    return choose


@contextmanager
def dropping() -> Iterator[None]:
    """Drop each message for the chat's topic, as if it was sent."""
    from parallax.notify.chat_topic import ChatRoute  # noqa: PLC0415

    with replaced(ChatRoute, "send", lambda _self, _publication: None):
        yield


@contextmanager
def doubling() -> Iterator[None]:
    """Send each mail twice."""
    from parallax.notify.routes import TopicRoute  # noqa: PLC0415

    real = TopicRoute.send

    def send(self: Any, publication: Any) -> None:
        real(self, publication)
        real(self, publication)

    with replaced(TopicRoute, "send", send):
        yield


@contextmanager
def swapping() -> Iterator[None]:
    """Hold one finding back until after the next one of its target."""
    from parallax.notify.findings_topic import FindingsRoute  # noqa: PLC0415

    real, held = FindingsRoute.send, list[Any]()
    targets: dict[str, int] = {}

    def send(self: Any, publication: Any) -> None:
        count = targets[publication.target] = targets.get(publication.target, 0) + 1
        if publication.target == "shop-a" and count == 2:
            held.append(publication)
            return
        real(self, publication)
        if publication.target == "shop-a" and held:
            real(self, held.pop())

    with replaced(FindingsRoute, "send", send):
        yield


@contextmanager
def early_mark() -> Iterator[None]:
    """Mark a publication before it is sent."""
    from parallax.notify.delivery import Delivery  # noqa: PLC0415

    def publish(self: Any, publication: Any, *, is_first: bool = True) -> None:
        del is_first
        if not self._marks.read(publication.id).is_sent:
            self._marks.done(publication.id)
            self.route.send(publication)

    with replaced(Delivery, "publish", publish):
        yield


@contextmanager
def endless() -> Iterator[None]:
    """Never end a group."""
    from parallax.groups import take  # noqa: PLC0415

    with replaced(take, "leave", lambda board, _subject, _now: (board, ())):
        yield


@contextmanager
def deaf() -> Iterator[None]:
    """Judge nothing about one target, and say that it was judged."""
    from parallax.incidents.judging import Judging  # noqa: PLC0415

    real = Judging._once

    def once(self: Any, name: str, record: Any) -> Exception | None:
        return None if name == "mail-c" else real(self, name, record)

    with replaced(Judging, "_once", once):
        yield


if __name__ == "__main__":
    main()
