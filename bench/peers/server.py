"""Server: one nginx on loopback, with TLS 1.3 and an ECDSA P-256 certificate.

In: a folder. Out: its URL and the file of its authority, while it runs.
It does not: count anything; each client measures itself.
"""

import base64
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lab.world.certificates import Authority

HOST = "localhost"
BODY_BYTES = 2048
KEY = "whsec_" + base64.b64encode(b"a key of the bench, 32 bytes long").decode()
"""The agents' key; it opens nothing but the bench."""
SECONDS_TO_START = 10.0
CONFIG = """\
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} ssl backlog=1024;
    ssl_certificate {folder}/server.pem;
    ssl_certificate_key {folder}/server.pem;
    ssl_protocols TLSv1.3;
    root {folder};
  }}
}}
"""


@dataclass(frozen=True, slots=True)
class Server:
    """Where the clients send their requests."""

    url: str
    port: int
    authority: Path


def free_port() -> int:
    """Return a port of loopback that nothing uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """Run nginx until the block ends."""
    authority = Authority(folder)
    authority.issue("server", [HOST])
    (folder / "page").write_text("x" * BODY_BYTES)
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(CONFIG.format(folder=folder, port=port))
    folder.chmod(0o755)  # nginx's worker is another user
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin") or "nginx"
    words = [program, "-p", str(folder), "-c", str(config), "-e", f"{folder}/error.log"]
    with subprocess.Popen(words) as nginx:  # noqa: S603 - our own words
        try:
            until_open(port)
            yield Server(f"https://{HOST}:{port}/page", port, authority.ca_file)
        finally:
            nginx.terminate()


def until_open(port: int) -> None:
    """Wait until a port of loopback accepts connections."""
    end = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return
