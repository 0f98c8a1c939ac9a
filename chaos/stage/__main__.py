"""Command line: `python -m chaos.stage [--seed N] [--faults N] [--minutes M]`.

In: the lab's namespace, which `make chaos-lab` enters. Out: a line for each story; the
count of everything as the last line; exit status 1 for a violation, 2 if the time ended
before there were enough faults.
It does not: build the functions.
"""

import argparse
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from random import Random
from typing import override

from chaos.stage.blows import Blows
from chaos.stage.injected import Injected
from chaos.stage.relay import AWS, PUSH, Relay, aws_site, push_site
from chaos.stage.stories import FAULTS, Stories
from lab.case import load
from lab.demo.current import all_healthy
from lab.demo.story import Story
from lab.stage import namespace
from lab.stage.deployment import Stage
from lab.stage.emulator import ROOT
from lab.stage.timing import FOR_TESTS
from parallax.redrive import STEPS, Redrive
from parallax.redrive.stack import Stack

FOLDER = ROOT / ".lab" / "chaos"
AGENTS, FUNCTIONS = 4570, 4568
"""Ports of the relays that the agents and the functions use."""
DISK = "700m"
TOO_FEW = 2
SETTLED = 240.0


class ChaosStage(Stage):
    """A stage whose agents and functions use relays, on a disk that can be full."""

    @override
    def door(self, url: str) -> str:
        """Return the URL of the relay for that of the function."""
        return url.replace(":4566", f":{AGENTS}")

    def on_small_disk(self) -> None:
        """Give the functions a disk of their own."""
        state = self.folder / "emulator"
        state.mkdir(parents=True, exist_ok=True)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "chaos", str(state)]
        subprocess.run(mount, check=True)  # noqa: S603 - our own texts


def main(arguments: Sequence[str]) -> int:
    """Play stories until there were enough faults; report what went wrong."""
    parser = argparse.ArgumentParser(prog="python -m chaos.stage")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=25.0)
    given = parser.parse_args(arguments)
    if not namespace.inside():
        parser.error("run `make chaos-lab`: this needs the lab's namespace")
    os.environ["PERSIST_STATE"] = "1"  # of the emulator, for its restart
    began, rng, injected = time.monotonic(), Random(given.seed), Injected()
    agents = Relay(AGENTS, PUSH, 0.15, injected, Random(given.seed + 1), push_site)
    functions = Relay(FUNCTIONS, AWS, 0.04, injected, Random(given.seed + 2), aws_site)
    stage = ChaosStage(load(_case()), FOLDER, _say, FOR_TESTS)
    stage.environment = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{FUNCTIONS}"}
    agents.start()
    functions.start()
    stage.on_small_disk()
    with stage:
        first = Story(stage)
        first.until(lambda: all_healthy(stage), "health")
        blows, stories = Blows(stage, injected, rng, agents), Stories(stage)
        end = began + 60 * given.minutes - SETTLED
        _play(stories, blows, (agents, functions), (given.faults, end))
        wrong = [*stories.wrong, *_settled(stage, injected)]
    agents.stop()
    functions.stop()
    return _report(injected, stories, wrong, given.faults, time.monotonic() - began)


def _case() -> Path:
    return Path(os.environ.get("PARALLAX_LAB_CASE", ROOT / "lab/cases/keybuzz.yaml"))


def _play(
    stories: Stories, blows: Blows, relays: Sequence[Relay], limits: tuple[int, float]
) -> None:
    """Play stories while blows come, one after the other."""
    faults, end = limits
    over = threading.Event()

    def strike() -> None:
        for number in count():
            with suppress(Exception):  # one that was not possible is not counted
                blows.kinds[number % len(blows.kinds)]()
            if over.wait(1.0):
                return

    thread = threading.Thread(target=strike, daemon=True)
    thread.start()
    injected = blows.injected
    for number in count():
        recovered = sum(injected.counts().values())
        if time.monotonic() > end or (recovered >= faults and number > 1):
            break
        if number == 1:  # the second story meets an emulator that was restarted
            blows.restart_emulator()
        name = FAULTS[number % len(FAULTS)]
        for relay in relays:
            relay.on = True
        stories.play(name)
        for relay in relays:
            relay.on = False
        _say(f"{name}: {sum(injected.counts().values())} faults recovered so far")
    over.set()
    thread.join(timeout=180)


def _settled(stage: Stage, injected: Injected) -> list[str]:
    """Wait until all is as without faults; return what is not."""
    until, story = time.monotonic() + SETTLED, Story(stage)
    while time.monotonic() < until:
        with suppress(Exception):
            story.invoke()
            story.collect()
            if all_healthy(stage) and not stage.incidents.unresolved():
                break
        time.sleep(2.0)
    _redrive(stage)
    wrong = [f"{name}: stuck" for name in stage.incidents.unresolved()]
    if not all_healthy(stage):
        wrong.append("an agent or a probe does not report")
    sites = [f for f in injected.open() if not f.site.startswith("push ")]
    late = [f for f in sites if time.monotonic() - f.at > SETTLED]
    wrong += [f"{f.kind} at {f.site}: no recovery was seen" for f in late]
    return wrong


def _redrive(stage: Stage) -> None:
    functions = {
        step: stage.outputs[f"{step.title()}FunctionName"]
        for step in STEPS
        if f"{step.title()}FunctionName" in stage.outputs
    }
    letters = {"letters": stage.outputs["DeadLettersUrl"]}
    results = list(
        Redrive(Stack("parallax", letters, functions), tuple(functions)).run()
    )
    for one in results:
        _say(f"dead letter of {one.step}: {one.reason[:120]}: {one.outcome.value}")


def _report(
    injected: Injected, stories: Stories, wrong: list[str], wanted: int, seconds: float
) -> int:
    for text in wrong:
        _say(f"violation: {text}")
    counts = injected.counts()
    for kind, number in sorted(counts.items()):
        took = [f.recovered for f in injected.faults if f.kind == kind and f.recovered]
        _say(f"  {number:4} {kind}, recovered after at most {max(took):.0f} s")
    total = sum(counts.values())
    _say(f"causes named: {dict(stories.named)}")
    text = (
        f"{total} faults on emulator and lab, {stories.played} stories, "
        f"{len(wrong)} violations, {seconds / 60:.1f} minutes"
    )
    _say(text if total >= wanted else f"stopped after {total} of {wanted}: {text}")
    if wrong:
        return 1
    return 0 if total >= wanted else TOO_FEW


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
