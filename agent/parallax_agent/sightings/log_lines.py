"""Log lines: the agent's own log, one JSON object per line on stdout.

In: records of the standard library's `logging`. Out: lines with the same names as in
the functions' logs (`timestamp`, `level`, `service`, `message`), so that one query
finds both; the fields of `extra` are added.
It does not: choose what is logged. Keys and captured bodies are never logged.
"""

import logging
import sys
from datetime import UTC, datetime
from typing import override

from parallax.model.plain import json_text

_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "taskName"}


class JsonLine(logging.Formatter):
    """Formats a record as one line of JSON."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        """Return the line; it has `exception` only if there was one."""
        moment = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, object] = {
            "timestamp": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "service": "agent",
            "message": record.getMessage(),
        }
        line |= {k: v for k, v in vars(record).items() if k not in _PLAIN}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json_text(line, default=str, ensure_ascii=True, separators=(", ", ": "))


def to_stdout() -> None:
    """Write the agent's log to stdout; of other libraries only warnings and errors."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLine())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("parallax_agent").setLevel(logging.INFO)
