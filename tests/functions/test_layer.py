"""The layer: what its Makefile leaves out is nothing that a function imports."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKEFILE = ROOT / "layers/parallax/Makefile"
LISTING = """
import importlib.util, sys
{before}
spec = importlib.util.spec_from_file_location("app", "functions/{step}/app.py")
spec.loader.exec_module(importlib.util.module_from_spec(spec))
from parallax import metrics
from aws_lambda_powertools.metrics import EphemeralMetrics
from aws_lambda_powertools.utilities.parameters import SecretsProvider
print(*sys.modules, sep="\\n")
"""


def left_out() -> list[str]:
    """Return the modules that the Makefile removes from the layer."""
    text = MAKEFILE.read_text().replace("\\\n", " ")
    (unused,) = re.findall(r"^UNUSED := (.*)$", text, re.MULTILINE)
    (unreached,) = re.findall(r"^UNREACHED := (.*)$", text, re.MULTILINE)
    (untraced,) = re.findall(r"addprefix aws_xray_sdk/ext/,(.*?)\)", text)
    names = [
        *(f"aws_lambda_powertools/{name}" for name in unused.split()),
        *(f"aws_xray_sdk/ext/{name}" for name in untraced.split()),
        *unreached.split(),
    ]
    return [name.removesuffix(".py").replace("/", ".") + "." for name in names]


@pytest.mark.parametrize(
    ("before", "tracing"), [("", "Disabled"), ("import pydantic", "Active")]
)
@pytest.mark.parametrize(
    "step", sorted(p.parent.name for p in ROOT.glob("functions/*/app.py"))
)
def test_a_function_imports_nothing_that_the_layer_leaves_out(
    step: str, before: str, tracing: str
) -> None:
    """Whether or not pydantic is loaded first: Powertools then imports more.

    The X-Ray SDK and wrapt are imported only with tracing on.
    """
    listed = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", LISTING.format(step=step, before=before)],
        cwd=ROOT,
        env={
            "AWS_DEFAULT_REGION": "eu-central-1",
            "LAMBDA_TASK_ROOT": "/var/task",
            "PARALLAX_TRACING": tracing,
            "POWERTOOLS_METRICS_NAMESPACE": "x",
        },
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert "parallax.settings" in listed
    gone = tuple(left_out())
    assert [name for name in listed if f"{name}.".startswith(gone)] == []
    is_traced = tracing == "Active"
    assert ("aws_xray_sdk" in listed) is ("wrapt" in listed) is is_traced


@pytest.mark.parametrize(
    "step", sorted(p.parent.name for p in ROOT.glob("functions/*/app.py"))
)
def test_a_function_collects_garbage_once_it_has_started(step: str) -> None:
    """Less often than by default, and not what its start has made."""
    settings = (
        "import gc; print(gc.isenabled(), gc.get_threshold()[0], gc.get_freeze_count())"
    )
    shown = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", LISTING.format(step=step, before="") + settings],
        cwd=ROOT,
        env={
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_LAMBDA_FUNCTION_NAME": step,
            "POWERTOOLS_METRICS_NAMESPACE": "x",
        },
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    is_on, objects, kept = shown[-1].split()
    assert (is_on, objects) == ("True", "10000")
    assert int(kept) > 0


def test_the_agent_collects_garbage_as_python_does() -> None:
    """It runs for weeks: it keeps Python's own thresholds."""
    code = (
        "import gc; own = gc.get_threshold(); import parallax;"
        "print(gc.isenabled(), gc.get_threshold() == own)"
    )
    shown = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code],
        env={"AWS_X_FUNCTION_NAME": "probe"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert shown == "True True\n"
