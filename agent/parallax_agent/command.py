"""Command: `parallax-agent explain HOST`, for people at a terminal.

In: arguments, and a kubeconfig or the pod's service account. Out: the explanation on
stdout; exit code 0 path found, 1 no path found, 2 wrong use, 3 stdout could not be
written. It does not: write anywhere else, or need the agent's settings. If there is a
targets file, its names for the host are used as the agent uses them.
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
_DEFAULT_KUBECONFIG = Path(".kube") / "config"


class _Parser(argparse.ArgumentParser):
    """Removes passwords and control characters from the error for a wrong argument."""

    @override
    def error(self, message: str) -> NoReturn:
        super().error(plain_line(without_passwords(message)))


def parser() -> argparse.ArgumentParser:
    """Return the parser of the arguments."""
    top = _Parser(
        prog="parallax-agent",
        usage="%(prog)s [-h] [COMMAND]",
        description="Without a command, run the agent; environment variables configure"
        " it. With a command, run only that command.",
    )
    commands = top.add_subparsers(
        dest="command", metavar="COMMAND", prog=top.prog, title="commands"
    )
    explain = commands.add_parser(
        "explain",
        help="print the path of a request for a host, and the reason for each hop",
        description="Print a request's path through the cluster: each hop, and why.",
        epilog="Exit status: 0 path found; 1 no path found; 2 usage error; 3 standard"
        " output could not be written.",
    )
    explain.add_argument("host", metavar="HOST", help="a host name or a URL")
    explain.add_argument(
        "--path", help="path of the request (default: the URL's path, else /)"
    )
    explain.add_argument(
        "--namespace", help="namespace of the Ingress or HTTPRoute (default: all)"
    )
    explain.add_argument(
        "--node",
        help="also show how many probes the agent on this node would send for HOST in"
        " each cycle",
    )
    explain.add_argument(
        "--kubeconfig",
        type=Path,
        help="kubeconfig file (default: $KUBECONFIG, then the pod's service account)",
    )
    explain.add_argument(
        "--targets", type=Path, help="targets file (default: $PARALLAX_TARGETS)"
    )
    explain.add_argument(
        "--json", action="store_true", help="print JSON instead of text"
    )
    return top


def run(arguments: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Explain one host, as the arguments define."""
    # The explanation contains every read error, so the log is not needed.
    logging.getLogger(__package__).addHandler(logging.NullHandler())
    file = None
    try:
        target, path = _target(arguments, environment)
        file = _kubeconfig(arguments.kubeconfig, environment)
        apis = connect(file)
    except ConfigException as error:
        return _reject(f"{file or 'no kubeconfig'}: {error}")
    except (targets.TargetsError, OSError, ValueError) as error:
        return _reject(f"{error}")
    node = arguments.node or environment.get("PARALLAX_AGENT_NODE", "")
    with closing(apis), closing(Watches(apis)) as watches:
        target_path = _read(target, Lists(watches), node)
    explanation = build_explanation(target, target_path, url_path=path, node=node)
    colors = sys.stdout.isatty() and "NO_COLOR" not in environment
    as_lines = as_text(explanation, colors=colors)
    lines = [as_json(explanation)] if arguments.json else as_lines
    for line in lines:
        sys.stdout.write(f"{line}\n")
    return SUCCESS if explanation.found else NOT_FOUND


def _reject(problem: str) -> int:
    """Print what is wrong; return the exit code."""
    complain(f"parallax-agent explain: {plain(without_passwords(problem))}")
    return WRONG_USE


def _read(target: Target, lists: Lists, node: str) -> TargetPath:
    """Read once what the agent would read in every cycle."""
    lists.prefetch(needed_lists(target))
    return read_path(target, lists, node=node, now=datetime.now(UTC))


def _target(
    arguments: argparse.Namespace, environment: Mapping[str, str]
) -> tuple[Target, str]:
    """Return the target to explain, and its path; raises `ValueError`."""
    if web_url.has_user(arguments.host):
        raise ValueError(web_url.NO_USER)
    parts = urlsplit(
        arguments.host if "://" in arguments.host else f"//{arguments.host}"
    )
    host = (parts.hostname or "").removesuffix(".")
    if not host or any(not (c.isalnum() or c in "-._:") for c in host):
        raise ValueError(
            f"{quoted(arguments.host)} is not a host name; expected e.g. shop.example"
        )
    path = arguments.path or parts.path or "/"
    if not path.startswith("/"):
        raise ValueError(f"--path {quoted(path)} must begin with /")
    reached = _reached(arguments, environment, host)
    if arguments.namespace:
        reached = Reached(namespace=arguments.namespace)
    url = f"https://{host}{path}"
    return Target(name=host, url=url, reached=reached), path


def _reached(
    arguments: argparse.Namespace, environment: Mapping[str, str], host: str
) -> Reached:
    """Return the names that the targets file has for a host, if there is a file."""
    file = arguments.targets or environment.get("PARALLAX_TARGETS")
    if not file:
        return Reached()
    same_host = [t for t in targets.load(Path(file)) if t.host == host]
    cluster = environment.get("PARALLAX_AGENT_CLUSTER")
    here = [t for t in same_host if cluster in {None, t.reached.cluster}]
    return next((t.reached for t in here), Reached())


def _kubeconfig(option: Path | None, environment: Mapping[str, str]) -> Path | None:
    """Return the kubeconfig to use; None means the pod's service account."""
    if option is not None:
        return option
    if environment.get("KUBECONFIG"):
        return Path(environment["KUBECONFIG"])
    default = Path(environment.get("HOME", "/")) / _DEFAULT_KUBECONFIG
    inside = "KUBERNETES_SERVICE_HOST" in environment
    return default if not inside and default.is_file() else None


def main(arguments: Sequence[str]) -> int | None:
    """Run the command that the arguments name; None means the agent is to run.

    Raises `SystemExit` for help and wrong use, as argparse does.
    """
    output = Output(sys.stdout)
    with redirect_stdout(cast("Any", output)):
        try:
            parsed = parser().parse_args(arguments)
            if parsed.command != "explain":
                return None
            status = run(parsed, os.environ)
        finally:
            output.flush()
    if output.problem:
        complain(f"parallax-agent: stdout: cannot be written: {output.problem}")
        return NOT_WRITTEN
    return status
