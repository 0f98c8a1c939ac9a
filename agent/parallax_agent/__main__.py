"""Main: the agent's process, `python -m parallax_agent` or `parallax-agent`.

In: the environment (README). Out: exit code 0 after SIGTERM or SIGINT, 2 if the
environment is not usable. With the command `explain`, only that command runs.
It does not: observe targets itself; `run` and `command` do.
"""

import logging
import os
import signal
import sys
import threading

from kubernetes.config import ConfigException

from parallax import targets
from parallax_agent import command
from parallax_agent.push.pusher import Pusher
from parallax_agent.push.signing import KeyUnusableError, read_key
from parallax_agent.run import Agent
from parallax_agent.settings import SettingsError, from_environment
from parallax_agent.sightings import log_lines
from parallax_agent.watch.api import connect

UNUSABLE = 2

logger = logging.getLogger("parallax_agent")


def prepare() -> Agent:
    """Build the agent from the environment.

    Raises `SettingsError`; each line names a variable that is missing or wrong.
    """
    settings = from_environment(os.environ)
    try:
        read_key(settings.key_file)
    except KeyUnusableError as error:
        raise SettingsError(f"PARALLAX_AGENT_KEY_FILE: {error}") from error
    try:
        file = targets.find()
        every, unknown = targets.load_known(file)
    except (targets.TargetsError, OSError) as error:
        raise SettingsError(f"PARALLAX_TARGETS: {error}") from error
    for line in unknown:
        logger.warning(
            "targets file has a key that this version does not know",
            extra={"problem": line},
        )
    here = [t for t in every if t.reached.cluster == settings.cluster]
    if not here:
        raise SettingsError(
            f"PARALLAX_AGENT_CLUSTER: no target in {file} has reached.cluster "
            f"{settings.cluster!r}; correct the name or the file"
        )
    try:
        apis = connect(settings.kubeconfig)
    except ConfigException as error:
        raise SettingsError(f"KUBECONFIG: {error}") from error
    pusher = Pusher(settings.observations_url, settings.key_file)
    return Agent(settings, here, apis, pusher)


def main() -> int:
    """Run the agent until SIGTERM or SIGINT, or run the command in the arguments."""
    exit_code = command.main(sys.argv[1:])
    if exit_code is not None:
        return exit_code
    log_lines.to_stdout()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    try:
        agent = prepare()
    except SettingsError as error:
        for line in str(error).splitlines():
            logger.error("agent could not start", extra={"problem": line})  # noqa: TRY400 - a trace helps no operator here
        return UNUSABLE
    return agent.run(stop)


if __name__ == "__main__":
    sys.exit(main())
