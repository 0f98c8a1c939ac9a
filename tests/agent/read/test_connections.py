"""Specification of the node's connection table: `read.connections`."""

from pathlib import Path

import pytest

from parallax_agent.read.connections import tracked


def written(folder: Path, count: str, limit: str) -> Path:
    """Write the kernel's two files."""
    (folder / "nf_conntrack_count").write_text(count)
    (folder / "nf_conntrack_max").write_text(limit)
    return folder


def test_the_kernel_s_two_numbers_are_read(tmp_path: Path) -> None:
    """Each file has one number and a line end."""
    assert tracked(written(tmp_path, "262100\n", "262144\n")) == (262100, 262144)


@pytest.mark.parametrize(
    ("count", "limit"), [("", "1"), ("x", "1"), ("1", "0"), ("-1", "5")]
)
def test_other_contents_are_unknown(tmp_path: Path, count: str, limit: str) -> None:
    """A limit of 0 would make every table full."""
    assert tracked(written(tmp_path, count, limit)) is None


def test_a_kernel_without_connection_tracking_has_none(tmp_path: Path) -> None:
    """Then no table can be full."""
    assert tracked(tmp_path) is None
