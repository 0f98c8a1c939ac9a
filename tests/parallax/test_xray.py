"""What of a segment leaves the function."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from parallax.xray import KEPT, OF_AWS, OF_ERRORS, Emitter, sent

SEGMENT: dict[str, Any] = {
    "name": "dynamodb",
    "id": "a",
    "trace_id": "t",
    "parent_id": "p",
    "type": "subsegment",
    "namespace": "aws",
    "start_time": 1.5,
    "end_time": 2.5,
    "in_progress": False,
    "fault": True,
    "error": True,
    "throttle": True,
    "annotations": {"target": "front"},
    "metadata": {"x": "CANARY"},
    "sql": {"sanitized_query": "CANARY"},
    "user": "CANARY",
    "aws": {
        "operation": "PutItem",
        "region": "eu-central-1",
        "request_id": "r",
        "table_name": "journal",
        "queue_url": "CANARY",
        "key": "CANARY",
    },
    "http": {
        "request": {"url": "https://CANARY/"},
        "response": {"status": 400, "content_length": "CANARY"},
    },
    "cause": {
        "working_directory": "CANARY",
        "exceptions": [
            {
                "id": "e",
                "type": "ClientError",
                "remote": True,
                "message": "CANARY",
                "stack": [{"path": "CANARY", "line": 1, "label": "CANARY"}],
            }
        ],
    },
}
"""Every field that the SDK knows; what must stay is a canary."""


def test_only_what_is_listed_is_sent() -> None:
    """Also of parts in parts; a part that the SDK adds one day stays, too."""
    found = sent(SEGMENT | {"subsegments": [SEGMENT], "new": "CANARY"})
    assert "CANARY" not in json.dumps(found)
    (part,) = found.pop("subsegments")
    assert (
        part
        == found
        == {
            **{name: SEGMENT[name] for name in KEPT},
            "aws": {name: SEGMENT["aws"][name] for name in OF_AWS},
            "http": {"response": {"status": 400}},
            "cause": {
                "exceptions": [
                    {
                        name: SEGMENT["cause"]["exceptions"][0][name]
                        for name in OF_ERRORS
                    }
                ]
            },
        }
    )


def test_an_error_that_another_part_has_is_its_id() -> None:
    """The SDK then has no exceptions."""
    assert sent({"cause": "e"}) == {"cause": "e"}


@given(
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda deep: (
            st.lists(deep)
            | st.dictionaries(
                st.sampled_from([*SEGMENT, "subsegments", "exceptions", "response"])
                | st.text(),
                deep,
            )
        ),
    )
)
def test_no_segment_fails_a_function(found: object) -> None:
    """Whatever the SDK makes of it."""

    class Entity:
        def to_dict(self) -> object:
            return found

    class Closed:
        def _send_data(self, _: str) -> None:
            raise OSError

    Emitter(Closed()).send_entity(Entity())
