"""Running: servers in a thread of their own, for code that runs its own loop.

In: handlers. Out: their ports. It does not: make a response; the handlers do.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager

from tests.parallax.probe.servers import Authority, Handler, answering, serving

BAD = answering(b"HTTP/1.1 503 No\r\nContent-Length: 5000\r\n\r\n" + b"x" * 5000)
GOOD = answering(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b"y" * 5000)


@contextmanager
def running(*handlers: Handler, tls: Authority | None = None) -> Iterator[list[int]]:
    """Serve in a thread of its own, for `watch` runs its own loop; yield ports."""
    ports: list[int] = []
    ready = threading.Event()
    stopping: list[Callable[[], object]] = []

    async def serve() -> None:
        """Serve until stopped."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        stopping.append(lambda: loop.call_soon_threadsafe(stop.set))
        async with AsyncExitStack() as stack:
            context = tls.context if tls else None
            for handler in handlers:
                serving_it = serving(handler, context)
                ports.append(await stack.enter_async_context(serving_it))
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(5)
    try:
        yield ports
    finally:
        stopping[0]()
        thread.join()
