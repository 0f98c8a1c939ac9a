"""Command: `parallax-agent explain HOST`, for people at a terminal.

In: arguments, a kubeconfig or the pod's service account. Out: the explanation on
stdout; exit code 0 found, 1 not found, 2 wrong use, 3 stdout could not be written.
It does not: write anywhere, or need the agent's settings; where the targets file is
at hand, the names that it gives a host count as they do for the agent.
"""

import argparse
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn, cast, override
from urllib.parse import urlsplit

from kubernetes.config import ConfigException

from parallax import targets
from parallax.model import web_url
from parallax.model.plain import plain, plain_line
from parallax.model.secret_text import quoted, without_passwords
from parallax.model.target import Reached, Target
from parallax.output import Output, complain
from parallax_agent.explain.explanation import as_json, as_text, build_explanation
from parallax_agent.read.target_path import TargetPath, needed_lists, read_path
from parallax_agent.watch.api import Lists, connect
from parallax_agent.watch.watches import Watches

SUCCESS, NOT_FOUND, WRONG_USE, NOT_WRITTEN = 0, 1, 2, 3
_USUAL = Path(".kube") / "config"


class _Parser(argparse.ArgumentParser):
    """Repeats no password and no control character of a wrong argument."""

    @override
    def error(self, message: str) -> NoReturn:
        super().error(plain_line(without_passwords(message)))


def parser() -> argparse.ArgumentParser:
    """Return what reads the arguments."""
    top = _Parser(
        prog="parallax-agent",
        description="Run the agent, configured by environment variables, or a command.",
    )
    commands = top.add_subparsers(dest="command")
    one = commands.add_parser(
        "explain",
        help="print the path of a host through the cluster, and why",
        description="Print the path of a host through the cluster, hop by hop, and why.",
        epilog="Exit code: 0 found, 1 not found, 2 wrong use, 3 stdout not writable.",
    )
    one.add_argument("host", metavar="HOST", help="a host name or a URL")
    one.add_argument("--path", help="path of the request (default: /)")
    one.add_argument("--namespace", help="use only Ingresses and HTTPRoutes here")
    one.add_argument("--node", help="also count the probes that this node would send")
    one.add_argument(
        "--kubeconfig", type=Path, help="default: KUBECONFIG, then the pod's account"
    )
    one.add_argument(
        "--targets", type=Path, help="targets file (default: PARALLAX_TARGETS)"
    )
    one.add_argument("--json", action="store_true", help="print JSON instead of text")
    return top


def run(found: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Explain one host, as the arguments say."""
    # The explanation contains every read error, so the log is not needed.
    logging.getLogger(__package__).addHandler(logging.NullHandler())
    file = None
    try:
        target, path = _target(found, environment)
        file = _kubeconfig(found.kubeconfig, environment)
        apis = connect(file)
    except ConfigException as error:
        return _refused(f"{file or 'no kubeconfig'}: {error}")
    except (targets.TargetsError, OSError, ValueError) as error:
        return _refused(f"{error}")
    node = found.node or environment.get("PARALLAX_AGENT_NODE", "")
    with closing(apis), closing(Watches(apis)) as watches:
        seen = _read(target, Lists(watches), node)
    told = build_explanation(target, seen, asked=path, node=node)
    colors = sys.stdout.isatty() and "NO_COLOR" not in environment
    lines = [as_json(told)] if found.json else as_text(told, colors=colors)
    for line in lines:
        sys.stdout.write(f"{line}\n")
    return SUCCESS if told.found else NOT_FOUND


def _refused(problem: str) -> int:
    """Say what is wrong; return the exit code."""
    complain(f"parallax-agent explain: {plain(without_passwords(problem))}")
    return WRONG_USE


def _read(target: Target, lists: Lists, node: str) -> TargetPath:
    """Read once what the agent would read in every cycle."""
    lists.prefetch(needed_lists(target))
    return read_path(target, lists, node=node, now=datetime.now(UTC))


def _target(
    found: argparse.Namespace, environment: Mapping[str, str]
) -> tuple[Target, str]:
    """Return the target to explain, and its path; raises `ValueError`."""
    if web_url.has_user(found.host):
        raise ValueError(web_url.NO_USER)
    parts = urlsplit(found.host if "://" in found.host else f"//{found.host}")
    host = (parts.hostname or "").removesuffix(".")
    if not host or any(not (c.isalnum() or c in "-._:") for c in host):
        raise ValueError(
            f"{quoted(found.host)} is not a host name; expected e.g. shop.example"
        )
    path = found.path or parts.path or "/"
    if not path.startswith("/"):
        raise ValueError(f"--path {quoted(path)} must begin with /")
    reached = _reached(found, environment, host)
    if found.namespace:
        reached = Reached(namespace=found.namespace)
    url = f"https://{host}{path}"
    return Target(name=host, url=url, reached=reached), path


def _reached(
    found: argparse.Namespace, environment: Mapping[str, str], host: str
) -> Reached:
    """Return what the targets file says of a host, if there is one."""
    file = found.targets or environment.get("PARALLAX_TARGETS")
    if not file:
        return Reached()
    named = [t for t in targets.load(Path(file)) if t.host == host]
    cluster = environment.get("PARALLAX_AGENT_CLUSTER")
    here = [t for t in named if cluster in {None, t.reached.cluster}]
    return next((t.reached for t in here), Reached())


def _kubeconfig(named: Path | None, environment: Mapping[str, str]) -> Path | None:
    """Return the kubeconfig to use; None: the pod's service account."""
    if named is not None:
        return named
    if environment.get("KUBECONFIG"):
        return Path(environment["KUBECONFIG"])
    usual = Path(environment.get("HOME", "/")) / _USUAL
    inside = "KUBERNETES_SERVICE_HOST" in environment
    return usual if not inside and usual.is_file() else None


def main(arguments: Sequence[str]) -> int | None:
    """Do what the arguments ask for; None: nothing, the agent is to run.

    Raises `SystemExit` for help and wrong use, as argparse does.
    """
    output = Output(sys.stdout)
    with redirect_stdout(cast("Any", output)):
        try:
            found = parser().parse_args(arguments)
            if found.command != "explain":
                return None
            status = run(found, os.environ)
        finally:
            output.flush()
    if output.problem:
        complain(f"parallax-agent: stdout: cannot be written: {output.problem}")
        return NOT_WRITTEN
    return status
