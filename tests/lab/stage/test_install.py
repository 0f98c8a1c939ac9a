"""Install: a failed installation is repaired and repeated."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from lab.stage import install


class Debian:
    """Replaces apt-get and dpkg: installs after this command has run."""

    def __init__(self, needed: str) -> None:
        self.needed = needed
        self.commands: list[str] = []

    def run(self, words: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        """Record a command; fail the installation until the repair has run."""
        self.commands.append(" ".join(words))
        works = self.needed in self.commands or "install" not in words
        return subprocess.CompletedProcess(words, 0 if works else 100, "reason", "")


@pytest.fixture
def policy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Use another file than the machine's policy-rc.d."""
    monkeypatch.setattr(install, "POLICY", tmp_path / "policy-rc.d")
    return tmp_path / "policy-rc.d"


@pytest.mark.parametrize("needed", ["dpkg --configure -a", "apt-get update"])
def test_a_failure_is_repaired_and_reported(
    policy: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    needed: str,
) -> None:
    """An interrupted dpkg, or old package lists; policy-rc.d is restored."""
    machine = Debian(needed)
    monkeypatch.setattr(subprocess, "run", machine.run)
    install.install(install.PACKAGES[:1])
    assert machine.commands[0] == machine.commands[-1]
    assert needed in " ".join(capsys.readouterr().err.split())
    assert not policy.exists()


def test_a_failure_after_the_repair_is_raised_with_the_reason(
    policy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The output of the last attempt is shown."""
    monkeypatch.setattr(subprocess, "run", Debian("nothing helps").run)
    with pytest.raises(subprocess.CalledProcessError):
        install.install(install.PACKAGES[:1])
    assert "reason" in capsys.readouterr().err
    assert not policy.exists()


def test_the_browser_is_installed_only_for_the_tests_of_pages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who plays a fault needs none."""
    asked = list[tuple[install.Package, ...]]()

    def missing(packages: tuple[install.Package, ...]) -> tuple[install.Package, ...]:
        asked.append(packages)
        return ()

    monkeypatch.setattr(install, "missing", missing)
    assert install.main() == install.main("browser") == 0
    assert asked == [install.PACKAGES, install.BROWSER]
    assert not {*install.PACKAGES} & {*install.BROWSER}
