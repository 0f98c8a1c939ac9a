"""What a response asks for; anything odd in it is as good as absent."""

import json

import pytest

from parallax_agent.push.instructions import (
    SHORTEST,
    Instructions,
    knows_no_v2,
    read_instructions,
)


def test_every_field_of_a_response_is_read() -> None:
    """As ingest writes them."""
    body = {
        "message": "stored",
        "schema": "io.parallax.observations.v2",
        "next_seconds": 42,
        "full": ["shop", "api"],
        "interval_seconds": 10.0,
        "intervals": {"api": 60},
        "readings": ["a" * 32],
    }
    assert read_instructions(json.dumps(body).encode()) == Instructions(
        stored=True,
        next_seconds=42.0,
        full=("shop", "api"),
        interval_seconds=10.0,
        intervals={"api": 60.0},
        readings=frozenset({"a" * 32}),
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"as planned",
        b"[]",
        b"[" * 100_000,
        b'{"next_seconds": "soon", "full": "shop", "interval_seconds": true}',
        b'{"next_seconds": 1e999, "full": [7, null], "readings": {}}',
        b'{"next_seconds": 1' + b"0" * 400 + b', "interval_seconds": 0.01}',
        b'{"intervals": {"shop": 0.1, "api": null}}',
        b'{"intervals": ["shop"]}',
        b'{"next_seconds": NaN, "interval_seconds": -Infinity}',
    ],
)
def test_what_cannot_be_used_is_absent(body: bytes) -> None:
    """The push was stored nevertheless."""
    assert read_instructions(body) == Instructions(stored=True)


def test_an_interval_below_the_shortest_is_ignored() -> None:
    """No response makes an agent probe without a pause."""
    body = json.dumps({"interval_seconds": SHORTEST - 0.1}).encode()
    assert read_instructions(body).interval_seconds is None


def test_only_a_rejected_schema_means_an_earlier_version() -> None:
    """Other rejections are about the push itself."""
    rejected = "unknown schema 'io.parallax.observations.v2'; expected '…v1'"
    assert knows_no_v2(json.dumps({"message": rejected}).encode())
    assert not knows_no_v2(b'{"message": "reports.0.target: expected a name"}')
    assert not knows_no_v2(b"unknown schema")
