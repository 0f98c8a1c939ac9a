"""Exporting: one invocation of the exporter.

In: the event of a function URL, or `{"push": true}` once a minute. Out: the response to
Prometheus, or what was sent.
It does not: prepare a push before there is one: its modules take 60 ms of a start.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.data_classes import LambdaFunctionUrlEvent

from parallax.exporter.endpoint import Endpoint
from parallax.exporter.reading import Tables
from parallax.exporter.view import View
from parallax.model.target import Target
from parallax.settings import Settings


@dataclass(frozen=True, slots=True)
class Exporting:
    """The exporter of one container; `load` returns the enabled targets."""

    settings: Settings
    load: Callable[[], tuple[Target, ...]]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def answer(self, event: dict[str, Any]) -> dict[str, Any]:
        """Send the metrics, or return them. Raises what AWS and the receiver raise."""
        if event.get("push"):
            from parallax.exporter.push import Push  # noqa: PLC0415 - see above

            return dict(Push(self.settings).send(self._view()))
        endpoint = Endpoint(self.settings.metrics_token_arn, self._view)
        return endpoint.respond(LambdaFunctionUrlEvent(event))

    def _view(self) -> View:
        journal = self.settings.need("journal_table")
        tables = Tables(journal, self.settings.need("incidents_table"))
        return tables.view(self.load(), self.now())
