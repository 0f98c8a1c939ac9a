"""Broken: a chaos case with handlers that are wrong on purpose.

In: nothing. Out: on standard output, as JSON, what the observer reports of cases
without and with breaks. They have three targets and one agent, and last ten minutes.
It does not: run inside pytest, whose time it would move.
"""

import json
import sys
import time
from collections import Counter
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
LATER = 200.0
"""The second of a case at which an incident is open."""
NAMES = ("shop-a", "pay-d", "mail-c")
"""The targets; the first and the last share a balancer."""
END, FAULTS_UNTIL, QUIET = 260.0, 240.0, 390.0
"""When the failures and the faults end, and how long it is quiet then, in seconds."""
MANY = 6
"""Harmless faults beside the one that matters, in a search without a case."""


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
    """Play the cases, first one that is not broken."""
    clock = ChaosClock()
    from chaos.dice import as_listed  # noqa: PLC0415 - the clock comes first
    from chaos.run import Bench  # noqa: PLC0415

    with TemporaryDirectory() as folder:
        briefly()
        bench = Bench(Path(folder), clock)
        bench.small = True

        def seen(choose: Any, name: str = CASE) -> list[list[str]]:
            return shown(bench.outcome(name, choose))

        result = {"whole": seen(as_listed({}))}
        with dropping(), doubling(), swapping():
            result["sending"] = seen(as_listed({}))
        with early_mark(), endless(), deaf(), lasting():
            found = bench.outcome(CASE, killing())
            result["deciding"] = shown(found)
            listed = {one.step: one.kind for one in found.faults}
            result["again"] = seen(as_listed(listed))
        with forgetful(), uncounted(), deaf("shop-a", LATER):
            result["showing"] = seen(as_listed({}))
        with breaker(), two_balancers(), brief_outage():
            result["target"] = seen(refusing("DiagnoseFunction/dynamodb"), TARGET)
            result["channel"] = seen(cutting(), CHANNEL)
        result["searched"] = searched()
        bench.close()
    sys.stdout.write(json.dumps(result))


def shown(outcome: Any) -> list[list[str]]:
    """Return the violations of a case as JSON has them."""
    return [[one.kind, one.text] for one in outcome.violations]


def briefly() -> None:
    """Let this process play cases of three targets and few minutes."""
    from chaos import case, ending, run, world  # noqa: PLC0415 - the clock comes first

    for module in (case, ending, run, world):
        setattr(module, "NAMES", NAMES)  # noqa: B010 - it is a constant
    for module in (case, run, world):
        setattr(module, "NODES", 1)  # noqa: B010 - the same
    failures = failing("mail-c", 160.0, END + 10.0)
    given = {"SMALL": failures, "SMALL_UNTIL": FAULTS_UNTIL, "SMALL_QUIET": QUIET}
    for name, value in given.items():
        setattr(case, name, value)


def failing(target: str, begin: float, end: float) -> Any:
    """Return the failures of a case: of shop-a, and of another target."""
    from chaos.world import Failure  # noqa: PLC0415 - the clock comes first

    return Failure("shop-a", 100.0, END, 503), Failure(target, begin, end, 502)


def searched() -> list[list[str]]:
    """Return how many faults there were, and what a search leaves of them.

    It plays no case: one fault alone is the reason.
    """
    from chaos.dice import Fault  # noqa: PLC0415 - the clock comes first
    from chaos.observer import Violation  # noqa: PLC0415 - as above
    from chaos.run import Outcome  # noqa: PLC0415 - as above
    from chaos.shrink import shrunk  # noqa: PLC0415 - as above

    all_ = [Fault(step, "push:repeated", "push") for step in range(1, MANY + 1)]
    all_.insert(MANY // 2, Fault(MANY + 1, "request:kill-before", "topic"))

    class Played:
        def outcome(self, name: str, choose: Any) -> Outcome:
            chosen = ((one, one.kind.partition(":")) for one in sorted(all_))
            left = tuple(
                one
                for one, (step, _, kind) in chosen
                if choose is None or choose(one.step, step, one.site, (kind,))
            )
            wrong = any(one.kind == "request:kill-before" for one in left)
            found = (Violation("loss", name),) if wrong else ()
            return Outcome(name, left, found, Counter(), 0, 0, 0, 0, 0.0)

    bench: Any = Played()
    found = bench.outcome(CASE, None)
    left = shrunk(bench, found).faults
    return [[str(len(found.faults))], *([f.kind, f.site] for f in left)]


def killing() -> Callable[..., str | None]:
    """Return a choice that ends the function at one request to send a mail."""
    left = ["NotifyFunction/sns.Publish/AlertsTopic"]

    def choose(_number: int, step: str, site: str, _kinds: object) -> str | None:
        if step == "request" and site in left:
            left.remove(site)
            return "kill-before"
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
    """Return a choice that lets one channel refuse everything, for a while."""
    left = ["minute"]

    def choose(_number: int, step: str, _site: str, _kinds: object) -> str | None:
        if step not in left:
            return None
        left.clear()
        return "outage-channel"

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

    with replaced(case, "SMALL", failing("pay-d", 130.0, END + 10.0)):
        yield


@contextmanager
def lasting() -> Iterator[None]:
    """Let a failure last for minutes after the last fault."""
    from chaos import case  # noqa: PLC0415 - the clock comes first

    with replaced(case, "SMALL", failing("mail-c", 160.0, END + 130.0)):
        yield


@contextmanager
def brief_outage() -> Iterator[None]:
    """Let the chat's topic refuse messages for minutes, whichever outage was chosen."""
    from chaos.cloud import Outage  # noqa: PLC0415 - the clock comes first
    from chaos.trouble import CHANNELS, Trouble  # noqa: PLC0415 - as above

    def begin(self: Any, _kind: str) -> None:
        function, service, key = CHANNELS[1]
        until = self._case.clock.seconds + OPEN
        self._case.cloud.outages.append(Outage(function, service, "denied", until, key))

    with replaced(Trouble, "_outage", begin):
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
