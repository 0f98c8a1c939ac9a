"""Specification of the recorded runs' labels: `bench.accuracy.recorded`."""

import pytest

from bench.accuracy.recorded import label_for


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("pods-not-ready", "pods-not-ready"),
        ("proxy-protocol-mismatch-at-ingress", "proxy-protocol-mismatch"),
        ("lb-no-healthy-target", "lb-no-healthy-target"),
        ("slow-rollout", "none"),
    ],
)
def test_a_file_is_labeled_by_its_name(name: str, cause: str) -> None:
    """A variant has its cause's label; a recording without a row accepts no cause."""
    assert label_for(name).cause == cause
