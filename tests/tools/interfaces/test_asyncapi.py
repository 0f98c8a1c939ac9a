"""docs/api/asyncapi.json is AsyncAPI 3.0, and describes what is published."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from jsonschema.validators import Draft202012Validator

from parallax.model.advice import AdviceEvent, AdviceState
from parallax.model.alert import Alert
from parallax.model.finding import NotificationReason
from parallax.model.judgement import Advice, Class, Hop
from parallax.model.place import Place, PlaceKind
from parallax.notify.attributes import attributes
from parallax.notify.chat import chat
from parallax.notify.findings_topic import group, message
from parallax.notify.mail import render
from parallax.notify.publication import Publication
from parallax.notify.variants import message as variants
from parallax.routes.notice import notice_of
from parallax.routes.webhook import request
from tests.conftest import ROOT
from tests.functions.ingest.test_openapi import strict
from tests.parallax.open_group import ALERT, ENDED
from tests.parallax.sent_finding import FINDING, NOON
from tools.interfaces import asyncapi
from tools.interfaces.__main__ import FOLDER, files
from tools.interfaces.messages import EVENTS

META = json.loads((ROOT / ".tools/asyncapi/3.0.0.json").read_text())
DOCUMENT = asyncapi.document()
MESSAGES = DOCUMENT["components"]["messages"]
FULL = replace(
    FINDING, class_=Class.LOAD_BALANCER, hop=Hop.LOAD_BALANCER, labels=(("a", "b"),)
)
CLUSTER = Place(kind=PlaceKind.CLUSTER, name="production")
LABELED = replace(
    ALERT,
    finding=replace(ALERT.finding, places=(CLUSTER,)),
    labels=(),
)
ADVICE = AdviceEvent(
    id="a",
    target="front",
    state=AdviceState.GIVEN,
    since=NOON,
    judged_at=NOON,
    advice=Advice(id="certificate-expires", hop=Hop.INGRESS, title="It expires"),
)
PUBLISHED: dict[str, Publication] = {
    "finding": FULL,
    "advice": ADVICE,
    "alert": LABELED,
}


def described(name: str) -> set[str]:
    """Return the attributes or headers that the document has for a message."""
    return set(MESSAGES[name]["headers"]["properties"])


def schema_of(name: str) -> Draft202012Validator:
    """Return a validator for a message's payload, from the file that it refers to."""
    reference = MESSAGES[name]["payload"]["schema"]["$ref"]
    return Draft202012Validator(json.loads((FOLDER / reference).read_text()))


def test_the_document_is_asyncapi() -> None:
    """By the JSON Schema of AsyncAPI 3.0, with its bindings."""
    Draft7Validator(META).validate(DOCUMENT)


def test_the_schema_of_asyncapi_finds_mistakes() -> None:
    """So a valid document means something."""
    for wrong in (
        DOCUMENT | {"asyncapi": "2.6.0"},
        DOCUMENT | {"rooms": {}},
        DOCUMENT | {"operations": {"x": {"action": "shout"}}},
    ):
        assert not Draft7Validator(META).is_valid(wrong)


def test_every_reference_leads_somewhere() -> None:
    """Within the document, or to a schema in docs/schema."""
    for reference in _references(DOCUMENT):
        if reference.startswith("#/"):
            place: Any = DOCUMENT
            for step in reference[2:].split("/"):
                place = place[step]
        else:
            assert (FOLDER / reference).is_file()


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_event_is_as_described(name: str) -> None:
    """Its payload, and each message attribute, no more and no fewer."""
    text, filters = message(PUBLISHED[name], "/parallax/stack")
    schema_of(name).validate(json.loads(text))
    assert set(filters) == described(name)
    assert filters["type"]["StringValue"] == EVENTS[name][0]


def test_group_and_deduplication_id_are_as_described() -> None:
    """The event's subject, of an alert with a prefix; and its id."""
    for name, publication in PUBLISHED.items():
        event = json.loads(message(publication, "x")[0])
        prefix = "group/" if name == "alert" else ""
        assert group(publication.target) == group(prefix + event["subject"])
        described_so = MESSAGES[name]["x-message-group-id"]
        assert described_so.startswith("`group/<subject>`") == (name == "alert")
        assert group(publication.id) == group(event["id"])


def test_each_protocol_of_the_alerts_topic_gets_what_is_described() -> None:
    """People a text within its limit, programs the event."""
    texts = json.loads(variants(ALERT, render(ALERT)))
    for name in ("mail", "sms"):
        text = texts[{"mail": "email"}.get(name, name)]
        assert len(text.encode()) <= MESSAGES[name]["payload"]["maxLength"]
    for protocol in ("sqs", "lambda", "http", "https", "firehose"):
        schema_of("alertForPrograms").validate(json.loads(texts[protocol]))


def test_the_attributes_of_the_alerts_topic_are_as_described() -> None:
    """With a label too; it takes the place of the group."""
    wanted = described("alertForPrograms") - {"label.<key>"}
    assert set(attributes(LABELED)) == wanted
    labeled = attributes(replace(LABELED, labels=(("team", "shop"),)))
    assert set(labeled) == wanted - {"group"} | {"label.team"}


@pytest.mark.parametrize("alert", [ALERT, ENDED])
def test_a_chat_gets_what_is_described(alert: Alert) -> None:
    """Every field of it."""
    schema = strict(MESSAGES["chat"]["payload"])
    for link in (None, "https://report.example/i/1"):
        Draft202012Validator(schema).validate(json.loads(chat(alert, link)))


def test_the_webhook_gets_what_is_described() -> None:
    """The event with its content type, and the headers of the signature."""
    body, _ = message(ALERT, "/parallax/stack")
    place = {"webhook_url": "https://r.example/", "webhook_secret": "whsec_" + "a" * 32}
    sent = request(notice_of(body, NOON), place)
    schema_of("signedAlert").validate(json.loads(sent.body))
    assert sent.headers["Content-Type"] == MESSAGES["signedAlert"]["contentType"]
    assert described("signedAlert") == set(sent.headers) - {"Content-Type"}


def test_the_state_of_an_end_is_an_attribute_too() -> None:
    """The same names, so that a filter finds beginning and end."""
    end = replace(LABELED, turn=NotificationReason.RESOLVED)
    assert set(message(end, "x")[1]) == described("alert")


def test_all_files_are_current() -> None:
    """`python -m tools.interfaces` changes nothing."""
    for path, text in files().items():
        assert Path(path).read_text() == text, path


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        found = [value["$ref"]] if "$ref" in value else []
        return found + [r for item in value.values() for r in _references(item)]
    if isinstance(value, list):
        return [r for item in value for r in _references(item)]
    return []
