"""`parallax judge`: a saved snapshot judged again, in every form it is saved in."""

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from parallax.cli import app
from parallax.diagnose.judge import judge
from parallax.model.finding import Finding
from parallax.model.judgement import (
    Answer,
    Assessment,
    Class,
    Constancy,
    Difference,
    Hop,
    HopSeen,
    HopState,
    Judgement,
    NextStep,
    Symptom,
    View,
)
from parallax.model.packed import pack
from parallax.model.snapshot import Snapshot
from parallax.model.stored_snapshot import stored
from parallax.model.target import Target
from parallax.model.wire import encode
from parallax.notify.routes import message
from parallax.settings import SOURCE
from parallax.snapshots.bucket import Bucket
from parallax.story.incident import advance
from parallax.story.rules import Rules
from tests.parallax import scenarios as s

SNAPSHOT = Snapshot(
    target=Target(name="api", url="https://api.example.org/"),
    taken_at=datetime(2026, 11, 23, 12, tzinfo=UTC),
)


def asked(*arguments: str, given: bytes | None = None) -> tuple[int, str, str]:
    """Run the command; return exit status, standard output and error."""
    result = CliRunner().invoke(app, ["judge", *arguments], input=given)
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize(
    "wrapped",
    [
        encode(SNAPSHOT),
        {"snapshot": encode(SNAPSHOT)},
        {"data": {"target": "api", "snapshot": encode(SNAPSHOT)}},
    ],
    ids=["bare", "event", "CloudEvent"],
)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_takes_a_snapshot_in_every_form(
    wrapped: dict[str, Any],
    packed: bool,  # noqa: FBT001 - pytest hands it over by name
    tmp_path: Path,
) -> None:
    """The judgement comes out by its wire names."""
    raw = json.dumps(wrapped).encode()
    file = tmp_path / "snapshot.json"
    file.write_bytes(gzip.compress(raw) if packed else raw)
    exit_code, out, err = asked("--json", str(file))
    assert exit_code == 0, err
    judgement = json.loads(out)
    assert {"symptom", "cause", "assessments", "path"} <= set(judgement)


def test_takes_the_form_in_which_s3_stores_a_snapshot(tmp_path: Path) -> None:
    """A downloaded object keeps its name, and with it the hash of its bytes."""
    raw = pack(stored(s.wrong_port()))
    file = tmp_path / f"{sha256(raw).hexdigest()}.json.gz"
    file.write_bytes(raw)
    exit_code, out, err = asked("--json", str(file))
    assert exit_code == 0, err
    assert json.loads(out)["cause"] == "lb-health-check-wrong-port"
    file.write_bytes(pack(stored(s.healthy())))
    exit_code, out, err = asked(str(file))
    assert (exit_code, out) == (2, "")
    assert "damaged or replaced: its SHA-256 is" in err


def event(cloud_finding: Finding) -> bytes:
    """Return the message of the findings queue."""
    return message(cloud_finding, SOURCE)[0].encode()


def finding() -> Finding:
    """Return the finding of a failing target."""
    snapshot = s.wrong_port()
    incident = advance(None, judge(snapshot), snapshot, rules=Rules())
    assert incident is not None
    assert incident.finding is not None
    return incident.finding


def test_takes_an_event_with_a_snapshot_or_with_a_reference(bucket: str) -> None:
    """Both give the same judgement, and so does the address alone."""
    reference = Bucket(bucket).save(s.wrong_port())
    short = replace(finding(), snapshot=None, snapshot_ref=reference)
    answers = [
        asked("--json", "-", given=event(finding())),
        asked("--json", "-", given=event(short)),
        asked("--json", "-", given=json.dumps({"finding": encode(short)}).encode()),
        asked("--json", reference.url),
    ]
    assert [code for code, _, _ in answers] == [0, 0, 0, 0], answers
    assert len({out for _, out, _ in answers}) == 1
    assert "lb-health-check-wrong-port" in answers[0][1]


def test_an_object_that_is_not_the_event_s_own_is_refused(bucket: str) -> None:
    """The hash of the event decides, not the one in the name."""
    reference = Bucket(bucket).save(s.wrong_port())
    wrong = replace(reference, sha256="0" * 64)
    given = event(replace(finding(), snapshot=None, snapshot_ref=wrong))
    exit_code, out, err = asked("-", given=given)
    assert (exit_code, out) == (2, "")
    assert f"parallax: {reference.url}: damaged or replaced" in err


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("s3://{bucket}/snapshots/gone", "it does not exist. Snapshots expire after"),
        ("s3://{bucket}-gone/snapshots/a", "the bucket does not exist"),
        ("s3://{bucket}", "not an address; expected s3://<bucket>/<key>"),
    ],
)
def test_an_address_that_leads_nowhere_is_refused_with_the_reason(
    bucket: str, address: str, reason: str
) -> None:
    """Exit 2 and a sentence, never a traceback."""
    exit_code, out, err = asked(address.format(bucket=bucket))
    assert (exit_code, out) == (2, "")
    assert reason in err


