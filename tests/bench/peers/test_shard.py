"""The targets of the bench: one page under as many names as a shard has."""

from pathlib import Path

from bench.peers.shard import TARGETS, healthy, targets
from parallax import targets as file


def test_the_targets_file_is_valid(tmp_path: Path) -> None:
    """Each target has a name and a URL of its own."""
    path = tmp_path / "targets.yaml"
    path.write_text(targets("https://localhost:8443/page"))
    found = file.load(path)
    assert len({target.name for target in found}) == TARGETS
    assert len({target.url for target in found}) == TARGETS
    assert all(target.allow_private_addresses for target in found)


def test_healthy_targets_are_counted_in_each_summary() -> None:
    """A summary has all runs, or the number of targets and the failing ones."""
    runs = [{"healthy": True}, {"healthy": False}, {"healthy": True}]
    assert healthy({"runs": runs}) == 2
    assert healthy({"probed": 3, "failing": ["front"]}) == 2
