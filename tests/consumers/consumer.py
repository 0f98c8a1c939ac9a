"""Consumer: a program of a user that reads findings and advice, as of release 0.1.0.

In: an event. Out: what a ticket system would store of it. It uses only fields that the
schemas of 0.1.0 require. It does not: change with the code; it stands for programs that
we cannot change.
"""

from typing import Any

FINDING, ADVICE = "io.parallax.finding.v1", "io.parallax.advice.v1"


def ticket(event: dict[str, Any]) -> dict[str, Any]:
    """Return a ticket; raises `KeyError` if a required field is missing."""
    data = event["data"]
    head = {"key": (event["subject"], event["id"]), "at": event["time"]}
    if event["type"] == ADVICE:
        advice = data["advice"]
        return head | {
            "state": data["state"],
            "title": advice["title"],
            "advice": advice["id"],
            "steps": len(advice["next_steps"]),
        }
    assert event["type"] == FINDING
    answers = [one["answer"] for one in data["assessments"]]
    return head | {
        "state": data["state"],
        "title": data["title"],
        "since": data["since"],
        "incident": data["incident"],
        "cause": data["cause"],
        "blamed": (data["class"], data["hop"]),
        "failing": (data["symptom"]["failed"], data["symptom"]["total"]),
        "answers": {word: answers.count(word) for word in sorted(set(answers))},
        "path": [hop["hop"] for hop in data["path"]],
        "steps": [step["text"] for step in data["next_steps"]],
        "urgent": data["turn"] == "firing" and not data["settling"],
        "has_snapshot": data["snapshot"] is not None,
    }
