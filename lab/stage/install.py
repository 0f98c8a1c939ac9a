"""Install: the Debian packages of the lab's programs, or of the pages' tests.

In: this machine; the argument `browser` for the browser. Out: the missing packages and
their purpose; as root, they are installed. It does not: start any service, or install
as an ordinary user.
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
    """One package: the file or program that proves it is installed, and its purpose."""

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
    Package("prometheus", "promtool", "it scrapes and checks the metrics"),
    Package("iproute2", "ip", "addresses inside the namespace"),
    Package("zsh", "zsh", "a test of the completion of `parallax`"),
    Package("fish", "fish", "a test of the completion of `parallax`"),
    Package("util-linux", "unshare", "the namespace itself"),
    Package(
        "prometheus-alertmanager",
        "prometheus-alertmanager",
        "the tests of alerts to Alertmanager",
    ),
)
BROWSER = (
    Package("chromium", "chromium", "the browser that tests the pages"),
    Package(
        "fonts-dejavu-core",
        "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
        "the browser draws the pages' texts with it",
    ),
)
"""Not among the lab's: who plays a fault needs no browser."""


def missing(packages: tuple[Package, ...] = PACKAGES) -> tuple[Package, ...]:
    """Return the packages that are not installed."""
    return tuple(p for p in packages if not _is_installed(p.proof))


def _is_installed(proof: str) -> bool:
    if proof.startswith("/"):
        return Path(proof).exists()
    return shutil.which(proof, path=f"{os.environ.get('PATH', '')}:{SBIN}") is not None


def command_line(packages: tuple[Package, ...]) -> str:
    """Return the command that installs packages."""
    names = " ".join(p.name for p in packages)
    return f"apt-get install --yes --no-install-recommends {names}"


def install(packages: tuple[Package, ...]) -> None:
    """Install packages as root, without starting their services.

    A `policy-rc.d` that exits with 101 keeps Debian's scripts from starting services;
    an existing one is restored afterwards.
    """
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with tempfile.TemporaryDirectory() as folder:
        saved = Path(folder) / "policy-rc.d"
        if POLICY.exists():
            shutil.copy2(POLICY, saved)
        POLICY.write_text("#!/bin/sh\nexit 101\n")
        POLICY.chmod(0o755)
        try:
            arguments = command_line(packages).split()
            if _apt(arguments, environment).returncode:
                _repair(environment)
                done = _apt(arguments, environment)
                if done.returncode:
                    sys.stderr.write(done.stdout)
                done.check_returncode()
        finally:
            POLICY.unlink()
            if saved.exists():
                shutil.copy2(saved, POLICY)


def _repair(environment: dict[str, str]) -> None:
    """Repair the two usual causes: an interrupted run, and outdated package lists."""
    for arguments in (["dpkg", "--configure", "-a"], ["apt-get", "update"]):
        _print_step(
            f"installation failed; running {' '.join(arguments)} (up to a minute)"
        )
        _apt(arguments, environment)


def _apt(
    arguments: list[str], environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a command of Debian's, and capture its output."""
    return subprocess.run(
        arguments,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _print_step(text: str) -> None:
    OUT.print(f"[cyan]▸[/] {text}", soft_wrap=True)


def main(*arguments: str) -> int:
    """Install the missing packages, or print how; return the exit status."""
    packages = missing(BROWSER if arguments == ("browser",) else PACKAGES)
    for package in packages:
        OUT.print(f"missing: {package.name} ({package.why})", soft_wrap=True)
    if not packages:
        return 0
    if os.geteuid() != 0:
        OUT.print(
            f"run this once, then repeat: sudo {command_line(packages)}", soft_wrap=True
        )
        return 1
    _print_step(f"{command_line(packages)} (up to a few minutes)")
    install(packages)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
