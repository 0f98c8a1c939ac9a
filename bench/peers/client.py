"""Client: a process that sends probes in one way and counts its own CPU time.

In: the way, a URL, the authority's file; then on each line of stdin a number of
probes, or `spaced` and a number for so many at once. Out: on each line of stdout the
CPU seconds and the totals that it measured, as JSON.
It does not: start anything else. All probes of a line follow each other.
"""

import asyncio
import json
import os
import ssl
import sys
from collections.abc import Awaitable, Callable
from time import perf_counter
from urllib.parse import urlsplit

from bench.peers.child import own_cpu_seconds

type Once = Callable[[], Awaitable[dict[str, float]]]
"""Sends one probe and returns the seconds that it measured."""


def of_parallax(url: str, authority: str) -> Once:
    """Return the probe of Parallax: phases, certificate, response."""
    os.environ["SSL_CERT_FILE"] = authority
    from parallax.model.probe import Role  # noqa: PLC0415 - one way a process
    from parallax.model.target import Healthy  # noqa: PLC0415
    from parallax.probe import ProbeRequest, fetch  # noqa: PLC0415

    request = ProbeRequest(
        role=Role.FIRST, url=url, healthy=Healthy(), allow_private=True
    )

    async def once() -> dict[str, float]:
        probe = await fetch(request)
        if not probe.healthy or probe.certificate is None:
            raise RuntimeError(f"unhealthy: {probe.error_type} {probe.error_detail}")
        return {"total": probe.duration, "tls": probe.phases.tls or 0.0}

    return once


def of_httpx(url: str, authority: str) -> Once:
    """Return stock httpx with one client and context, and a new connection each."""
    import httpx  # noqa: PLC0415 - one way a process

    context = ssl.create_default_context(cafile=authority)
    client = httpx.AsyncClient(
        verify=context, limits=httpx.Limits(max_keepalive_connections=0)
    )

    async def once() -> dict[str, float]:
        began = perf_counter()
        response = await client.get(url)
        response.raise_for_status()
        return {"total": perf_counter() - began}

    return once


def of_handshake(url: str, authority: str) -> Once:
    """Return asyncio's own connection with a handshake, and no request."""
    parts = urlsplit(url)
    context = ssl.create_default_context(cafile=authority)
    host, port = parts.hostname or "", parts.port or 443

    async def once() -> dict[str, float]:
        began = perf_counter()
        _, writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=context, server_hostname=host
        )
        took = perf_counter() - began
        writer.transport.abort()
        return {"total": took}

    return once


WAYS: dict[str, Callable[[str, str], Once]] = {
    "parallax": of_parallax,
    "httpx": of_httpx,
    "handshake": of_handshake,
}


async def one_by_one(once: Once, count: int) -> list[dict[str, float]]:
    """Send probes one after the other."""
    return [await once() for _ in range(count)]


async def spaced(once: Once, count: int, spacing: float) -> list[dict[str, float]]:
    """Start probes at a distance of some seconds; they run at the same time."""
    tasks: list[asyncio.Task[dict[str, float]]] = []
    for _ in range(count):
        tasks.append(asyncio.ensure_future(once()))
        await asyncio.sleep(spacing)
    return list(await asyncio.gather(*tasks))


async def main(way: str, url: str, authority: str) -> None:
    """Obey the lines of stdin."""
    once = WAYS[way](url, authority)
    await one_by_one(once, 10)  # imports, caches, the resolver
    for line in sys.stdin:
        word, _, number = line.strip().rpartition(" ")
        before = own_cpu_seconds()
        if word:
            totals = await spaced(once, int(number), float(word))
        else:
            totals = await one_by_one(once, int(number))
        result = {"cpu": own_cpu_seconds() - before, "probes": totals}
        sys.stdout.write(json.dumps(result) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
