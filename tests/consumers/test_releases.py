"""Programs that read what an earlier release emitted still read it, and today's too."""

import base64
import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from jsonschema import Draft202012Validator

from parallax.cli.saved_snapshot import find_snapshot
from parallax.diagnose.judge import judge
from parallax.incidents.advice import from_image
from parallax.ingest.contents import contents
from parallax.ingest.heartbeat import heartbeat_push, is_only_heartbeat
from parallax.model.advice import AdviceRecord
from parallax.model.finding import Incident
from parallax.model.push import SCHEMA_V2
from parallax.model.stored_snapshot import decode_snapshot
from parallax.routes.notice import notice_of
from tests.consumers import emitted
from tests.consumers.consumer import ticket
from tests.consumers.freeze import API, FOLDER, UNRELEASED, _code, main, schemas
from tests.parallax.sent_finding import NOON
from tools.interfaces.breaking import breaking
from tools.interfaces.promise import opened

RELEASES = sorted(path.parent.name for path in FOLDER.glob("*/schemas"))
CAUSES = {
    "0.1.0": ["dns-stale-address", "lb-health-check-wrong-port", "pods-not-ready"],
    UNRELEASED: ["lb-health-check-wrong-port", "pods-not-ready"],
}
"""The cause of each frozen snapshot."""
TODAY = {
    "finding.v1": emitted.findings,
    "advice.v1": emitted.advice,
    "alert.v1": emitted.alerts,
    "snapshot.v1": emitted.plain_snapshots,
    "snapshot.v2": emitted.snapshots,
}
FROZEN = [
    (version, path.name.removesuffix(".schema.json"))
    for version in RELEASES
    for path in sorted((FOLDER / version / "schemas").glob("*.schema.json"))
]


def interfaces(name: str) -> list[str]:
    """Return the releases that described an interface."""
    return [v for v in RELEASES if (FOLDER / v / "schemas" / name).exists()]


def described(version: str, name: str) -> tuple[Any, Any]:
    """Return the description of an interface then and now."""
    then = (FOLDER / version / "schemas" / name).read_text()
    return json.loads(then), json.loads((API / name).read_text())


def rows(version: str, name: str) -> list[Any]:
    """Return the lines of a frozen file; none if the release has no such file."""
    path = FOLDER / version / f"{name}.jsonl"
    return [*map(json.loads, path.read_text().splitlines())] if path.exists() else []


def frozen(version: str, name: str) -> dict[str, Any]:
    """Return a schema as a release had it."""
    path = FOLDER / version / f"schemas/{name}.schema.json"
    return json.loads(path.read_text())


def test_the_last_release_is_frozen() -> None:
    """Each version of the changelog has its folder, and what comes next."""
    lines = Path("CHANGELOG.md").read_text().splitlines()
    heads = [line[4:].partition("]")[0] for line in lines if line.startswith("## [")]
    assert {UNRELEASED, *heads} - {"Unreleased"} == set(RELEASES)


@pytest.mark.parametrize("version", RELEASES)
def test_the_consumer_reads_the_release_s_events(version: str) -> None:
    """And makes of each exactly what it made then."""
    events = [*rows(version, "findings"), *rows(version, "advice")]
    made = [json.loads(json.dumps(ticket(event))) for event in events]
    assert made == rows(version, "tickets")


@pytest.mark.parametrize("version", RELEASES)
def test_the_release_s_snapshots_are_judged_today(version: str) -> None:
    """With the cause that the release named, also from a finding that contains one."""
    judged = [judge(decode_snapshot(one)).cause for one in rows(version, "snapshots")]
    assert judged == CAUSES[version]
    contained = [find_snapshot(event) for event in rows(version, "findings")]
    (snapshot,) = filter(None, contained)
    assert judge(decode_snapshot(snapshot)).cause == "lb-health-check-wrong-port"


@pytest.mark.parametrize("version", RELEASES)
def test_the_release_s_pushes_are_accepted_today(version: str) -> None:
    """Each report, reading and heartbeat of its agents."""
    pushes = rows(version, "pushes")
    assert pushes
    for push in pushes:
        if push["schema"] == SCHEMA_V2:
            assert heartbeat_push(push).node == push["k8s.node.name"]
        if is_only_heartbeat(push):
            continue
        read, refused = contents({k: v for k, v in push.items() if k != "heartbeat"})
        assert not refused
        assert len(read.reports) == len(push["reports"])
        assert len(read.readings) == len(push.get("readings", ()))


