"""Logs: every line that a function logs is one JSON object.

In: calls of the function's log and of `logging.getLogger("parallax.…")`; in Lambda
also the libraries' warnings. Out: lines on standard output with `level`, `message`,
`service`, and during an invocation `function_request_id`; a traceback is one field.
The environment variable POWERTOOLS_LOG_LEVEL sets the lowest level, by default INFO.
It does not: log events, or print metrics; `parallax.metrics` does.
Source: Powertools for AWS Lambda (Python), "Logger"; AWS Lambda, "Defined runtime
environment variables" and "Advanced logging controls" (level, RFC 3339 timestamp).
"""

import logging
import os
import sys
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TextIO

from aws_lambda_powertools import Logger

from parallax import garbage, tracing
from parallax.model.plain import json_text

PACKAGE = "parallax"
"""The logger whose handler all modules of the layer use."""
CONTEXT = (
    "cold_start",
    "function_name",
    "function_memory_size",
    "function_arn",
    "function_request_id",
)
"""The fields that Powertools reads from the Lambda context."""

type Handler = Callable[[dict[str, Any], object], dict[str, Any]]
"""A function's handler: an event and the Lambda context; None in a local call."""


def open_log() -> Logger:
    """Return the function's log; every call returns the same one.

    `service` is POWERTOOLS_SERVICE_NAME, or `parallax` if that is not set.
    """
    log = Logger(
        service=PACKAGE,
        logger_handler=_handler(),
        json_serializer=_line,
        json_deserializer=_as_text,
        utc=True,
        use_rfc3339=True,
        serialize_stacktrace=False,  # the field `exception` contains it
    )
    log.append_keys(service=os.environ.get("POWERTOOLS_SERVICE_NAME", PACKAGE))
    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        # The runtime's own handler would print the libraries' lines as plain text.
        logging.basicConfig(handlers=[log.registered_handler], force=True)
        logging.getLogger(PACKAGE).propagate = False
    return log


def with_context(log: Logger) -> Callable[[Handler], Handler]:
    """Return a decorator that adds the Lambda context to each line, if there is one.

    An exception is logged with its traceback and raised. With tracing on, each
    invocation is recorded. A handler is the last that a function makes, so its start
    ends here.
    """

    def decorate(handler: Handler) -> Handler:
        handler = tracing.traced(handler)
        garbage.resume()
        injected = log.inject_lambda_context(handler)

        @wraps(handler)
        def run(event: dict[str, Any], context: object) -> dict[str, Any]:
            try:
                return (handler if context is None else injected)(event, context)
            except Exception:
                log.exception("invocation failed")
                raise
            finally:
                log.remove_keys(CONTEXT)

        return run

    return decorate


def _handler() -> logging.Handler:
    """Return the existing handler of the layer's log, or a new one."""
    present = logging.getLogger(PACKAGE).handlers
    return next((h for h in present if isinstance(h, _Stdout)), None) or _Stdout()


class _Stdout(logging.StreamHandler[TextIO]):
    """Writes to the current standard output: tests and emulators replace it."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stdout
        super().emit(record)


def _line(fields: Mapping[str, Any]) -> str:
    """Return a line as JSON; values that JSON cannot represent become text."""
    try:
        return json_text(fields, default=str, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return json_text({name: str(value) for name, value in fields.items()})


def _as_text(message: object) -> str:
    """Return a message unchanged: Powertools would parse one that looks like JSON."""
    return str(message)
