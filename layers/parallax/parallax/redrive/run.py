"""Run: replay dead letters, the oldest first, and delete those that succeeded.

In: a stack, and the steps whose letters to replay. Out: one `Result` per letter, at
once. It does not: delete a letter before its function succeeded, or keep one invisible
after the run. Two runs at the same time do not receive each other's letters.
"""

import json
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import batched
from typing import Any

from parallax.redrive.calls import invoke, read_stored
from parallax.redrive.letter import Form, Letter, read_message
from parallax.redrive.result import GONE, Outcome, Result
from parallax.redrive.stack import SHARED, Stack, client

SENT, RECEIVED = "SentTimestamp", "ApproximateFirstReceiveTimestamp"
"""By the clock of SQS: when a letter was sent, and when it was first received."""
HIDDEN_SECONDS = 900
"""How long a received letter is invisible to other runs, also after a crash."""
SENT_AGAIN = "the function sent it to the dead-letter queue again"
UNNAMED = "it does not name its function"
BATCH = 10
"""Letters of one request, SQS's maximum. A queue of weeks of letters is then read
before the first of them is visible again."""
WAIT_SECONDS = 1
"""Long polling queries all servers of the queue, so that no letter is missed.

Source: Amazon SQS Developer Guide, "Amazon SQS short and long polling".
"""


