"""Install: the Debian packages that the lab's programs come from.

In: what is on this machine. Out: what is missing and why; as root, installed.
It does not: start or leave running any service, or install as an ordinary user.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

SBIN = "/usr/sbin:/sbin"
POLICY = Path("/usr/sbin/policy-rc.d")
OUT = Console(stderr=True, highlight=False)


@dataclass(frozen=True, slots=True)
class Package:
    """One package: what shows that it is there, and what it is for."""

    name: str
    proof: str
    why: str


PACKAGES = (
    Package("haproxy", "haproxy", "the load balancer"),
    Package("nginx-light", "nginx", "the ingress controller's nginx"),
    Package(
        "libnginx-mod-http-headers-more-filter",
        "/usr/lib/nginx/modules/ngx_http_headers_more_filter_module.so",
        "the ingress hides its Server header with it",
    ),
    Package("varnish", "varnishd", "the CDN's cache"),
    Package("hitch", "hitch", "TLS in front of the CDN"),
    Package("nsd", "nsd", "the zone's own name server"),
    Package("unbound", "unbound", "the resolver"),
    Package("nftables", "nft", "kube-proxy's and UFW's rules"),
    Package("iproute2", "ip", "addresses inside the namespace"),
    Package("util-linux", "unshare", "the namespace itself"),
)


def missing() -> tuple[Package, ...]:
    """Return the packages whose programs are not here."""
    return tuple(p for p in PACKAGES if not _is_here(p.proof))


def _is_here(proof: str) -> bool:
    if proof.startswith("/"):
        return Path(proof).exists()
    return shutil.which(proof, path=f"{os.environ.get('PATH', '')}:{SBIN}") is not None


def command_line(packages: tuple[Package, ...]) -> str:
    """Return the one line that installs packages."""
    names = " ".join(p.name for p in packages)
    return f"apt-get install --yes --no-install-recommends {names}"


def install(packages: tuple[Package, ...]) -> None:
    """Install packages as root, and let none of their services start.

    A `policy-rc.d` that says no (101) keeps Debian's scripts from starting them;
    one that is there already is put back afterwards.
    """
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "policy-rc.d"
        if POLICY.exists():
            shutil.copy2(POLICY, kept)
        POLICY.write_text("#!/bin/sh\nexit 101\n")
        POLICY.chmod(0o755)
        try:
            words = command_line(packages).split()
            if _apt(words, environment).returncode:
                _repair(environment)
                done = _apt(words, environment)
                if done.returncode:
                    sys.stderr.write(done.stdout)
                done.check_returncode()
        finally:
            POLICY.unlink()
            if kept.exists():
                shutil.copy2(kept, POLICY)


def _repair(environment: dict[str, str]) -> None:
    """See to both usual reasons of a failure: an interrupted run, and old lists."""
    for words in (["dpkg", "--configure", "-a"], ["apt-get", "update"]):
        _say(f"the installation failed; trying {' '.join(words)} (up to a minute)")
        _apt(words, environment)


def _apt(
    words: list[str], environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a command of Debian's, and keep its output for whoever needs it."""
    return subprocess.run(
        words,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _say(text: str) -> None:
    OUT.print(f"[cyan]▸[/] {text}", soft_wrap=True)


def main() -> int:
    """Install what is missing, or say how; return the exit status."""
    lacking = missing()
    for package in lacking:
        OUT.print(f"missing: {package.name} ({package.why})", soft_wrap=True)
    if not lacking:
        return 0
    if os.geteuid() != 0:
        OUT.print(f"run this once: sudo {command_line(lacking)}", soft_wrap=True)
        return 1
    _say(f"{command_line(lacking)} (up to a few minutes)")
    install(lacking)
    return 0


if __name__ == "__main__":
    sys.exit(main())
