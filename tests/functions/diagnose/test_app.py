"""Diagnose: from the journal's stream to incidents, on the emulator's tables."""

import base64
import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from parallax.incidents.table import DynamoIncidents
from parallax.journal.dynamodb import DynamoJournal
from parallax.journal.observation import to_item
from parallax.model.finding import Incident, State
from parallax.model.packed import pack
from parallax.model.probe import Probe, ProbeRun, Role
from parallax.model.round import Round, TargetRound
from parallax.notify.routes import message
from parallax.settings import SOURCE
from parallax.snapshots.download import download, fetch
from parallax.targets import TargetsError
from parallax.targets.shard import is_hour_of
from tests.parallax import scenarios as s
from tests.parallax.counted import counted
from tests.parallax.rendered import mail_of
from tests.parallax.sent_finding import FINDING
from tests.parallax.throttle import throttled

NUMBERS = count(1)
DONE = {"batchItemFailures": []}
TARGETS = """targets:
  - name: front
    url: https://front.example/
  - name: api
    url: https://api.example/
"""


def run(target: str, seconds_ago: float) -> ProbeRun:
    """Make a failing run, an investigation."""
    at = datetime.now(UTC) - timedelta(seconds=seconds_ago)
    probes = tuple(
        Probe(
            role=role,
            request_id=f"{target}-{seconds_ago}-{role}",
            url=f"https://{target}.example/",
            started_at=at,
            healthy=False,
            duration=0.1,
            status_code=503,
        )
        for role in (Role.FIRST, Role.REPEAT)
    )
    return ProbeRun(target=target, started_at=at, probes=probes)


def record(observation: ProbeRun) -> dict[str, Any]:
    """Make the stream's record of an observation."""
    image = to_item(observation)
    image["payload"] = {"B": base64.b64encode(image["payload"]["B"]).decode()}
    change = {"NewImage": image, "SequenceNumber": f"{next(NUMBERS)}"}
    return {"eventName": "INSERT", "dynamodb": change}


def app(load: Any, cloud: Any, tmp_path: Path, **places: str) -> Any:
    """Load diagnose with a test's own places and two targets."""
    file = tmp_path / "targets.yaml"
    file.write_text(TARGETS)
    found = {
        "TARGETS": file,
        "JOURNAL_TABLE": cloud.journal,
        "INCIDENTS_TABLE": cloud.incidents,
        "DEAD_LETTERS_URL": cloud.dead_letters,
        "EVIDENCE_SECONDS": "5",
    }
    return load("diagnose", **(found | places))


def test_failing_runs_become_a_firing_incident(
    load: Any, cloud: Any, tmp_path: Path
) -> None:
    """Each target of the batch is judged; an unknown one is skipped."""
    runs = [run("front", 90), run("front", 30), run("api", 30), run("gone", 30)]
    for observation in runs:
        DynamoJournal(cloud.journal).record(observation)
    answer = app(load, cloud, tmp_path).handler(
        {"Records": [record(observation) for observation in runs]}, None
    )
    assert answer == DONE
    assert set(DynamoIncidents(cloud.incidents).unresolved()) == {"front", "api"}
    incident = DynamoIncidents(cloud.incidents).get("front")
    assert incident is not None
    assert incident.state is State.FIRING
    assert incident.finding is not None
    assert incident.finding.snapshot is not None


def judged(load: Any, cloud: Any, tmp_path: Path, bucket: str) -> Any:
    """Judge a failing target with a bucket; return its finding."""
    runs = [run("front", 90), run("front", 30)]
    for observation in runs:
        DynamoJournal(cloud.journal).record(observation)
    diagnose = app(load, cloud, tmp_path, SNAPSHOT_BUCKET=bucket)
    batch = {"Records": [record(observation) for observation in runs]}
    assert diagnose.handler(batch, None) == DONE
    incident = DynamoIncidents(cloud.incidents).get("front")
    assert incident is not None
    assert incident.state is State.FIRING
    assert incident.finding is not None
    assert incident.finding.snapshot is None
    return incident.finding


def test_a_finding_refers_to_its_snapshot_in_the_bucket(
    load: Any, cloud: Any, tmp_path: Path, bucket: str
) -> None:
    """The same function judges the stored object again, by hand."""
    found = judged(load, cloud, tmp_path, bucket)
    document = json.loads(gzip.decompress(download(found.snapshot_ref.url)))
    answer = app(load, cloud, tmp_path).handler({"snapshot": document}, None)
    assert answer["cause"] == found.cause
    snapshot = fetch(found.snapshot_ref)
    assert snapshot.run is not None
    assert found.request_id == snapshot.run.first.request_id