@dataclass(slots=True)
class Redrive:
    """One run over the queues of the chosen steps; see `run`.

    `limit` is the most letters to try. After the run, `more` is whether the limit
    skipped letters, `hidden` is how many letters another run had received, and
    `cut_off` is whether letters were visible again before all of a queue were read.
    """

    stack: Stack
    steps: Sequence[str]
    dry_run: bool = False
    limit: int | None = None
    more: bool = False
    hidden: int = 0
    cut_off: bool = False
    tried: int = 0
    _received: dict[str, tuple[str, str]] = field(
        default_factory=dict[str, tuple[str, str]]
    )
    _done: dict[tuple[str, str], datetime | None] = field(
        default_factory=dict[tuple[str, str], datetime | None]
    )

    def run(self) -> Generator[Result]:
        """Yield each letter's result; raises botocore's errors if AWS is unreachable.

        At its end, also after an error, the remaining letters are visible again.
        """
        try:
            for queue in (*self.steps, *SHARED):
                if queue in self.stack.queues and not self.more:
                    yield from self._queue(queue)
        finally:
            self._show_rest()

    def _queue(self, queue: str) -> Generator[Result]:
        """Process one queue until this run has received all of its letters."""
        hidden, received = self._hidden(queue), set[str]()
        while new := self._all_new(queue, received):
            for message in sorted(new, key=_sent_at):
                if self.limit is not None and self.tried >= self.limit:
                    self.more = True
                    return
                if result := self._letter(queue, message):
                    yield result
        # SQS's count is delayed: it may include letters that are visible again.
        self.hidden += max(0, hidden - len(received))

    def _hidden(self, queue: str) -> int:
        """Return about how many letters of a queue are invisible."""
        name = "ApproximateNumberOfMessagesNotVisible"
        counted = client("sqs").get_queue_attributes(
            QueueUrl=self.stack.queues[queue], AttributeNames=[name]
        )
        return int(counted["Attributes"][name])

    def _all_new(self, queue: str, received: set[str]) -> list[dict[str, Any]]:
        """Return all letters that are visible, and add them to `received`.

        SQS returns letters in any order; a receiver shall get alerts as they happened.
        """
        letters: list[dict[str, Any]] = []
        while new := self._new(queue, received):
            letters += new
        return letters

    def _new(self, queue: str, received: set[str]) -> list[dict[str, Any]]:
        """Receive letters, and return those not in `received`, which it adds."""
        messages = self._receive(queue)
        new = [one for one in messages if one["MessageId"] not in received]
        self.cut_off |= bool(messages) and not new
        url = self.stack.queues[queue]
        for message in messages:
            received.add(message["MessageId"])
            self._received[message["MessageId"]] = (url, message["ReceiptHandle"])
        return new

    def _receive(self, queue: str) -> list[dict[str, Any]]:
        """Receive letters, which makes them invisible; empty if there is none."""
        response = client("sqs").receive_message(
            QueueUrl=self.stack.queues[queue],
            MaxNumberOfMessages=BATCH,
            VisibilityTimeout=HIDDEN_SECONDS,
            WaitTimeSeconds=WAIT_SECONDS,
            AttributeNames=[SENT, RECEIVED],
            MessageAttributeNames=["All"],
        )
        return response.get("Messages", [])

    def _letter(self, queue: str, message: Mapping[str, Any]) -> Result | None:
        """Process one letter; None if it belongs to a step that was not chosen."""
        attributes = {
            name: value.get("StringValue", "")
            for name, value in message.get("MessageAttributes", {}).items()
        }
        letter = read_message(message["Body"], attributes)
        contents = [read_stored(*at) for at in letter.objects] or [letter]
        step = self._step(queue, contents[0])
        if queue in SHARED and step not in (None, *self.steps):
            return None
        self.tried += 1
        result = Result(
            step=step,
            queue=queue,
            message_id=message["MessageId"],
            sent_at=_time(message, SENT),
            form=contents[0].form,
            reason=contents[0].reason,
            outcome=Outcome.READY,
        )
        result = self._replay(result, contents, _time(message, RECEIVED))
        if result.outcome in GONE and not self.dry_run:
            self._delete(message["MessageId"], letter)
        return result

    def _step(self, queue: str, letter: Letter) -> str | None:
        """Return the step of the letter's function, else of its queue."""
        if letter.function is not None:
            return self.stack.step_of(letter.function)
        return None if queue in SHARED else queue

    def _replay(
        self, result: Result, contents: Sequence[Letter], received_at: datetime | None
    ) -> Result:
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
            named = contents[0].function
            detail = f"not a function of this stack: {named}" if named else UNNAMED
            return replace(result, outcome=Outcome.STUCK, detail=detail)
        if self.dry_run:
            return result
        for letter in contents:
            times = result.sent_at, received_at
            if failure := self._invoke(function, letter.event or {}, *times):
                return replace(result, outcome=Outcome.FAILED, detail=failure)
        return replace(result, outcome=Outcome.REPLAYED)

    def _invoke(
        self,
        function: str,
        event: Mapping[str, Any],
        sent_at: datetime | None,
        received_at: datetime | None,
    ) -> str:
        """Invoke a function once per event; return why it failed, or an empty text.

        A record that this run replayed and received again has failed again, unless its
        letter was sent before the replay: then both letters are of the same failure.
        Events of a schedule differ only in id and time: one invocation serves all of
        them.
        """
        work = {k: v for k, v in event.items() if k not in ("id", "time")}
        key = (function, json.dumps(work, sort_keys=True))
        if key in self._done:
            replayed_at = self._done[key]
            is_older = sent_at and replayed_at and sent_at < replayed_at
            return "" if is_older or "Records" not in event else SENT_AGAIN
        # On a person's request notify also sends what it has tried before.
        payload = {**event, "redrive": True} if "Records" in event else event
        failure = invoke(function, payload)
        if not failure:
            # By the clock of SQS, this was before the function started.
            self._done[key] = received_at
        return failure

    def _delete(self, message_id: str, letter: Letter) -> None:
        """Delete a letter and then its objects, so that no letter lacks its objects."""
        url, handle = self._received.pop(message_id)
        client("sqs").delete_message(QueueUrl=url, ReceiptHandle=handle)
        for bucket, key in letter.objects:
            client("s3").delete_object(Bucket=bucket, Key=key)

    def _show_rest(self) -> None:
        """Make the letters visible again that were not deleted."""
        by_queue: dict[str, list[str]] = {}
        for url, handle in self._received.values():
            by_queue.setdefault(url, []).append(handle)
        self._received.clear()
        for url, handles in by_queue.items():
            for few in batched(handles, BATCH, strict=False):
                client("sqs").change_message_visibility_batch(
                    QueueUrl=url,
                    Entries=[
                        {"Id": str(n), "ReceiptHandle": handle, "VisibilityTimeout": 0}
                        for n, handle in enumerate(few)
                    ],
                )


def _sent_at(message: Mapping[str, Any]) -> int:
    """Return when a letter was sent, in milliseconds; 0: SQS did not say it."""
    return int(message.get("Attributes", {}).get(SENT, 0))


def _time(message: Mapping[str, Any], name: str) -> datetime | None:
    """Return a time of a letter; SQS has milliseconds since 1970."""
    time = message.get("Attributes", {}).get(name)
    return datetime.fromtimestamp(int(time) / 1000, UTC) if time else None
