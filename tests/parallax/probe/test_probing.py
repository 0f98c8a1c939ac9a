"""An invocation of the probe: what it reads, writes and prints, also on a bad day."""

import importlib
import json
import socket
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from parallax.journal.dynamodb import DynamoJournal
from parallax.journal.observation import to_item
from parallax.journal.rounds import read_round
from parallax.metrics import Meter
from parallax.model.probe import ProbeRun
from parallax.model.target import Target
from parallax.model.target_metrics import TargetMetrics
from parallax.probe import Plan
from parallax.probe.fan_out import FanOut
from parallax.probe.probing import BUDGET, NO_QUEUE, RESERVED, Probing, seconds_left
from parallax.settings import Settings
from tests.parallax.probe.running import BAD, GOOD, running
from tests.parallax.requests import requests

PLAN = Plan(repeats=1, interval=0.02, seconds=1.0, shortest=0.05, resolvers=())
FAILING = "targets_failing"
START = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def targets_at(port: int, count: int, **more: Any) -> tuple[Target, ...]:
    """Return so many targets on loopback."""
    url = f"http://127.0.0.1:{port}/"
    return tuple(
        Target(
            name=f"shop-{number}",
            url=url,
            allow_private_addresses=True,
            timeout_seconds=2.0,
            **more,
        )
        for number in range(count)
    )


def probing(
    cloud: Any, targets: Sequence[Target], *, queue: str | None = None, **more: Any
) -> Probing:
    """Return a probe of these targets."""
    meter = Meter(TargetMetrics(more.pop("metrics", "none")))
    settings = Settings(
        function_name="probe",
        dead_letters_url=cloud.dead_letters,
        half_minute_queue_url=queue,
    )
    fields: dict[str, Any] = {
        "journal": DynamoJournal(cloud.journal),
        "plan": PLAN,
        "meter": meter,
        "fan_out": FanOut(settings, meter.of_not_invoked, lambda _: None),
        "load": lambda: tuple(targets),
    }
    return Probing(**(fields | more))


def runs_of(target: str, one: Probing, since: datetime) -> list[ProbeRun]:
    """Return the target's runs in the journal."""
    found = one.journal.recent(target, since)
    return [run for run in found if isinstance(run, ProbeRun)]


