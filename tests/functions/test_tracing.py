"""Traces: off by default, without a permission; then of every function."""

import json
import os
import subprocess
from typing import Any

import pytest

from tests.functions.template import FUNCTIONS, ROOT, TEMPLATE
from tests.functions.test_logs import CONTEXT, SCRAPE

XRAY = "AWSXrayWriteOnlyAccess"
"""The managed policy that SAM adds for traces."""


def translated(tracing: str) -> Any:
    """Return what SAM makes of the template with this value of the parameter."""
    done = subprocess.run(  # noqa: S603 - our own module, in SAM's environment
        [
            ROOT / ".tools/sam/bin/python",
            ROOT / "tests/functions/sam_tracing.py",
            tracing,
        ],
        cwd=ROOT,
        env=os.environ | {"AWS_DEFAULT_REGION": "eu-central-1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_without_tracing_no_function_may_write_traces() -> None:
    """And Lambda records none."""
    assert TEMPLATE["Parameters"]["Tracing"]["Default"] == "Disabled"
    made = translated("Disabled")
    assert made["modes"] == dict.fromkeys(FUNCTIONS)
    assert not any(XRAY in json.dumps(given) for given in made["policies"].values())


def test_with_tracing_every_function_is_traced() -> None:
    """Each role has the permission that it needs for that."""
    made = translated("Active")
    assert made["modes"] == {f: {"Mode": {"Ref": "Tracing"}} for f in FUNCTIONS}
    for function in FUNCTIONS:
        assert XRAY in json.dumps(made["policies"][f"{function}Role"])


@pytest.mark.parametrize("traced", [True, False])
def test_a_line_of_the_log_leads_to_its_trace(
    load: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    traced: bool,
) -> None:
    """Lambda sets the variable for each traced invocation."""
    root = "1-5759e988-bd862e3fe1be46a994272793"
    if traced:
        monkeypatch.setenv("_X_AMZN_TRACE_ID", f"Root={root};Parent=53995;Sampled=1")
    app = load("exporter")
    app.log.info("a line")
    app.handler(SCRAPE, CONTEXT)
    (line,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert line.get("xray_trace_id") == (root if traced else None)
