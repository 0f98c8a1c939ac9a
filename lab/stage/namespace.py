"""Namespace: new network, mount and process namespaces for a command.

In: a command. Out: that command as process 1 of the namespaces, as root in them.
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
"""The environment variable that is set inside; its value has no meaning."""


class NamespaceError(RuntimeError):
    """The kernel, or its security settings, does not allow the namespaces."""


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
    """Replace this process by a command in new namespaces. Raises NamespaceError.

    This process becomes `unshare`, so killing it ends everything inside.
    """
    _must_work()
    arguments = unshare_command(command)
    os.execvpe(arguments[0], arguments, environment())  # noqa: S606 - a list, no shell


def start(
    command: list[str], pass_fds: tuple[int, ...] = (), log: Path | None = None
) -> subprocess.Popen[bytes]:
    """Start a command in new namespaces, in a session of its own.

    With a log it does not inherit this terminal's pipes, which it would keep open.
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
            f"this machine does not allow new namespaces: {done.stderr.strip()}. "
            "Run as root, or allow unprivileged user namespaces "
            "(sysctl kernel.unprivileged_userns_clone=1, "
            "kernel.apparmor_restrict_unprivileged_userns=0)."
        )


def first_process(unshare_pid: int) -> int:
    """Return the pid, seen from outside, of the process 1 that `unshare` waits for."""
    path = Path(f"/proc/{unshare_pid}/task/{unshare_pid}/children")
    children = path.read_text().split() if path.exists() else []
    if not children:
        raise NamespaceError(f"process {unshare_pid} does not run a lab's namespace")
    return int(children[0])


def join_command(first: int, command: list[str]) -> list[str]:
    """Return the command that runs another one in existing namespaces."""
    user = [] if os.geteuid() == 0 else ["--user", "--preserve-credentials"]
    spaces = ["--net", "--mount", "--pid", f"--wdns={Path.cwd()}"]
    return ["nsenter", f"--target={first}", *user, *spaces, "--", *command]
