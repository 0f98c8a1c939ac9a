"""Cloud: every request to AWS, with the faults that happen to it.

In: requests as botocore would send them. Out: Moto's responses, or faults; the effects
of those that succeeded, for who subscribes.
It does not: use the network.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from errno import ENOSPC
from threading import current_thread, main_thread
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.handlers import BUILTIN_HANDLERS

from chaos import kinds
from chaos.answers import network_error, raw, refusal, truncated
from chaos.call import Call, call_of
from chaos.dice import Dice
from chaos.platform import Killed, Platform
from chaos.serving import Served

OK = 200
LATENCY = 0.006
PROBE = "ProbeFunction"
type Effect = Callable[[Call, Mapping[str, Any]], None]


@dataclass
class Outage:
    """A service refuses all requests of a function until a second of the case."""

    function: str
    service: str
    kind: str
    until: float
    key: str = ""
    """Only this topic or queue; empty: all."""


@dataclass
class Cloud:
    """AWS for one case.

    `effect` is called with each request that AWS carried out, `lost` with each whose
    answer the function did not get. `only`: faults happen to requests that name this
    target alone.
    """

    serving: Served
    platform: Platform
    dice: Dice
    effect: Effect
    lost: Callable[[Call], None]
    invoke: Callable[[str, Any, bool], AWSResponse | None]
    only: str | None = None
    others: tuple[str, ...] = ()
    outages: list[Outage] = field(default_factory=list[Outage])
    refused: int = 0
    """Requests that an outage refused."""

    def send(
        self, event_name: str, request: AWSPreparedRequest, **_: object
    ) -> AWSResponse | None:
        """Answer one request."""
        call = call_of(self.platform.active or "", event_name, request)
        if call.function and current_thread() is main_thread():
            if self.platform.doomed:
                raise Killed
            self.platform.wait(LATENCY)
        kind = self._kind(call)
        return self._faulty(kind, call, event_name, request)

    def _kind(self, call: Call) -> str | None:
        if not call.function:
            return None
        now = self.platform.clock.seconds
        for outage in self.outages:
            same = (outage.function, outage.service) == (call.function, call.service)
            same = same and outage.key in {"", call.key}
            if same and now < outage.until:
                self.refused += 1
                return outage.kind
        return self.dice.roll("request", call.site, self._possible(call))

    def _possible(self, call: Call) -> tuple[str, ...]:
        if self.only and not names_only(call.text, self.only, self.others):
            return ()
        possible = list(kinds.REQUEST)
        if self.only and call.function == PROBE:
            # One probe function probes all targets, so its end concerns all of them,
            # and it stores runs on several threads, which the stand-in does not.
            possible = [k for k in possible if not k.startswith(("kill", "timeout"))]
        possible += [kinds.CONFLICT] * call.is_conditional
        possible += [kinds.PARTIAL] * call.has_parts
        possible += [kinds.REFUSED] * call.has_content
        return tuple(possible)

    def _faulty(
        self, kind: str | None, call: Call, name: str, request: AWSPreparedRequest
    ) -> AWSResponse | None:
        if kind in kinds.LOST_ANSWER:
            self.lost(call)
        kind = "error" if kind == "error-before" else kind
        match kind:
            case None | "error-after" | "truncated":
                response = self._served(call, name, request)
                if kind == "truncated" and response:
                    response = truncated(request, response)
                return (
                    refusal(request, call.service, "error")
                    if kind == "error-after"
                    else response
                )
            case "throttled" | "denied" | "missing" | "conflict" | "refused" | "error":
                return refusal(request, call.service, kind)
            case "partial":
                return self._partly(call, request)
            case "kill-before" | "kill-in" | "kill-after":
                return self._killing(kind, call, name, request)
            case _:
                return self._unreached(kind, call, name, request)

    def _unreached(
        self, kind: str, call: Call, name: str, request: AWSPreparedRequest
    ) -> AWSResponse | None:
        if kind == "no-disk":
            raise OSError(ENOSPC, "No space left on device", "/tmp/parallax")  # noqa: S108 - a text
        if kind == "no-memory":
            raise MemoryError
        if kind.endswith("-after"):
            self._served(call, name, request)
        if kind.startswith("timeout") and current_thread() is main_thread():
            self.platform.wait(call.seconds)
        raise network_error(request, kind)

    def _killing(
        self, kind: str, call: Call, name: str, request: AWSPreparedRequest
    ) -> AWSResponse | None:
        response = None
        if kind != "kill-before":
            response = self._served(call, name, request)
        if kind == "kill-after" or current_thread() is not main_thread():
            self.platform.doomed = True
            if response is not None:
                return response
            raise network_error(request, "cut-before")
        raise Killed

    def _partly(self, call: Call, request: AWSPreparedRequest) -> AWSResponse:
        if call.operation == "BatchGetItem":
            items = call.body["RequestItems"]
            body = {"Responses": {n: [] for n in items}, "UnprocessedKeys": items}
            return raw(request, OK, json.dumps(body).encode())
        first, *rest = call.body["Entries"]
        self.effect(call, {**call.body, "Entries": rest})
        failed = {"Id": first["Id"], "SenderFault": False, "Code": "ServiceUnavailable"}
        made = [
            {"Id": e["Id"], "MessageId": e["Id"], "MD5OfMessageBody": ""} for e in rest
        ]
        return raw(
            request, OK, json.dumps({"Successful": made, "Failed": [failed]}).encode()
        )

    def _served(
        self, call: Call, name: str, request: AWSPreparedRequest
    ) -> AWSResponse | None:
        if call.service == "lambda":
            kind = request.headers.get("X-Amz-Invocation-Type", "")
            is_async = kind in {"Event", b"Event"}
            function = str(request.url).rpartition("/functions/")[2].partition("/")[0]
            return self.invoke(function, call.body, is_async) or raw(request, 202, b"")
        response = self.serving(name, request)
        if response.status_code == OK:
            self.effect(call, call.body)
        return response


def names_only(text: str, target: str, others: tuple[str, ...]) -> bool:
    """Say whether a text names this target and none of the others."""
    return target in text and not any(other in text for other in others)


class Gate:
    """The one handler of botocore; it passes each request to the present cloud."""

    def __init__(self) -> None:
        self.cloud: Cloud | None = None
        self.serving = Served()
        BUILTIN_HANDLERS.insert(0, ("before-send", self._send))

    def _send(
        self, event_name: str, request: AWSPreparedRequest, **how: object
    ) -> AWSResponse | None:
        if self.cloud is None:
            return self.serving(event_name, request)
        return self.cloud.send(event_name, request, **how)

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Let the simulation itself ask AWS, without faults or effects."""
        cloud, self.cloud = self.cloud, None
        try:
            yield
        finally:
            self.cloud = cloud

    def fresh(self) -> None:
        """Forget all resources."""
        self.cloud = None
        self.serving.close()
        self.serving = Served()

    def close(self) -> None:
        """Remove the handler."""
        with suppress(ValueError):
            BUILTIN_HANDLERS.remove(("before-send", self._send))
        self.serving.close()