def test_an_event_without_its_snapshot_states_why() -> None:
    """The reason is the one that the finding carries."""
    problem = "The snapshot was not stored: S3 did not respond within 3 seconds."
    given = event(replace(finding(), snapshot=None, snapshot_problem=problem))
    exit_code, out, err = asked("-", given=given)
    assert (exit_code, out) == (2, "")
    assert f"contains no snapshot: {problem}" in err


def test_a_wrong_reference_is_named() -> None:
    """The error names the field."""
    given = json.dumps({"data": {"snapshot_ref": {"url": "s3://b/k"}}}).encode()
    exit_code, _, err = asked("-", given=given)
    assert exit_code == 2
    assert "snapshot_ref: sha256" in err


def test_reads_standard_input_and_prints_for_people() -> None:
    """A dash takes what was piped in; the sections are there."""
    exit_code, out, err = asked("-", given=json.dumps(encode(SNAPSHOT)).encode())
    assert exit_code == 0, err
    assert "api" in out
    assert "Causes" in out


@pytest.mark.parametrize("version", ["io.parallax.snapshot.v9", 2, None])
def test_an_unknown_schema_version_is_refused_by_name(version: object) -> None:
    """A snapshot of another version may mean other things by the same names."""
    saved = encode(SNAPSHOT) | {"schema": version}
    exit_code, out, err = asked("-", given=json.dumps({"snapshot": saved}).encode())
    assert (exit_code, out) == (2, "")
    assert f"unknown snapshot schema {version}; expected io.parallax" in err


def test_a_stored_form_without_its_reading_is_refused() -> None:
    """A damaged document is not judged as if no reading existed."""
    damaged = encode(stored(s.wrong_port())) | {"readings": []}
    exit_code, out, err = asked("-", given=json.dumps(damaged).encode())
    assert (exit_code, out) == (2, "")
    assert "not a valid snapshot: a reading of the stored snapshot is missing" in err


@pytest.mark.parametrize(
    "given",
    [
        b"",
        b"no json",
        b"[1, 2]",
        b'{"snapshot": 3}',
        b'{"target": {}, "taken_at": "when"}',
        b"\x1f\x8bbroken",
        b"[" * 100_000,
    ],
)
def test_a_bad_file_is_refused_with_what_was_expected(given: bytes) -> None:
    """Exit 2 and a sentence, never a traceback."""
    exit_code, out, err = asked("-", given=given)
    assert (exit_code, out) == (2, "")
    assert err.startswith("parallax: standard input: ")


def test_wrong_fields_are_named() -> None:
    """The error names the wrong field."""
    broken = encode(SNAPSHOT) | {"taken_at": "yesterday"}
    _, _, err = asked("-", given=json.dumps(broken).encode())
    assert "taken_at" in err


def test_the_view_holds_path_answers_and_next_steps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every part of a judgement is on the screen."""
    judgement = Judgement(
        symptom=Symptom(
            external=View.FAILING,
            internal=View.HEALTHY,
            difference=Difference.EXTERNAL_ONLY,
            constancy=Constancy.CONSTANT,
            trend_text="504 became 503: progress",
            summary="503 from the internet, 200 inside",
        ),
        class_=Class.LOAD_BALANCER,
        hop=Hop.LOAD_BALANCER,
        cause="lb-no-healthy-target",
        title="No target is healthy",
        settling="a rollout is under way",
        complete=False,
        assessments=(
            Assessment(
                cause="lb-no-healthy-target",
                answer=Answer.SUPPORTED,
                evidence=("5 of 5 targets are unhealthy",),
                missing=("the agent's view",),
            ),
        ),
        path=(HopSeen(hop=Hop.POD, state=HopState.OK, seen="200 from 5 of 5"),),
        next_steps=(
            NextStep(text="Correct the port", command="hcloud ..."),
            NextStep(text="Move the service", alternative=True),
            NextStep(text="Look again"),
        ),
    )
    monkeypatch.setattr("parallax.diagnose.judge.judge", lambda _: judgement)
    exit_code, out, err = asked("-", given=json.dumps(encode(SNAPSHOT)).encode())
    assert exit_code == 0, err
    for part in (
        "503 from the internet, 200 inside",
        "lb-no-healthy-target at load-balancer: No target is healthy",
        "progress",
        "rollout",
        "not every source",
        "200 from 5 of 5",
        "5 of 5 targets are unhealthy",
        "missing: the agent's view",
        "hcloud ...",
        " or  Move the service",
        "  2. Look again",
    ):
        assert part in out
