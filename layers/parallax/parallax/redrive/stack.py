"""Stack: the dead-letter queue and functions of a deployed stack.

In: the stack's name; boto3 finds region, endpoint and credentials.
Out: queue URLs, function names by step, and clients that wait for a function. A stack
of an earlier version has a queue for each step and one for all streams.
It does not: read a letter or invoke a function.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from parallax import aws_answer

STEPS = ("probe", "inspect", "diagnose", "notify", "publish", "routes", "exporter")
"""Steps whose function has dead letters."""
LETTERS = "letters"
"""The key of the queue of all functions."""
STREAM = "stream"
"""The key of an earlier version's queue, for batches that Lambda discarded."""
SHARED = (LETTERS, STREAM)
"""Queues whose letters name their functions."""
LETTERS_OUTPUT = "DeadLettersUrl"
"""The output of template.yaml with the URL of the queue of all functions."""
CONNECT_SECONDS = 5
ATTEMPTS = 3
"""Requests before AWS counts as unreachable."""
INVOKE_SECONDS = 90
"""Longer than the timeout of any function (at most 60 s, in template.yaml)."""


class StackError(Exception):
    """The stack does not exist, or lacks an output that a redrive needs."""


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack's name, its queue URLs, and its function names by step.

    The keys of `queues` are `LETTERS`; of an earlier version, the steps and `STREAM`.
    """

    name: str
    queues: Mapping[str, str]
    functions: Mapping[str, str]

    def step_of(self, function: str) -> str | None:
        """Return the step whose function has this name; None: no step of the stack."""
        steps = (step for step, name in self.functions.items() if name == function)
        return next(steps, None)

    def need(self, step: str) -> None:
        """Raise `StackError` if the stack lacks a queue or a function of a step."""
        has_queue = LETTERS in self.queues or step in self.queues
        if not has_queue or step not in self.functions:
            raise StackError(
                f"stack {self.name}: expected the outputs {LETTERS_OUTPUT} and"
                f" {_function_output(step)}"
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
    # botocore reads AWS_DEFAULT_REGION, and AWS's command line this one first.
    region = os.environ.get("AWS_REGION") or None
    made = cast("Any", boto3).client(service, region_name=region, config=config)
    aws_answer.watch(made.meta.events)
    return made


def find_stack(name: str) -> Stack:
    """Read the stack's outputs.

    Raises `StackError` for a stack without them, and botocore's errors if AWS is
    unreachable or refuses the request.
    """
    outputs = outputs_of(name)
    named = {key: f"{key.title()}DeadLettersUrl" for key in (*STEPS, STREAM)}
    named[LETTERS] = LETTERS_OUTPUT
    queues = {key: outputs[url] for key, url in named.items() if url in outputs}
    of = {step: _function_output(step) for step in STEPS}
    functions = {step: outputs[of[step]] for step in STEPS if of[step] in outputs}
    if not queues or not functions:
        raise StackError(
            f"stack {name}: expected the outputs {LETTERS_OUTPUT} and"
            f" {_function_output('<step>')}; check that it is a stack of Parallax"
        )
    return Stack(name, queues, functions)


def outputs_of(name: str, cloudformation: Any = None) -> Mapping[str, str]:  # noqa: ANN401 - as `client`
    """Return the outputs of a stack by their keys; raises botocore's errors.

    `cloudformation` is a client of its service; None: that of a redrive.
    """
    asked = cloudformation or client("cloudformation")
    stacks = asked.describe_stacks(StackName=name)["Stacks"]
    return {
        output["OutputKey"]: output["OutputValue"]
        for output in stacks[0].get("Outputs", [])
    }


def _function_output(step: str) -> str:
    """Return the name of the output with a step's function in template.yaml."""
    return f"{step.title()}FunctionName"