def test_the_items_of_the_release_s_tables_are_read_today() -> None:
    """An open incident and standing advice survive the update of a stack."""
    items = [
        {
            name: {t: base64.b64decode(v) if t == "B" else v for t, v in typed.items()}
            for name, typed in item.items()
        }
        for item in rows("0.1.0", "items")
    ]
    incident, advice = map(from_image, items)
    assert isinstance(incident, Incident)
    assert incident.finding is not None
    assert incident.cause == "pods-not-ready"
    assert isinstance(advice, AdviceRecord)
    assert [standing.published for standing in advice.standing] == [True]


@pytest.mark.parametrize("version", [v for v in RELEASES if rows(v, "alerts")])
def test_the_release_s_alerts_are_sent_to_receivers_today(version: str) -> None:
    """They may wait in the routes' queue while a stack is updated."""
    for event in rows(version, "alerts"):
        assert notice_of(json.dumps(event), NOON).group == event["data"]["group"]


def test_the_consumer_reads_today_s_events() -> None:
    """It was written for the first release."""
    causes = {ticket(event)["cause"] for event in emitted.findings()}
    assert len(causes) > 20
    assert {ticket(event)["advice"] for event in emitted.advice()}


@pytest.mark.parametrize(("version", "name"), FROZEN)
def test_today_s_output_is_valid_by_the_release_s_schema(
    version: str, name: str
) -> None:
    """Apart from new words in the lists that are open by promise."""
    validator = Draft202012Validator(opened(frozen(version, name)))
    for document in TODAY.get(name, list)():
        validator.validate(document)


@pytest.mark.parametrize(("version", "name"), FROZEN)
def test_no_change_of_a_schema_breaks_a_reader(version: str, name: str) -> None:
    """Also one that no recorded event shows; of a push, `ingest` is the reader.

    A change on purpose of what was never released needs `python -m
    tests.consumers.freeze unreleased`; of what was released, a new version of the type.
    """
    then, now = frozen(version, name), schemas()[name]
    if name == "push.v1":
        assert breaking(now, then, may_lack=True) == []
    else:
        assert breaking(opened(then), now) == []


@pytest.mark.parametrize("version", interfaces("mcp-tools.json"))
def test_no_change_of_a_tool_breaks_an_assistant(version: str) -> None:
    """Each tool is still there, accepts the same arguments, returns the same fields."""
    then, now = described(version, "mcp-tools.json")
    tools = {tool["name"]: tool for tool in now["tools"]}
    for old in then["tools"]:
        new = tools[old["name"]]
        assert breaking(new["inputSchema"], old["inputSchema"], may_lack=True) == []
        assert breaking(old["outputSchema"], new["outputSchema"]) == []
    uris = {one["uri"] for one in now["resources"]}
    assert {one["uri"] for one in then["resources"]} <= uris


@pytest.mark.parametrize("version", interfaces("openapi.json"))
def test_no_change_of_a_response_breaks_an_agent(version: str) -> None:
    """Each status and each field of a response is still there."""
    then, now = described(version, "openapi.json")
    for path, methods in then["paths"].items():
        for method, operation in methods.items():
            statuses = now["paths"][path][method]["responses"]
            for code, response in operation["responses"].items():
                assert statuses[code]["x-keep-the-push"] == response["x-keep-the-push"]
    for name in ("Rejection", "StoredV1", "StoredV2"):
        old, new = (d["components"]["schemas"][name] for d in (then, now))
        assert breaking(old, new) == []


def test_freezing_does_not_write_over_a_release() -> None:
    """A released version stays as it is."""
    with pytest.raises(SystemExit, match="stays as it is"):
        main("0.1.0")


def test_a_release_has_the_code_of_its_functions(tmp_path: Path) -> None:
    """A rollback to it is tested with this code."""
    _code(tmp_path / "code.zip")
    names = ZipFile(tmp_path / "code.zip").namelist()
    assert {"app_diagnose.py", "app_notify.py", "parallax/model/wire.py"} <= {*names}