def test_s3_that_fails_holds_back_no_finding(
    load: Any, cloud: Any, tmp_path: Path, bucket: str
) -> None:
    """It goes out in the same invocation, and says that its snapshot is missing."""
    found = judged(load, cloud, tmp_path, f"{bucket}-gone")
    assert found.snapshot_ref is None
    assert found.snapshot_problem.startswith("The snapshot was not stored: S3 rejected")
    data = json.loads(message(found, SOURCE)[0])["data"]
    assert data["snapshot_problem"] == found.snapshot_problem
    assert found.snapshot_problem in " ".join(mail_of(found).body.split())


def test_an_unreadable_record_is_buried(load: Any, cloud: Any, tmp_path: Path) -> None:
    """The other target of the batch is judged all the same."""
    good = run("front", 30)
    DynamoJournal(cloud.journal).record(good)
    broken = record(run("api", 30))
    broken["dynamodb"]["NewImage"]["payload"] = {"B": "AAAA"}
    answer = app(load, cloud, tmp_path).handler(
        {"Records": [broken, record(good)]}, None
    )
    assert answer == DONE
    assert DynamoIncidents(cloud.incidents).unresolved() == ("front",)
    (letter,) = cloud.messages(cloud.dead_letters)
    assert "api" in letter


def test_an_unreadable_incident_leaves_no_target_unwatched(
    load: Any, cloud: Any, tmp_path: Path
) -> None:
    """It is buried once and replaced; neither its target nor another waits."""
    cloud.client("dynamodb").put_item(
        TableName=cloud.incidents, Item={"pk": {"S": "front"}, "payload": {"B": b"x"}}
    )
    runs = [run("front", 90), run("front", 30), run("api", 30)]
    for observation in runs:
        DynamoJournal(cloud.journal).record(observation)
    batch = {"Records": [record(observation) for observation in runs]}
    diagnose = app(load, cloud, tmp_path)
    assert diagnose.handler(batch, None) == DONE
    assert set(DynamoIncidents(cloud.incidents).unresolved()) == {"front", "api"}
    diagnose.handler(batch, None)
    (letter,) = cloud.messages(cloud.dead_letters)
    assert json.loads(letter)["record"]["item"]["payload"] == {"B": "eA=="}
    assert "front: " in json.loads(letter)["reason"]
    incident = DynamoIncidents(cloud.incidents).get("front")
    assert incident is not None
    assert incident.state is State.FIRING


def test_a_wrong_targets_file_loses_no_record(
    load: Any, cloud: Any, tmp_path: Path
) -> None:
    """The batch fails with file and line, and is retried; nothing is buried."""
    file = tmp_path / "wrong.yaml"
    file.write_text(TARGETS.replace("https://api", "api"))
    diagnose = app(load, cloud, tmp_path, TARGETS=str(file))
    broken = record(run("api", 30))
    broken["dynamodb"]["NewImage"]["payload"] = {"B": "AAAA"}
    with pytest.raises(TargetsError, match=r"wrong\.yaml:5:10: .*url"):
        diagnose.handler({"Records": [broken]}, None)
    assert cloud.messages(cloud.dead_letters) == []


def test_the_hourly_sweep_ends_the_incident_of_a_target_taken_out(
    load: Any, cloud: Any, tmp_path: Path
) -> None:
    """A target that is still in the file keeps its incident."""
    runs = [run("front", 90), run("front", 30), run("api", 30)]
    for observation in runs:
        DynamoJournal(cloud.journal).record(observation)
    diagnose = app(load, cloud, tmp_path)
    diagnose.handler({"Records": [record(one) for one in runs]}, None)
    left = TARGETS[: TARGETS.index("  - name: api")].replace("front", "web")
    (tmp_path / "targets.yaml").write_text(
        left + TARGETS[TARGETS.index("  - name: api") :]
    )
    assert diagnose.handler({"sweep": True}, None) == {"ended": ["front"]}
    table = DynamoIncidents(cloud.incidents)
    gone, kept = table.get("front"), table.get("api")
    assert gone is not None
    assert kept is not None
    assert (gone.state, kept.state) == (State.RESOLVED, State.FIRING)


