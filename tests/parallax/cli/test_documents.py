"""The JSON of every command fits its schema, and the written schemas are current."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from typer.main import get_command
from typer.testing import CliRunner

from parallax.cli import app
from parallax.cli.documents import VERSION, schemas
from parallax.model.wire import encode
from tests.conftest import Cloud
from tests.parallax import scenarios
from tests.parallax.cli.served import Server, serving
from tests.parallax.cli.test_incident_commands import name  # noqa: F401 - a fixture
from tests.parallax.cli.test_redrive import (  # noqa: F401 - fixtures
    ASIDE,
    invoked,
    put,
    stack_name,
)

ROOT = Path(__file__).parents[3]
CAPTURE = ROOT / "tests/captures/haproxy/503_all_servers_down.http"
RECORDED = ROOT / "events/diagnose/lb-health-check-wrong-port.json"
FAST = "--allow-private --timeout 2"
OFFLINE = [
    f"attribute {CAPTURE}",
    f"judge {RECORDED}",
    "judge {healthy}",
    f"mail {RECORDED}",
    "causes",
    "causes lb-no-target",
    f"targets {ROOT}/targets.yaml",
    "targets {targets}",
    "cost",
    "cost --targets 500 --nodes 100 --failing 1 --region us-east-1",
    f"probe {FAST} {{url}}/",
    f"probe {FAST} {{url}}/evil",
    f"probe {FAST} http://127.0.0.1:1/",
    f"investigate {FAST} --pause 0.1 {{url}}/go",
]
TARGETS = """\
targets:
  - name: shop
    url: https://shop.example/?token=s3cret&a=b
    healthy: {status_codes: [200, 204], body_contains: fine}
    reached: {load_balancer: shop-lb, cluster: production, cdn: true}
    enabled: false
    interval: 5m
    severity: warning
    labels: {team: shop}
    runbook: https://wiki.example/shop
    maintenance:
      - {starts_at: 2026-01-01T00:00:00Z, ends_at: 2026-01-02T00:00:00Z, reason: move}
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Serve for all tests."""
    with serving() as made:
        yield made


def document(*words: str) -> Any:
    """Return what a command prints with `--json`, which fits its schema."""
    result = CliRunner().invoke(app, [*words, "--json"])
    assert result.stdout, result.stderr
    made = json.loads(result.stdout)
    Draft202012Validator(schemas()[words[0]]).validate(made)
    return made


@pytest.mark.parametrize("words", OFFLINE)
def test_its_json_fits_the_schema(words: str, server: Server, tmp_path: Path) -> None:
    """Of each command that needs no stack."""
    targets, healthy = tmp_path / "targets.yaml", tmp_path / "healthy.json"
    targets.write_text(TARGETS)
    healthy.write_text(json.dumps(encode(scenarios.healthy())))
    places = {"url": server.url(""), "targets": targets, "healthy": healthy}
    assert document(*words.format(**places).split())


def test_the_json_about_a_stack_fits_the_schema(name: str) -> None:  # noqa: F811
    """Before and after somebody acknowledges and mutes."""
    at = ("--stack", name)
    assert document("incidents", *at)["incidents"][0]["mute"] is None
    done = document("ack", "e356", "--by", "Ana", *at)
    assert done["acknowledged"]["by"] == "Ana"
    muted = document("mute", "front", "--for", "1h", "--reason", "move", *at)
    assert (muted["subject"], muted["mute"]["reason"]) == ("front", "move")
    assert "has other targets" in muted["notes"][0]
    assert document("mute", "e356", "--for", "1h", *at)["notes"] == []
    assert document("incidents", *at)["incidents"][0]["mute"]["by"]
    assert document("show", "e356", *at)["finding"]["cause"]
    assert document("unmute", "front", *at) == {
        "subject": "front",
        "mute": None,
        "notes": [],
    }
    undone = document("ack", "e356", "--withdraw", *at)
    assert undone["acknowledged"] is None


def test_the_json_of_dead_letters_fits_the_schema(
    cloud: Cloud,
    stack_name: str,  # noqa: F811 - the fixture
    invoked: list[str],  # noqa: F811 - the fixture
) -> None:
    """With a letter that was replayed, and with none."""
    put(cloud, ASIDE)
    made = document("redrive", "--stack", stack_name)
    assert (made["total"], invoked) == ({"replayed": 1}, ["parallax-notify"])
    assert document("redrive", "--stack", stack_name)["letters"] == []


def test_targets_as_json_have_no_secret(tmp_path: Path) -> None:
    """Of the URLs; the rest is as in a snapshot."""
    file = tmp_path / "targets.yaml"
    file.write_text(TARGETS)
    made = document("targets", f"{file}")
    (target,) = made["targets"]
    assert target["url.full"] == "https://shop.example/?token=[redacted]&a=b"
    assert target["enabled"] is False
    assert target["reached"]["k8s.cluster.name"] == "production"


def test_every_command_with_json_has_a_schema() -> None:
    """And no other one."""
    named: dict[str, Any] = getattr(get_command(app), "commands")  # noqa: B009
    having = {
        command
        for command, found in named.items()
        if any("--json" in getattr(p, "opts", ()) for p in found.params)
    }
    assert having == set(schemas())


def test_the_written_schemas_are_current() -> None:
    """`make docs` writes them."""
    folder = ROOT / "docs/schema/cli"
    written = {p.name: json.loads(p.read_text()) for p in folder.iterdir()}
    assert written == {f"{n}.{VERSION}.schema.json": s for n, s in schemas().items()}


def test_a_schema_refuses_what_is_wrong() -> None:
    """A schema that accepts everything proves nothing."""
    for command, schema in schemas().items():
        assert not Draft202012Validator(schema).is_valid("text"), command
        wrong: object = [{}] if command == "causes" else {}
        assert not Draft202012Validator(schema).is_valid(wrong), command
