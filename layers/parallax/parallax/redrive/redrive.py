"""Redrive: replays dead letters, one after another, and deletes those that succeeded.

In: a stack, and the steps whose letters are replayed. Out: one `Result` a letter,
as soon as it is known.
It does not: delete a letter before its function succeeded, or keep one hidden after
the run. Two runs at a time do not see each other's letters.
"""

import json
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from parallax.redrive.calls import invoke, read_stored
from parallax.redrive.letter import Form, Letter, read_message
from parallax.redrive.result import GONE, Outcome, Result
from parallax.redrive.stack import STREAM, Stack, client

HIDDEN_SECONDS = 900
"""How long a received letter is hidden from other runs; a crash delays it that long."""
WAIT_SECONDS = 1
"""A wait of any length asks all servers of the queue, so no letter is missed.

Source: Amazon SQS Developer Guide, "Amazon SQS short and long polling".
"""


@dataclass(slots=True)
class Redrive:
    """One run over the queues of the chosen steps; see `run`.

    `limit`: how many letters at most are tried. After the run: `more` says whether
    the limit left letters out, `hidden` how many letters another run had received.
    """

    stack: Stack
    steps: Sequence[str]
    dry_run: bool = False
    limit: int | None = None
    more: bool = False
    hidden: int = 0
    tried: int = 0
    _held: dict[str, tuple[str, str]] = field(
        default_factory=dict[str, tuple[str, str]]
    )
    _done: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    def run(self) -> Generator[Result]:
        """Yield each letter's result; raises botocore's errors if AWS is unreachable.

        However it ends, letters that remain are visible again.
        """
        try:
            for queue in (*self.steps, STREAM):
                if queue in self.stack.queues and not self.more:
                    yield from self._queue(queue)
        finally:
            for message_id in list(self._held):
                self._show(message_id)

    def _queue(self, queue: str) -> Generator[Result]:
        """Go through one queue until it has no letter that this run has not seen."""
        hidden, received = self._hidden(queue), set[str]()
        while messages := self._receive(queue):
            (message,) = messages
            identity, handle = message["MessageId"], message["ReceiptHandle"]
            seen = identity in received
            received.add(identity)
            self._held[identity] = (self.stack.queues[queue], handle)
            if self.limit is not None and self.tried >= self.limit:
                self.more = True
                return
            if not seen and (result := self._letter(queue, message)):
                yield result
        # SQS's count lags behind: it may still hold what an earlier run made visible.
        self.hidden += max(0, hidden - len(received))

    def _hidden(self, queue: str) -> int:
        """Return how many letters of a queue somebody has received, about."""
        name = "ApproximateNumberOfMessagesNotVisible"
        counted = client("sqs").get_queue_attributes(
            QueueUrl=self.stack.queues[queue], AttributeNames=[name]
        )
        return int(counted["Attributes"][name])

    def _receive(self, queue: str) -> list[dict[str, Any]]:
        """Receive one letter, and hide it from others; empty: there is none."""
        answer = client("sqs").receive_message(
            QueueUrl=self.stack.queues[queue],
            MaxNumberOfMessages=1,
            VisibilityTimeout=HIDDEN_SECONDS,
            WaitTimeSeconds=WAIT_SECONDS,
            AttributeNames=["SentTimestamp"],
            MessageAttributeNames=["All"],
        )
        return answer.get("Messages", [])

    def _letter(self, queue: str, message: Mapping[str, Any]) -> Result | None:
        """Handle one letter; None if it belongs to a step that was not chosen."""
        attributes = {
            name: value.get("StringValue", "")
            for name, value in message.get("MessageAttributes", {}).items()
        }
        letter = read_message(message["Body"], attributes)
        contents = [read_stored(*at) for at in letter.objects] or [letter]
        step = self._step(queue, contents[0])
        if queue == STREAM and step not in (None, *self.steps):
            return None
        self.tried += 1
        result = Result(
            step=step,
            queue=queue,
            message_id=message["MessageId"],
            sent_at=_sent_at(message),
            form=contents[0].form,
            reason=contents[0].reason,
            outcome=Outcome.READY,
        )
        result = self._replay(result, contents)
        if result.outcome in GONE and not self.dry_run:
            self._delete(message["MessageId"], letter)
        return result

    def _step(self, queue: str, letter: Letter) -> str | None:
        """Return whose letter it is: the function's that it names, else the queue's."""
        if letter.function is not None:
            return self.stack.step_of(letter.function)
        return None if queue == STREAM else queue

    def _replay(self, result: Result, contents: Sequence[Letter]) -> Result:
        """Invoke the step's function with each event of the letter."""
        if result.form is Form.TEST:
            ready = Outcome.READY if self.dry_run else Outcome.DELETED
            return replace(result, outcome=ready)
        for letter in contents:
            if letter.event is None:
                problem = letter.problem or ""
                return replace(result, outcome=Outcome.STUCK, detail=problem)
        function = self.stack.functions.get(result.step or "")
        if function is None:
            detail = f"no function of this stack: {contents[0].function}"
            return replace(result, outcome=Outcome.STUCK, detail=detail)
        if self.dry_run:
            return result
        for letter in contents:
            if failure := self._invoke(function, letter.event or {}):
                return replace(result, outcome=Outcome.FAILED, detail=failure)
        return replace(result, outcome=Outcome.REPLAYED)

    def _invoke(self, function: str, event: Mapping[str, Any]) -> str:
        """Invoke a function once an event; return why it failed, empty: it did not.

        A record that was replayed in this run and lies here again was set aside
        again. Events of a schedule differ in id and time only: one run serves all.
        """
        work = {k: v for k, v in event.items() if k not in ("id", "time")}
        key = (function, json.dumps(work, sort_keys=True))
        if key in self._done:
            return "the function set it aside again" if "Records" in event else ""
        # A person asked for it: notify then sends also what it has tried before.
        asked = {**event, "redrive": True} if "Records" in event else event
        failure = invoke(function, asked)
        if not failure:
            self._done.add(key)
        return failure

    def _delete(self, message_id: str, letter: Letter) -> None:
        """Delete a letter, and then its objects: a letter never outlives them."""
        url, handle = self._held.pop(message_id)
        client("sqs").delete_message(QueueUrl=url, ReceiptHandle=handle)
        for bucket, key in letter.objects:
            client("s3").delete_object(Bucket=bucket, Key=key)

    def _show(self, message_id: str) -> None:
        """Make a letter visible again."""
        url, handle = self._held.pop(message_id)
        client("sqs").change_message_visibility(
            QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0
        )


def _sent_at(message: Mapping[str, Any]) -> datetime | None:
    """Return when the letter was sent; SQS counts milliseconds since 1970."""
    sent = message.get("Attributes", {}).get("SentTimestamp")
    return datetime.fromtimestamp(int(sent) / 1000, UTC) if sent else None
