"""Kinds: the faults that can happen, and where.

In: nothing. Out: the kinds by the step at which they can happen.
It does not: decide when one happens; `chaos.dice` does.
"""

from collections.abc import Mapping

REQUEST = (
    "throttled",
    "timeout-before",
    "timeout-after",
    "error-before",
    "error-after",
    "denied",
    "missing",
    "cut-before",
    "cut-after",
    "truncated",
    "no-disk",
    "no-memory",
    "kill-before",
    "kill-in",
    "kill-after",
)
"""At a request to AWS. `before` and `after` say whether AWS carried it out.
`kill-in`: the function ends while it waits; AWS does it nevertheless."""
CONFLICT, PARTIAL = "conflict", "partial"
"""At a write with a condition, and at a request with several parts."""
REFUSED = "refused"
"""At `Publish` and `SendMessage`: the service refuses the content."""
FATAL = ("fatal", "fatal-hang")
"""At a batch of `notify` and `publish`: the function ends each time that it reads one
of the records, at once or at the end of its time."""
DELIVERY = ("twice", "stalled", "delayed", "skewed", "jumped", "late-end")
"""At a batch of a stream. `stalled`: a shard waits for a minute or more; `delayed`: for
hours. `skewed`, `jumped`: the container's clock is wrong by seconds or minutes.
`late-end`: Lambda ends the function after it did everything."""
MESSAGE = ("twice", "skewed", "late-end")
"""At a message of the queue of alerts."""
SCHEDULE = ("missed", "twice", "delayed", "skewed", "late-end")
"""At a call of the scheduler."""
PUSH = ("oversized", "garbled", "repeated", "skewed-agent", "lost-answer", "late-end")
"""At a push of an agent."""
PERSON = ("pressed-twice", "forged-link", "lost-answer", "skewed", "late-end")
"""At a request of a person to the page behind a mail's link."""
RECEIVER = (
    "no-network",
    "name-lost",
    "connection-refused",
    "hangs",
    "reset",
    "status-429",
    "status-500",
    "status-504",
    "status-403",
    "kill-before",
    "kill-after",
)
"""At a request to a receiver of alerts."""
POISON = ("foreign-record", "garbage-record", "garbage-item", "garbage-round")
"""At a minute of the simulation: something unreadable is in a table."""
OUTAGE = (
    "outage-denied",
    "outage-throttled",
    "outage-error",
    "outage-timeout",
    "outage-receiver",
    "outage-channel",
)
"""At a minute: a service refuses a function for a while, or a receiver all alerts, or
one topic or queue all messages."""

STEPS: Mapping[str, tuple[str, ...]] = {
    "request": REQUEST,
    "delivery": DELIVERY,
    "message": MESSAGE,
    "schedule": SCHEDULE,
    "push": PUSH,
    "person": PERSON,
    "receiver": RECEIVER,
    "minute": (*POISON, *OUTAGE),
}
LOST_ANSWER = frozenset(
    {
        "timeout-before",
        "timeout-after",
        "error-before",
        "error-after",
        "cut-before",
        "cut-after",
        "truncated",
        "kill-in",
        "kill-after",
        "hangs",
        "reset",
        "status-504",
    }
)
"""Faults after which the sender cannot know whether the message was taken."""


def every() -> tuple[str, ...]:
    """Return all kinds, each with the step at which it happens."""
    listed = [f"{step}:{kind}" for step, kinds in STEPS.items() for kind in kinds]
    extra = [f"request:{kind}" for kind in (CONFLICT, PARTIAL, REFUSED)]
    fatal = [f"delivery:{kind}" for kind in FATAL]
    return (*listed, *extra, *fatal)
