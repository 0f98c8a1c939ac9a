"""Stack: the dead-letter queues and functions of a deployed stack.

In: the stack's name; boto3 finds region, endpoint and credentials.
Out: queue URLs and function names by step, and clients that wait for a function.
It does not: read a letter or invoke a function.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

STEPS = ("probe", "inspect", "diagnose", "notify", "publish")
"""Steps that have a function and a dead-letter queue."""
STREAM = "stream"
"""The key of the queue for batches that Lambda discarded from any stream."""
CONNECT_SECONDS = 5
ATTEMPTS = 3
"""Requests before AWS counts as unreachable."""
INVOKE_SECONDS = 90
"""Longer than the timeout of any function (at most 60 s, in template.yaml)."""


class StackError(Exception):
    """The stack does not exist, or lacks an output that a redrive needs."""


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack's name, queue URLs by step and `STREAM`, function names by step."""

    name: str
    queues: Mapping[str, str]
    functions: Mapping[str, str]

    def step_of(self, function: str) -> str | None:
        """Return the step whose function has this name; None: no step of the stack."""
        steps = (step for step, name in self.functions.items() if name == function)
        return next(steps, None)

    def need(self, step: str) -> None:
        """Raise `StackError` if the stack lacks a step's queue or function."""
        if step not in self.queues or step not in self.functions:
            queue, function = _outputs(step)
            raise StackError(
                f"stack {self.name}: expected the outputs {queue} and {function}"
            )


@cache
def client(service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
    """Return a client that waits for a whole invocation and never retries one."""
    import boto3  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs] - no types of its own
    from botocore.config import (  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs] - the same
        Config,
    )

    # A retried invocation would replay a letter twice at the same time.
    attempts = 1 if service == "lambda" else ATTEMPTS
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=INVOKE_SECONDS,
        retries={"mode": "standard", "total_max_attempts": attempts},
    )
    return cast("Any", boto3).client(service, config=config)


def find_stack(name: str) -> Stack:
    """Read the stack's outputs.

    Raises `StackError` for a stack without them, and botocore's errors if AWS is
    unreachable or refuses the request.
    """
    stacks = client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    outputs = {
        output["OutputKey"]: output["OutputValue"]
        for output in stacks[0].get("Outputs", [])
    }
    named = {step: _outputs(step) for step in (*STEPS, STREAM)}
    queues = {s: outputs[queue] for s, (queue, _) in named.items() if queue in outputs}
    functions = {s: outputs[name] for s, (_, name) in named.items() if name in outputs}
    if not queues or not functions:
        queue, function = _outputs("<step>")
        raise StackError(
            f"stack {name}: expected the outputs {queue} and {function};"
            " check that it is a stack of Parallax"
        )
    return Stack(name, queues, functions)


def _outputs(step: str) -> tuple[str, str]:
    """Return the names of a step's outputs in template.yaml."""
    return f"{step.title()}DeadLettersUrl", f"{step.title()}FunctionName"
