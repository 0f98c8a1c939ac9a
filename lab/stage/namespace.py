"""Namespace: a network, mount and process world of its own, gone with its first.

In: a command. Out: that command as process 1 of new namespaces, as root in there.
It does not: need root, or change anything outside. Killing process 1, or the
`unshare` that waits for it, ends everything inside.
Source: unshare(1), nsenter(1), pid_namespaces(7).
"""

import contextlib
import os
import subprocess
from pathlib import Path

UNSHARE = [
    "unshare",
    "--net",
    "--mount",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
]
MARK = "PARALLAX_LAB"
"""Set inside, so that a program can tell; its value says nothing."""


class NamespaceError(RuntimeError):
    """The kernel, or whoever guards it, allows no such namespaces."""


def inside() -> bool:
    """Whether this process runs inside the lab's namespaces."""
    return MARK in os.environ


def unshare_command(command: list[str]) -> list[str]:
    """Return the command that runs another one in new namespaces."""
    mapped = [] if os.geteuid() == 0 else ["--map-root-user"]
    return [*UNSHARE, *mapped, "--", *command]


def environment() -> dict[str, str]:
    """Return the environment inside: Debian keeps servers off a user's PATH."""
    path = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"
    return os.environ | {MARK: "1", "PATH": path}


def enter(command: list[str]) -> None:
    """Become a command in new namespaces; never returns. Raises NamespaceError.

    This process becomes `unshare`, so whoever kills it ends all that is inside.
    """
    _must_work()
    words = unshare_command(command)
    os.execvpe(words[0], words, environment())  # noqa: S606 - a list, no shell


def start(
    command: list[str], pass_fds: tuple[int, ...] = (), log: Path | None = None
) -> subprocess.Popen[bytes]:
    """Start a command in new namespaces, in a session of its own.

    With a log it is also apart from this terminal's pipes, which it would keep
    open for as long as it lives.
    """
    _must_work()
    with contextlib.ExitStack() as stack:
        out = stack.enter_context(log.open("wb")) if log else None
        return subprocess.Popen(
            unshare_command(command),
            env=environment(),
            pass_fds=pass_fds,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT if out else None,
            start_new_session=True,
        )


def _must_work() -> None:
    done = subprocess.run(
        unshare_command(["true"]), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NamespaceError(
            f"this machine allows no namespaces of one's own: {done.stderr.strip()}. "
            "Run as root, or allow unprivileged user namespaces "
            "(sysctl kernel.unprivileged_userns_clone=1, "
            "kernel.apparmor_restrict_unprivileged_userns=0)."
        )


def first_process(unshare_pid: int) -> int:
    """Return the process 1 that an `unshare` waits for, by its number out here."""
    path = Path(f"/proc/{unshare_pid}/task/{unshare_pid}/children")
    children = path.read_text().split() if path.exists() else []
    if not children:
        raise NamespaceError(f"process {unshare_pid} holds no namespace")
    return int(children[0])


def join_command(first: int, command: list[str]) -> list[str]:
    """Return the command that runs another one in running namespaces."""
    user = [] if os.geteuid() == 0 else ["--user", "--preserve-credentials"]
    spaces = ["--net", "--mount", "--pid", f"--wdns={Path.cwd()}"]
    return ["nsenter", f"--target={first}", *user, *spaces, "--", *command]
