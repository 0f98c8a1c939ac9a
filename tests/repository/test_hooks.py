"""The hooks of pre-commit need nothing but `make setup`."""

import os
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
CONFIGURATION = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
HOOKS = [hook for repo in CONFIGURATION["repos"] for hook in repo["hooks"]]


def test_hooks_download_nothing() -> None:
    """They are local, and run a program of .venv."""
    assert [repo["repo"] for repo in CONFIGURATION["repos"]] == ["local"]
    for hook in HOOKS:
        program = ROOT / hook["entry"].split()[0]
        assert hook["language"] == "system", hook["id"]
        assert program.is_relative_to(ROOT / ".venv"), hook["id"]
        assert os.access(program, os.X_OK), hook["id"]


def test_hooks_are_checks_of_make_check() -> None:
    """So a commit that a hook accepts is accepted by the check, too."""
    checks = (ROOT / "tools/check").read_text()
    for hook in HOOKS:
        program, *words = hook["entry"].split()
        name = Path(program).name
        tool = " ".join(["python", *words]) if name == "python" else name
        assert tool in checks, hook["id"]