def printed(capsys: Any, name: str) -> list[float]:
    """Return the values of a metric on standard output."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [line[name][0] for line in lines if name in line]


def test_a_healthy_round_of_150_targets_is_one_read_and_one_write(
    cloud: Any, capsys: Any
) -> None:
    """The last round, and the next one; and one metric."""
    with running(GOOD) as (port,):
        one = probing(cloud, targets_at(port, 150))
        one.answer({}, 58.0)
        with requests() as counts:
            found = one.answer({}, 58.0)
    assert counts == {"GetItem": 1, "PutItem": 1}
    assert (found["probed"], found["failing"]) == (150, [])
    assert printed(capsys, "targets") == [150, 150]
    (run, again) = runs_of("shop-149", one, START)
    assert run.first.healthy
    assert again.first.peer_port == port


def test_a_failing_target_has_items_and_a_healthy_one_none(
    cloud: Any, capsys: Any
) -> None:
    """The first run and the investigation; the rest is in the round."""
    with running(GOOD, BAD) as (good, bad):
        failing = replace(targets_at(bad, 1)[0], name="bad")
        one = probing(cloud, (*targets_at(good, 1), failing))
        one.answer({"shard": 1, "of": 2}, 58.0)
        one.answer({"shard": 0, "of": 2}, 58.0)
        with requests() as counts:
            found = one.answer({}, 58.0)
    assert found["failing"] == ["bad"]
    # The number of shards changed, so all rounds are read once.
    assert counts == {"GetItem": 1, "PutItem": 3, "Query": 2}
    assert [len(run.probes) > 1 for run in runs_of("bad", one, START)] == [
        True,
        True,
    ]
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    failing_counts = [line["targets_failing"] for line in lines if FAILING in line]
    assert failing_counts == [[1], [1]]


def test_a_long_outage_writes_one_small_run_a_minute(cloud: Any) -> None:
    """It says that the failure is known; the investigation stays what is judged."""
    began = datetime.now(UTC)
    with running(BAD) as (port,):
        one = probing(cloud, targets_at(port, 1))
        one.answer({}, 58.0)
        age_failure(cloud, timedelta(minutes=40))
        with requests() as counts:
            one.answer({}, 58.0)
    assert counts == {"GetItem": 1, "PutItem": 2}
    full, still = runs_of("shop-0", one, began)
    assert len(full.probes) > 1
    assert (len(still.probes), still.still) == (1, True)
    item = to_item(still)
    assert (item["kind"], item["outcome"]) == ({"S": "run"}, {"S": "failing-still"})


def age_failure(cloud: Any, age: timedelta) -> None:
    """Store the only round again, as if its target had failed for so long."""
    key = {"pk": {"S": "#rounds"}, "sk": {"S": "0"}}
    found = cloud.client("dynamodb").get_item(TableName=cloud.journal, Key=key)
    stored = read_round(found["Item"])
    (known,) = stored.targets
    assert known.failure is not None
    failure = replace(known.failure, since=known.failure.since - age)
    aged = replace(stored, targets=(replace(known, failure=failure),))
    DynamoJournal(cloud.journal).record_round(aged)


def test_150_failing_targets_are_stored_over_several_connections(cloud: Any) -> None:
    """Each has its run, and the round names all of them."""
    with running(BAD) as (port,):
        one = probing(cloud, targets_at(port, 150))
        found = one.answer({}, 58.0)
    assert len(found["failing"]) == 150
    (run,) = runs_of("shop-77", one, START)
    assert len(run.probes) > 1


class Counting(DynamoJournal):
    """A journal that counts the failing runs instead of storing a thousand of them."""

    def __init__(self, table: str) -> None:
        super().__init__(table)
        self.recorded: Counter[str] = Counter()

    def record(self, observation: object) -> None:
        """Count a run."""
        assert isinstance(observation, ProbeRun)
        self.recorded[observation.target] += 1

    def addresses(self, target: str, since: datetime) -> tuple[str, ...]:
        """Return none: no load balancer was read."""
        del target, since
        return ()


def test_1000_targets_that_fail_at_once_each_have_their_run(cloud: Any) -> None:
    """In one invocation, far more than a shard has: none is lost or left out."""
    journal = Counting(cloud.journal)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        targets = targets_at(closed.getsockname()[1], 1000)
        one = probing(cloud, targets, journal=journal)
        found = one.answer({"shard": 0, "of": 1}, 58.0)
    assert len(found["failing"]) == 1000
    assert set(journal.recorded) == {target.name for target in targets}
    failing = [t for t in journal.last_round(0, 1).targets.values() if t.failure]
    assert len(failing) == 1000


class Hanging(DynamoJournal):
    """A journal whose table takes no run until the test ends."""

    def __init__(self, table: str, over: threading.Event) -> None:
        super().__init__(table)
        self.over = over

    def record(self, observation: object) -> None:
        """Hang."""
        del observation
        self.over.wait(30)


def test_a_shard_that_is_cut_off_keeps_its_round_and_its_metrics(
    cloud: Any, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Failing runs cannot be stored; the healthy ones are, and all are measured."""
    module = importlib.import_module("parallax.probe.watch")
    monkeypatch.setattr(module, "_GRACE", 0.0)
    monkeypatch.setattr(module, "_RESERVE", 0.2)
    over = threading.Event()
    journal = Hanging(cloud.journal, over)
    try:
        with running(GOOD, BAD) as (good, bad):
            failing = [replace(t, name=f"bad-{t.name}") for t in targets_at(bad, 20)]
            one = probing(
                cloud,
                (*targets_at(good, 20), *failing),
                metrics="success",
                journal=journal,
            )
            with pytest.raises(ExceptionGroup) as caught:
                one.answer({}, RESERVED + 1.5)
    finally:
        over.set()
    assert "20 targets: out of time" in f"{caught.value.exceptions}"
    assert len(printed(capsys, "probe_success")) == 40
    stored = DynamoJournal(cloud.journal).last_round(0, 1).targets
    assert sum(one.failure is None for one in stored.values()) == 20


def test_an_invocation_without_time_left_blames_no_target(
    cloud: Any, caplog: Any
) -> None:
    """Nothing is probed; what was known stays."""
    with running(GOOD) as (port,):
        one = probing(cloud, targets_at(port, 2))
        one.answer({}, 58.0)
        found = one.answer({}, 2.0)
    assert found["failing"] == []
    assert "targets were not probed" in caplog.text
    assert set(one.journal.last_round(0, 1).targets) == {"shop-0", "shop-1"}


