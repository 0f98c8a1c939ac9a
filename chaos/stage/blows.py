"""Blows: what hits whole processes, the disk or the network of the stage.

In: a running stage. Out: processes killed, stopped or restarted, a full disk, a network
that drops packets, a clock that is wrong; and the recovery of each.
It does not: wait longer than `PATIENCE` for a recovery.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

from chaos.stage.injected import Fault, Injected
from chaos.stage.relay import Relay
from lab.stage.deployment import Stage
from lab.stage.emulator import STACK, client

PATIENCE = 150.0
SAVES = 120.0
"""Seconds that the emulator may take to write its state."""
NFT = "chaos"
NAME = b"AWS_LAMBDA_FUNCTION_NAME="


class Blows:
    """The blows against one stage; `agents_port` is the port that agents push to."""

    def __init__(
        self, stage: Stage, injected: Injected, rng: Random, agents: Relay
    ) -> None:
        self._stage, self.injected, self._rng = stage, injected, rng
        self._agents = agents
        self.kinds: tuple[Callable[[], None], ...] = (
            self.kill_function,
            self.kill_agent,
            self.kill_function,
            self.restart_agent,
            self.hang_emulator,
            self.kill_function,
            self.drop_network,
            self.hang_agent,
            self.wrong_clock,
            self.drop_kubernetes,
            self.full_disk,
        )

    def kill_function(self) -> None:
        """Kill the process of one function; it is there again after a call."""
        running = self._functions()
        if not running:
            return
        pid, name = self._rng.choice(sorted(running.items()))
        fault = self.injected.add("function killed", name)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        self._recovers(
            fault, lambda: name in {n for p, n in self._functions().items() if p != pid}
        )

    def kill_agent(self) -> None:
        """Kill an agent without a signal that it can catch, and start it again."""
        self._agent("agent killed", signal.SIGKILL)

    def restart_agent(self) -> None:
        """End an agent as Kubernetes does, and start it again."""
        self._agent("agent restarted", signal.SIGTERM)

    def hang_agent(self) -> None:
        """Stop an agent's process for some seconds."""
        node = self._node()
        fault = self.injected.add("agent stopped", node)
        process = self._processes[node]
        process.send_signal(signal.SIGSTOP)
        time.sleep(5.0)
        process.send_signal(signal.SIGCONT)
        self._recovers(fault, self._pushes(node))

    def wrong_clock(self) -> None:
        """Run an agent with a clock that is wrong by a minute and a half."""
        node = self._node()
        skew = self._rng.choice(("90", "-90"))
        fault = self.injected.add("agent's clock skewed", node)
        self._end(node, signal.SIGTERM)
        at = next(n for n in self._stage.lab.facts.nodes if n.name == node)
        self._started(at, ("-m", "chaos.stage.skewed_agent", skew))
        time.sleep(8.0)
        self._end(node, signal.SIGTERM)
        self._started(at)
        self._recovers(fault, self._pushes(node))

    def hang_emulator(self) -> None:
        """Stop the emulator for seconds: no service of AWS answers."""
        fault = self.injected.add("emulator stopped", "emulator")
        os.kill(self._emulator, signal.SIGSTOP)
        time.sleep(self._rng.uniform(1.0, 4.0))
        os.kill(self._emulator, signal.SIGCONT)
        self._recovers(fault, self._answers)

    def restart_emulator(self) -> None:
        """End the emulator with its state on the disk, and start it again."""
        fault = self.injected.add("emulator restarted", "emulator")
        emulator = self._stage.emulator
        assert emulator  # noqa: S101 - the stage has started it
        emulator.stop(SAVES)
        emulator.start()
        self._recovers(fault, self._answers)

    def drop_network(self) -> None:
        """Drop all packets to the relay of the agents."""
        node = self._node()
        fault = self.injected.add("network dropped", node)
        with _dropped(f"tcp dport {self._agents.port}"):
            time.sleep(4.0)
        self._recovers(fault, self._pushes(node))

    def drop_kubernetes(self) -> None:
        """Drop all packets to the Kubernetes API."""
        node = self._node()
        fault = self.injected.add("Kubernetes API dropped", node)
        with _dropped("tcp dport 6443"):
            time.sleep(4.0)
        self._recovers(fault, self._pushes(node))

    def full_disk(self) -> None:
        """Fill the disk of the functions, and end one, which then cannot start."""
        fault = self.injected.add("disk full", "emulator")
        file = self._stage.folder / "emulator" / "full"
        with file.open("wb") as out, suppress(OSError):
            while True:
                out.write(bytes(1 << 20))
                out.flush()
        for pid in [*self._functions()][:2]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(6.0)
        file.unlink()
        self._recovers(fault, lambda: len(self._functions()) > 1)

    def _agent(self, kind: str, number: signal.Signals) -> None:
        node = self._node()
        fault = self.injected.add(kind, node)
        self._end(node, number)
        self._started(next(n for n in self._stage.lab.facts.nodes if n.name == node))
        self._recovers(fault, self._pushes(node))

    def _node(self) -> str:
        return self._rng.choice(sorted(self._processes))

    @property
    def _processes(self) -> dict[str, subprocess.Popen[bytes]]:
        assert self._stage.agents  # noqa: S101 - as above
        return self._stage.agents.processes

    def _started(self, node: object, program: tuple[str, ...] | None = None) -> None:
        given = (program,) if program else ()
        assert self._stage.agents  # noqa: S101 - as above
        self._stage.agents.start_one(node, *given)  # pyright: ignore[reportArgumentType] - one of the facts

    def _end(self, node: str, number: signal.Signals) -> None:
        process = self._processes[node]
        process.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
        process.kill()
        process.wait()

    def _pushes(self, node: str) -> Callable[[], bool]:
        """Return whether the journal has a newer heartbeat of a node."""
        before = self._beat(node)
        return lambda: self._beat(node) > before

    def _beat(self, node: str) -> float:
        cluster = self._stage.lab.facts.cluster
        beats = self._stage.journal.agents(cluster).heartbeats if cluster else ()
        times = [one.received_at.timestamp() for one in beats if one.node == node]
        return max(times, default=0.0)

    def _answers(self) -> bool:
        client("cloudformation").describe_stacks(StackName=STACK)
        return True

    @property
    def _emulator(self) -> int:
        emulator = self._stage.emulator
        assert emulator  # noqa: S101 - as above
        return emulator.pid

    def _functions(self) -> dict[int, str]:
        """Return the processes of functions, with the name of each."""
        found: dict[int, str] = {}
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                parts = (folder / "environ").read_bytes().split(b"\0")
                named = [p for p in parts if p.startswith(NAME)]
                if named:
                    found[int(folder.name)] = named[0].removeprefix(NAME).decode()
        return found

    def _recovers(self, fault: Fault, is_done: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with suppress(Exception):
                if is_done():
                    fault.recovered = time.monotonic() - fault.at
                    return
            time.sleep(0.5)


class _dropped:  # noqa: N801 - a `with` block
    """Drop packets for the length of a `with` block."""

    def __init__(self, match: str) -> None:
        self._match = match

    def __enter__(self) -> None:
        chain = "{ type filter hook output priority 0; }"
        for line in (
            f"add table inet {NFT}",
            f"add chain inet {NFT} out {chain}",
            f"add rule inet {NFT} out {self._match} drop",
        ):
            _nft(line)

    def __exit__(self, *_: object) -> None:
        _nft(f"delete table inet {NFT}")


def _nft(line: str) -> None:
    subprocess.run(["nft", line], check=True)  # noqa: S603, S607 - our own texts
