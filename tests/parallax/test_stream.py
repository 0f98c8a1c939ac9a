"""The stream: one record that nobody can read harms no other, and is kept."""

import json
from typing import Any

from parallax.stream import bury, contents


def record(value: object, name: str = "INSERT") -> dict[str, Any]:
    """Make a stream record."""
    return {"eventName": name, "dynamodb": {"NewImage": {"n": value}}}


def decode(image: Any) -> int:
    """Read a number, or raise."""
    return int(image["n"])


def test_the_unreadable_go_to_the_dead_letters_and_the_others_on(cloud: Any) -> None:
    """Of four records two can be read, two are kept with the reason."""
    event = {"Records": [record(1), record("x"), {"eventName": "INSERT"}, record(2)]}
    read = contents(event, decode, cloud.dead_letters)
    assert [value for _, value in read] == [1, 2]
    letters = [json.loads(text) for text in cloud.messages(cloud.dead_letters)]
    assert {letter["reason"].split(":")[0] for letter in letters} == {
        "ValueError",
        "KeyError",
    }
    assert record("x") in [letter["record"] for letter in letters]


def test_removals_are_no_news() -> None:
    """What the time to live takes away is not judged."""
    event = {"Records": [{"eventName": "REMOVE", "dynamodb": {}}]}
    assert list(contents(event, decode, None)) == []


def test_a_record_too_large_for_a_letter_leaves_its_reason(cloud: Any) -> None:
    """The dead letters always get to know."""
    bury(record("x" * 1_000_000), "too much", cloud.dead_letters)
    (letter,) = cloud.messages(cloud.dead_letters)
    assert json.loads(letter)["reason"] == "too much"