def test_without_the_last_round_all_targets_are_probed(
    cloud: Any, caplog: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is read again before the next one is stored, so that nothing is lost."""
    journal = DynamoJournal(cloud.journal)
    real, failed = journal.last_round, list[bool]()

    def fail_once(shard: int, of: int) -> Any:
        """Fail the second time."""
        failed.append(len(failed) == 1)
        if failed[-1]:
            raise OSError("table away")
        return real(shard, of)

    monkeypatch.setattr(journal, "last_round", fail_once)
    with running(GOOD) as (port,):
        one = probing(cloud, targets_at(port, 1, interval=3600.0), journal=journal)
        assert one.answer({}, 58.0)["probed"] == 1
        assert one.answer({}, 58.0)["probed"] == 1
    assert "last round was not read" in caplog.text
    assert len(journal.recent("shop-0", START)) == 2


def at(minute: int) -> Callable[[], datetime]:
    """Return a clock that stands."""
    return lambda: START + timedelta(minutes=minute)


def test_a_target_that_is_not_due_keeps_what_is_known(cloud: Any) -> None:
    """One probe in an hour; the round has it in every minute."""
    with running(GOOD) as (port,):
        targets = targets_at(port, 1, interval=3600.0)
        first = probing(cloud, targets).answer({}, 58.0)
        probed = [
            probing(cloud, targets, now=at(minute)).answer({}, 58.0)["probed"]
            for minute in range(60)
        ]
    assert (first["probed"], sum(probed)) == (1, 1)
    assert DynamoJournal(cloud.journal).recent("shop-0", START)


def test_half_a_minute_later_only_the_fast_targets_are_probed(cloud: Any) -> None:
    """The message names the shard; the round keeps the times of the minute."""
    with running(GOOD) as (port,):
        (slow,) = targets_at(port, 1)
        fast = replace(slow, name="fast", interval=30.0)
        one = probing(cloud, (slow, fast), queue=cloud.inbox, now=at(0))
        assert one.answer({}, 58.0)["probed"] == 2
        event = {"shard": 0, "of": 1, "minute": 5, "half": True}
        later = replace(one, now=at(1))
        records = {"Records": [{"body": json.dumps(event)}]}
        assert later.answer(records, 58.0)["probed"] == 1
    last = one.journal.last_round(0, 1)
    assert last.started_at == START
    assert len(runs_of("fast", one, START)) == 2


def test_without_a_delay_queue_a_fast_target_is_probed_each_minute(
    cloud: Any, caplog: Any
) -> None:
    """The log names the parameter to set."""
    with running(GOOD) as (port,):
        one = probing(cloud, targets_at(port, 1, interval=30.0))
        assert one.answer({}, 58.0)["probed"] == 1
    assert NO_QUEUE in caplog.text


def test_a_further_shard_invokes_nothing(cloud: Any) -> None:
    """It probes its own targets, also if the number of targets changed meanwhile."""
    with running(GOOD) as (port,):
        one = probing(cloud, targets_at(port, 10))
        parts = [one.answer({"shard": k, "of": 3}, 58.0)["probed"] for k in range(3)]
    assert sum(parts) == 10
    assert cloud.messages(cloud.dead_letters) == []


def test_shards_that_cannot_be_invoked_cost_only_themselves(
    cloud: Any, capsys: Any
) -> None:
    """The first one is probed; letters, the metric and the summary name the others."""
    with running(GOOD) as (port,):
        one = probing(cloud, targets_at(port, 160))
        found = one.answer({}, 58.0)
    assert found["shards_not_invoked"] == 1
    assert 0 < found["probed"] < 160
    assert printed(capsys, "shards_not_invoked") == [1]
    assert len(cloud.messages(cloud.dead_letters)) == 1


def test_an_invocation_uses_the_time_that_lambda_leaves_it() -> None:
    """Without a context, as in a local call, it has a whole budget."""

    class Context:
        """The part of Lambda's context that counts."""

        def get_remaining_time_in_millis(self) -> int:
            """Return less than a minute."""
            return 31_000

    assert seconds_left(Context()) == 31.0
    assert seconds_left(None) == BUDGET + RESERVED
