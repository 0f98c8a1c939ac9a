"""Subjects of new commits: imperative, at most 72 characters, in any kind of clone."""

import subprocess
from pathlib import Path

import pytest

from tools.prose import subjects


@pytest.mark.parametrize(
    "subject",
    [
        "Add a runbook",
        "Pass the deadline to each request",
        "Merge the judging core: scene, declared relations",
        "Replace a b: c",
        "A" * 72,
    ],
)
def test_a_good_subject_has_no_problem(subject: str) -> None:
    """A colon later in the subject is allowed."""
    assert subjects.problem(subject) is None


@pytest.mark.parametrize(
    ("subject", "problem"),
    [
        ("A" * 73, "has 73 characters; write at most 72"),
        ("Agent: push sooner", "begins with a topic and a colon; begin with a verb"),
        ("The agent: push", "begins with a topic and a colon; begin with a verb"),
        ("add a runbook", "does not begin with a capital letter"),
        ("Add a runbook.", "ends with a period; remove it"),
        (
            "Adds a runbook",
            "is not imperative: 'Adds'; write e.g. 'Add', 'Fix', 'Remove'",
        ),
        ("Added it", "is not imperative: 'Added'; write e.g. 'Add', 'Fix', 'Remove'"),
        ("Adding it", "is not imperative: 'Adding'; write e.g. 'Add', 'Fix', 'Remove'"),
    ],
)
def test_a_bad_subject_has_a_problem_that_says_what_to_write(
    subject: str, problem: str
) -> None:
    """One problem at a time."""
    assert subjects.problem(subject) == problem


def commit(where: Path, *names: str) -> None:
    """Commit without a change, once for each subject."""
    options = ("-c", "user.name=t", "-c", "user.email=t@example.com")
    for name in names:
        subprocess.run(  # noqa: S603 - git, with arguments of our own
            ["git", *options, "commit", "-q", "--allow-empty", "-m", name],  # noqa: S607
            cwd=where,
            check=True,
        )


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make an empty repository and enter it."""
    subprocess.run(["git", "init", "-q", "."], cwd=tmp_path, check=True)  # noqa: S607
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_commits_since_the_release_are_checked(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Older ones are not."""
    commit(repository, "old: one")
    head = subprocess.check_output(["git", "rev-parse", "HEAD"], text=True)  # noqa: S607
    monkeypatch.setattr(subjects, "SINCE", head.strip())
    commit(repository, "Add one", "new: two")
    assert subjects.new_subjects() == ["new: two", "Add one"]
    assert list(subjects.problems()) == [
        "commit subject 'new: two' begins with a topic and a colon; begin with a verb"
    ]


def test_without_the_release_the_newest_commit_is_checked(repository: Path) -> None:
    """As in a shallow clone."""
    commit(repository, "old: one", "Add one")
    assert subjects.new_subjects() == ["Add one"]


def test_a_repository_without_commits_has_no_subjects(repository: Path) -> None:
    """Nothing is checked, and nothing fails."""
    assert list(repository.iterdir())
    assert subjects.new_subjects() == []


def test_no_repository_has_no_subjects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in an archive of the source, or where git is not installed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert subjects.new_subjects() == []
    monkeypatch.setenv("PATH", str(tmp_path))
    assert subjects.new_subjects() == []
