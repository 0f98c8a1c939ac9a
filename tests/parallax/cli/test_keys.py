"""`parallax keys`: the file of all keys, through a rotation."""

import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from parallax.cli import app
from parallax.ingest.agent_keys import AgentKey, read_keys
from tests.functions.template import TEMPLATE

SHARED = "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQ="


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder; return the path of the keys' file."""
    monkeypatch.chdir(tmp_path)
    return tmp_path / "agents.keys"


def ran(*words: object) -> Result:
    """Run the command."""
    return CliRunner().invoke(app, ["keys", *map(str, words)])


def keys(file: Path) -> tuple[AgentKey, ...]:
    """Return the keys in the file, as `ingest` reads them."""
    return read_keys(file.read_text().split(","))


def test_a_rotation_adds_a_key_and_removes_the_earlier_one(file: Path) -> None:
    """The shared key of today stays until it is removed by itself."""
    file.write_text(f"{SHARED}\n")
    first = ran(file, "--add", "prod", "--id", "1", "--out", "one.key")
    assert first.exit_code == 0, first.stderr
    assert ran(file, "--add", "prod", "--id", "2", "--out", "two.key").exit_code == 0
    assert ran(file).stdout.split() == ["*", "prod/1", "prod/2"]
    assert ran(file, "--remove", "*").exit_code == 0
    assert ran(file, "--remove", "prod/1").exit_code == 0
    (left,) = keys(file)
    assert (left.cluster, left.id) == ("prod", "2")
    assert left.secret == Path("two.key").read_text()
    assert Path("two.key.id").read_text() == "2"


def test_only_the_owner_reads_a_key_and_no_output_has_one(file: Path) -> None:
    """Neither of the three files is readable by others."""
    done = ran(file, "--add", "prod")
    secret = Path("agent.key").read_text()
    for path in (file, Path("agent.key"), Path("agent.key.id")):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert secret not in done.output
    assert secret not in ran(file).output


@pytest.mark.parametrize("cluster", ["prod", "a/b", "ein, zwei", "кластер", "a=b"])
def test_every_name_fits_the_parameter_of_the_template(
    file: Path, cluster: str
) -> None:
    """`AgentKey="$(cat agents.keys)"` is accepted by CloudFormation and by `ingest`."""
    import re  # noqa: PLC0415

    assert ran(file, "--add", cluster, "--id", "x").exit_code == 0
    pattern = TEMPLATE["Parameters"]["AgentKey"]["AllowedPattern"]
    assert re.fullmatch(pattern, file.read_text())
    assert [key.cluster for key in keys(file)] == [cluster]
    assert ran(file, "--remove", f"{cluster}/x").exit_code == 0
    assert keys(file) == ()


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--add", "c", "--remove", "c/1"), "expected one of them"),
        (("--add", ""), "--add: expected a name"),
        (("--add", "c", "--id", "a b"), "--id: expected 1 to 32 letters"),
        (("--add", "prod", "--id", "1"), "cluster prod has a key with this id"),
        (("--add", "c", "--out", "no/such/folder"), "cannot be created"),
        (("--remove", "prod/2"), "no key is named 'prod/2'"),
    ],
)
def test_wrong_use_changes_nothing(
    file: Path, words: tuple[str, ...], problem: str
) -> None:
    """Status 2, the reason, and the file as it was."""
    file.write_text("prod/1=whsec_YQ==")
    done = ran(file, *words)
    assert (done.exit_code, problem in done.stderr) == (2, True), done.stderr
    assert file.read_text() == "prod/1=whsec_YQ=="


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "No such file or directory"),
        ("whsec_YQ==,prod=whsec_c2VjcmV0", "key 2: expected"),
        ("ключ", "not ASCII"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(
    file: Path, content: str | None, problem: str
) -> None:
    """Without any text of it: it may be a key."""
    if content is not None:
        file.write_text(content)
    done = ran(file)
    assert (done.exit_code, problem in done.stderr) == (2, True), done.stderr
    assert "c2VjcmV0" not in done.output


def test_a_key_is_never_written_over(file: Path) -> None:
    """The file of another cluster's key may be the only copy."""
    assert ran(file, "--add", "a").exit_code == 0
    before = file.read_text()
    done = ran(file, "--add", "b")
    assert (done.exit_code, "--out names another" in done.stderr) == (2, True)
    assert file.read_text() == before


def test_more_keys_than_the_parameter_takes_are_refused(file: Path) -> None:
    """CloudFormation would refuse the deployment."""
    file.write_text(",".join(f"c{n}/1={SHARED}" for n in range(101)))
    done = ran(file, "--add", "one-more")
    assert (done.exit_code, "at most 4096" in done.stderr) == (2, True)
    assert not Path("agent.key").exists()
