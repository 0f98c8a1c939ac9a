"""Texts: files and pastes of people, and URLs.

In: the repository's own targets file, recorded responses. Out: the entries of
targets.yaml, `parallax attribute`, and a URL. It does not: run a command.
"""

from pathlib import Path
from tempfile import mkdtemp

import httpx

from fuzz.entries.recorded import CAPTURES, dumped
from fuzz.entry import ROOT, Entry, Kind
from parallax.cli.har import read_har
from parallax.cli.paste import plain_responses
from parallax.cli.transcript import NotAResponse
from parallax.model import web_url
from parallax.probe.address import allowed
from parallax.targets import TargetsError
from parallax.targets.file import _read

FILE = Path(mkdtemp(prefix="parallax-fuzz-")) / "targets.yaml"
URLS = (
    "https://a.example/",
    "http://[::ffff:169.254.169.254]:80/x?token=a",
    "https://user:pw@a.example",
    "http://0x7f.1/%2e%2e;a=b?c;password=d&e=f#g",
    "https://xn--bcher-kva.example./",
    "https:\\\\a.example\\@b.example/",
)
HAR = {
    "log": {
        "entries": [
            {
                "request": {"url": "https://a.example/", "method": "GET"},
                "response": {
                    "status": 503,
                    "statusText": "Service Unavailable",
                    "headers": [{"name": "Server", "value": "nginx"}],
                    "content": {"text": "PGh0bWw+", "encoding": "base64"},
                },
            }
        ]
    }
}


def _targets(data: bytes) -> None:
    FILE.write_bytes(data)
    _read.cache_clear()
    _read(FILE, 0, len(data))


def _files() -> list[bytes]:
    examples = sorted((ROOT / "tests/parallax/targets/bad").glob("*.yaml"))
    return [(ROOT / "targets.yaml").read_bytes()] + [f.read_bytes() for f in examples]


def _paste(data: bytes) -> None:
    plain_responses(data)


def _pastes() -> list[bytes]:
    files = sorted(CAPTURES.rglob("*.http"))[::5]
    verbose = (
        b"* Connected\r\n> GET / HTTP/1.1\r\n< HTTP/1.1 503 x\r\n< Server: y\r\n< "
    )
    return [*(file.read_bytes() for file in files), verbose]


def _url(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    if web_url.problem(text) is None:
        httpx.URL(text)  # what is valid can be requested
    web_url.without_secret_values(text)
    allowed(text)


ENTRIES = (
    Entry(name="targets-yaml", seeds=_files, call=_targets, allowed=(TargetsError,),
         share=1),
    Entry(name="paste", seeds=_pastes, call=_paste, share=8),
    Entry(name="har", seeds=lambda: [dumped(HAR)], call=read_har,
         allowed=(NotAResponse,), kind=Kind.JSON, share=15),
    Entry(name="url", seeds=lambda: [u.encode() for u in URLS], call=_url, share=25),
)  # fmt: skip
