"""Broken: a chaos case with handlers that are wrong on purpose.

In: nothing. Out: on standard output, as JSON, what the observer reports of each of two
cases without and with breaks.
It does not: run inside pytest, whose time it would move.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from chaos.clock import START, ChaosClock

CASE = "small:0:2"
"""Nobody mutes in it."""
TARGET, CHANNEL = "one-target:0:0", "one-channel:0:1"
"""All faults are about shop-a, or about the chat's topic."""
OPEN = 200.0
"""Seconds for which the breaker stays open."""
LATER = 300.0
"""The second of a case at which an incident is open."""
MANY = 6
"""Harmless faults beside the one that matters."""


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

        bench.small = True

        def seen(choose: Any, name: str = CASE) -> list[list[str]]:
            found = bench.outcome(name, choose).violations
            return [[one.kind, one.text] for one in found]

        result = {"whole": seen(as_listed({}))}
        with dropping(), doubling(), swapping():
            result["sending"] = seen(as_listed({}))
        with early_mark(), endless(), deaf():
            result["deciding"] = seen(killing())
        with forgetful(), uncounted(), deaf("shop-a", LATER):
            result["showing"] = seen(as_listed({}))
        with breaker(), two_balancers():
            result["target"] = seen(refusing("DiagnoseFunction/dynamodb"), TARGET)
            result["channel"] = seen(cutting(), CHANNEL)
        with early_mark():
            result["shrunk"] = shortest(bench)
        bench.close()
    sys.stdout.write(json.dumps(result))


def shortest(bench: Any) -> list[list[str]]:
    """Return the faults that are left of many, where one was the reason."""
    from chaos.shrink import shrunk  # noqa: PLC0415 - the clock comes first

    found = bench.outcome(CASE, killing(beside=MANY))
    faults = [len(found.faults), *shrunk(bench, found).faults]
    return [[str(faults[0])], *([f.kind, f.site] for f in faults[1:])]


def killing(beside: int = 0) -> Callable[..., str | None]:
    """Return a choice that ends the function at one request to send a mail.

    `beside` repeats so many pushes before that.
    """
    left = ["NotifyFunction/sns.Publish/AlertsTopic", *["push"] * beside]

    def choose(_number: int, step: str, site: str, _kinds: object) -> str | None:
        if step in {"request", "push"} and site in left:
            left.remove(site)
            return "kill-before" if step == "request" else "repeated"
        return None

    return choose


def refusing(operation: str) -> Callable[..., str | None]:
    """Return a choice that refuses the first request of this kind."""
    left = [operation]

    def choose(_number: int, step: str, site: str, kinds: Any) -> str | None:
        if step == "request" and kinds and left and site.startswith(left[0]):
            left.clear()
            return "denied"
        return None

    return choose


def cutting() -> Callable[..., str | None]:
    """Return a choice that lets one channel refuse everything."""

    def choose(_number: int, step: str, _site: str, _kinds: object) -> str | None:
        return "outage-channel" if step == "minute" else None

    return choose


@contextmanager
def breaker() -> Iterator[None]:
    """Do nothing for minutes after one failure, whatever it was about.

    No message is sent after one that was refused, and no target is judged after one
    that could not be judged.
    """
    from parallax.incidents.judging import Judging  # noqa: PLC0415
    from parallax.notify.delivery import Delivery  # noqa: PLC0415

    real, judged = Delivery.publish, Judging._once
    opened, seen = list[float](), [0.0]

    def is_open() -> bool:
        now = time.time()
        if now < seen[0] - OPEN:  # another case begins
            opened.clear()
        seen[0] = now
        return any(now - at < OPEN for at in opened)

    def once(self: Any, name: str, record: Any) -> Exception | None:
        if is_open():
            return MemoryError()
        found = judged(self, name, record)
        if found:
            opened.append(time.time())
        return found

    def publish(self: Any, publication: Any, *, is_first: bool = True) -> None:
        if is_open():
            raise MemoryError
        try:
            real(self, publication, is_first=is_first)
        except Exception:
            opened.append(time.time())
            raise

    with replaced(Delivery, "publish", publish), replaced(Judging, "_once", once):
        yield


@contextmanager
def two_balancers() -> Iterator[None]:
    """Let the two targets fail that share no balancer, so that each has its alert."""
    from chaos import case  # noqa: PLC0415 - the clock comes first
    from chaos.world import Failure  # noqa: PLC0415

    failures = (
        Failure("shop-a", 100.0, 480.0, 503),
        Failure("pay-d", 130.0, 490.0, 502),
    )
    with replaced(case, "SMALL", failures):
        yield


@contextmanager
def forgetful() -> Iterator[None]:
    """Accept each button of the page, and do nothing."""
    from parallax.report import endpoint  # noqa: PLC0415

    with replaced(endpoint, "perform", lambda board, *_: board):
        yield


@contextmanager
def uncounted() -> Iterator[None]:
    """Never count the uptime."""
    from parallax.incidents.diagnosis import Diagnosis  # noqa: PLC0415

    def fail(*_: object) -> None:
        raise ValueError("uptime")

    with replaced(Diagnosis, "count_uptime", fail):
        yield


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
def deaf(target: str = "mail-c", after: float = 0.0) -> Iterator[None]:
    """Judge nothing about one target, and say that it was judged.

    `after`: from this second of a case on.
    """
    from parallax.incidents.judging import Judging  # noqa: PLC0415

    real = Judging._once

    def once(self: Any, name: str, record: Any) -> Exception | None:
        is_deaf = name == target and time.time() > START.timestamp() + after
        return None if is_deaf else real(self, name, record)

    with replaced(Judging, "_once", once):
        yield


if __name__ == "__main__":
    main()