def test_the_hourly_sweep_shrinks_incidents_that_ended(
    load: Any, cloud: Any, tmp_path: Path
) -> None:
    """An hour later their last finding is gone from the table."""
    table = DynamoIncidents(cloud.incidents)
    then = datetime.now(UTC) - timedelta(hours=2)
    over = Incident(
        id="front-0",
        subject="front",
        state=State.RESOLVED,
        since=then,
        changed_at=then,
        cause="pods-not-ready",
        finding=replace(FINDING, snapshot=s.wrong_port()),
    )
    table.put(over)
    assert app(load, cloud, tmp_path).handler({"sweep": True}, None) == {"ended": []}
    shrunk = table.get("front")
    assert shrunk is not None
    assert (shrunk.id, shrunk.finding, shrunk.version) == ("front-0", None, 2)


def test_only_the_records_of_the_failing_target_are_retried(
    load: Any, cloud: Any, tmp_path: Path
) -> None:
    """Its first record is the checkpoint; the other target is judged already."""
    runs = [run("api", 90), run("front", 90), run("front", 30), run("api", 30)]
    for observation in runs:
        DynamoJournal(cloud.journal).record(observation)
    batch = [record(observation) for observation in runs]
    diagnose = app(load, cloud, tmp_path)
    with throttled("PutItem", of='"front"'):
        answer = diagnose.handler({"Records": batch}, None)
    numbers = [one["dynamodb"]["SequenceNumber"] for one in batch[1:3]]
    assert answer == {"batchItemFailures": [{"itemIdentifier": n} for n in numbers]}
    assert DynamoIncidents(cloud.incidents).unresolved() == ("api",)
    assert diagnose.handler({"Records": batch[1:]}, None) == DONE
    assert set(DynamoIncidents(cloud.incidents).unresolved()) == {"front", "api"}
    assert cloud.messages(cloud.dead_letters) == []


def test_a_minute_without_incident_reads_no_incident(
    load: Any, cloud: Any, tmp_path: Path
) -> None:
    """A healthy round costs one query of the open incidents, and judges no target."""
    now = datetime.now(UTC)
    minutes = (now, now + timedelta(minutes=1))
    names = (f"t{number}" for number in range(99))
    name = next(n for n in names if not any(is_hour_of(n, at) for at in minutes))
    healthy = Round(
        shard=0,
        of=1,
        started_at=now,
        ended_at=now,
        targets=(TargetRound(target=name),),
    )
    image: dict[str, Any] = {"kind": {"S": "round"}}
    image["payload"] = {"B": base64.b64encode(pack(healthy)).decode()}
    change = {"NewImage": image, "SequenceNumber": f"{next(NUMBERS)}"}
    diagnose = app(load, cloud, tmp_path)
    (tmp_path / "targets.yaml").write_text(TARGETS.replace("front", name))
    with counted() as calls:
        event = {"Records": [{"eventName": "MODIFY", "dynamodb": change}]}
        assert diagnose.handler(event, None) == DONE
    assert calls["Query", cloud.incidents] == 1
    assert ("GetItem", cloud.incidents) not in calls


def test_listening_finds_agents_that_stopped(
    load: Any, cloud: Any, tmp_path: Path
) -> None:
    """Two agents sent heartbeats; one ended; no push and no probe is needed."""
    table = cloud.client("dynamodb")
    for node, seconds_ago in (("n1", 10), ("n2", 100)):
        at = datetime.now(UTC) - timedelta(seconds=seconds_ago)
        table.put_item(
            TableName=cloud.journal,
            Item={
                "pk": {"S": "cluster#k"},
                "sk": {"S": f"heartbeat#{node}"},
                "kind": {"S": "heartbeat"},
                "received_at": {"S": at.isoformat()},
                "interval": {"N": "60"},
            },
        )
    diagnose = app(load, cloud, tmp_path)
    file = tmp_path / "targets.yaml"
    file.write_text(TARGETS + "    reached: {cluster: k}\n")
    assert diagnose.handler({"listen": True}, None) == {"moved": ["k/agent"]}
    incident = DynamoIncidents(cloud.incidents).get("k/agent")
    assert incident is not None
    assert (incident.state, incident.cause) == (State.PENDING, "agent-silent")
