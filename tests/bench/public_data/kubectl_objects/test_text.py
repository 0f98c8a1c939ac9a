"""Specification of reading kubectl's texts."""

from bench.public_data.kubectl_objects.text import (
    columns,
    describe,
    pairs,
    seconds,
    table,
    without_events,
)
from tests.bench.public_data.made import POD


def test_fields_are_nested_as_they_are_indented() -> None:
    """A field below another one belongs to it."""
    web = describe(POD).get("Containers", "web")
    assert web.value("State") == "Waiting"
    assert web.value("State", "Reason") == "CrashLoopBackOff"
    assert web.value("Last State", "Exit Code") == "3"
    assert web.value("Environment", "MODE") == "prod"


def test_a_list_continues_below_its_first_entry() -> None:
    """The second label stands below the first one's text."""
    labels = describe(POD).values("Labels")
    assert pairs(labels) == {"app": "orders", "pod-template-hash": "5f6c"}


def test_none_is_no_value() -> None:
    """Kubectl writes `<none>` where nothing is."""
    assert describe(POD).value("Annotations") is None
    assert describe(POD).value("Nothing like this") is None


def test_events_stand_last() -> None:
    """They are a table, and their messages contain colons."""
    description, events = without_events(POD)
    assert "Node-Selectors" in description
    assert "BackOff" in events
    assert "Events" not in description


def test_a_table_is_read_by_its_columns() -> None:
    """A cell may be empty, and a heading may have a space."""
    text = "NAME   NOMINATED NODE   READY\none                     1/1\n"
    assert list(table(text)) == [{"NAME": "one", "NOMINATED NODE": "", "READY": "1/1"}]
    assert list(table("")) == []


def test_the_last_column_keeps_its_spaces() -> None:
    """A message may have several in a row."""
    assert columns("5s  Warning  a  b", 3) == ["5s", "Warning", "a  b"]


def test_an_age_has_units() -> None:
    """Kubectl adds them up."""
    assert seconds("2m18s") == 138
    assert seconds("1d2h") == 93600
