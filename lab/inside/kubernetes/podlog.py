"""Pod log: one container's log as `pods/{name}/log` serves it.

In: a request with follow, tailLines, sinceSeconds, sinceTime, timestamps.
Out: the lines, and with follow the new ones. It does not: support `previous`.
Source: Kubernetes API reference, "get read log of the specified Pod".
"""

import contextlib
from datetime import UTC, datetime, timedelta

from aiohttp import web

from lab.inside.kubernetes.logs import Line, Log

YES = {"true", "1", "True"}


async def serve_log(request: web.Request, log: Log) -> web.StreamResponse:
    """Respond with the requested part of a log."""
    stream = web.StreamResponse(headers={"Content-Type": "text/plain"})
    await stream.prepare(request)
    stamped = request.query.get("timestamps") in YES
    lines = [line for line in log.lines if line.at >= _since(request)]
    if tail := request.query.get("tailLines"):
        lines = lines[len(lines) - min(int(tail), len(lines)) :]
    last = log.lines[-1].number if log.lines else 0
    with contextlib.suppress(ConnectionError):
        await stream.write("".join(_text(x, stamped=stamped) for x in lines).encode())
        if request.query.get("follow") in YES:
            async for line in log.new_lines(last):
                await stream.write(_text(line, stamped=stamped).encode())
    return stream


def _since(request: web.Request) -> datetime:
    if seconds := request.query.get("sinceSeconds"):
        return datetime.now(UTC) - timedelta(seconds=int(seconds))
    if instant := request.query.get("sinceTime"):
        return datetime.fromisoformat(instant)
    return datetime.min.replace(tzinfo=UTC)


def _text(line: Line, *, stamped: bool) -> str:
    return f"{line.stamp} {line.text}\n" if stamped else f"{line.text}\n"
