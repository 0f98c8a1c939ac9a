"""Deadline: bound the time of a call that has no reliable limit of its own.

In: a call and a number of seconds. Out: the call's result or error.
It does not: end the call. A timeout of a socket applies to each packet, and the
resolver of the C library has none, so only a thread that nobody waits for bounds both.
"""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread


def within[T](seconds: float, call: Callable[[], T]) -> T:
    """Return the result of a call; raise `TimeoutError` if it takes longer.

    The call then continues in its thread, until its own limits end it.
    """
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(call())
        except Exception as error:  # noqa: BLE001 - raised where the result is awaited
            outcome.set_exception(error)

    Thread(target=run, daemon=True).start()
    return outcome.result(timeout=seconds)
