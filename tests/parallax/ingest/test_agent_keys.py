"""Keys per cluster: who may report for whom, while keys come and go."""

import base64
import json
import string
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook

from parallax.ingest import PushRejected, accept
from parallax.ingest.agent_keys import AgentKey, read_entry, read_keys
from parallax.model.cluster import NodeReport
from parallax.model.key_id import HEADER
from parallax.model.name import is_name
from parallax.model.push import SCHEMA, SCHEMA_V2, Heartbeat, Push
from parallax.model.wire import encode


def secret(letter: str) -> str:
    """Make a key that no other letter has."""
    return "whsec_" + base64.b64encode(letter.encode() * 24).decode()


def keyed(cluster: str, key_id: str, letter: str) -> AgentKey:
    """Make a key of a cluster."""
    return AgentKey(secret=secret(letter), cluster=cluster, id=key_id)


SHARED = AgentKey(secret=secret("s"))
PROD, PROD_NEW = keyed("prod", "2026-01", "a"), keyed("prod", "2026-12", "b")
TEST = keyed("test", "t1", "t")
ALL = (SHARED, PROD, PROD_NEW, TEST)


def push(cluster: str, schema: str = SCHEMA) -> bytes:
    """Make a push with one report, and in v2 a heartbeat."""
    now = datetime.now(UTC)
    report = NodeReport(
        target="front", cluster=cluster, node="n", sent_at=now, interval=15.0
    )
    beat = Heartbeat(sequence=1, interval=60.0, targets=1)
    made = Push(
        schema=schema,
        cluster=cluster,
        node="n",
        sent_at=now,
        reports=(report,),
        heartbeat=beat if schema == SCHEMA_V2 else None,
    )
    return json.dumps(encode(made)).encode()


def heartbeat(cluster: str) -> bytes:
    """Make a push of a heartbeat and nothing else."""
    document: dict[str, Any] = json.loads(push(cluster, SCHEMA_V2))
    return json.dumps(document | {"reports": []}).encode()


def status(
    keys: Sequence[AgentKey | str], key: AgentKey, body: bytes, *, named: bool = True
) -> tuple[int, str]:
    """Return how a stack with these keys responds to a push that a key signed."""
    now = datetime.now(UTC)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(key.secret).sign("msg_1", now, body.decode()),
    }
    if key.id and named:
        headers[HEADER] = key.id
    entries = [k if isinstance(k, str) else k.entry for k in keys]
    try:
        accept(headers, body, entries, now)
    except PushRejected as rejection:
        return rejection.status_code, rejection.text
    return 202, ""


@pytest.mark.parametrize("make", [push, lambda c: push(c, SCHEMA_V2), heartbeat])
def test_a_key_speaks_for_its_cluster_only(make: Any) -> None:
    """In both schemas, and for a heartbeat alone."""
    assert status(ALL, PROD, make("prod")) == (202, "")
    assert status(ALL, PROD, make("test")) == (
        403,
        "forbidden: the key is of cluster 'prod', and the push is of cluster 'test'",
    )


def test_a_key_without_an_id_speaks_for_every_cluster_until_it_is_removed() -> None:
    """As today's stacks have it; agents of an earlier version send no id."""
    assert status(ALL, SHARED, push("prod"))[0] == 202
    assert status(ALL, SHARED, push("test"))[0] == 202
    assert status((PROD, TEST), SHARED, push("prod")) == (
        401,
        "not authorized: each key of this stack has an id, and the push names none",
    )


def test_two_ids_of_a_cluster_overlap_and_a_removed_one_ends() -> None:
    """The rotation: add, change the agents, remove."""
    for keys, old, new in (
        ((PROD,), 202, 401),
        ((PROD, PROD_NEW), 202, 202),
        ((PROD_NEW,), 401, 202),
    ):
        assert status(keys, PROD, push("prod"))[0] == old
        assert status(keys, PROD_NEW, push("prod"))[0] == new


def test_an_unknown_id_is_named_and_costs_no_signature(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A rotation may be on its way, so the agent keeps the push (401)."""
    monkeypatch.setattr(Webhook, "verify", None)
    assert status((SHARED, TEST), PROD, push("prod")) == (
        401,
        "not authorized: this stack has no key with the id '2026-01'",
    )


def test_the_id_of_another_cluster_s_key_does_not_help() -> None:
    """The id only selects: the signature has to be of that key."""
    stolen = AgentKey(secret=PROD.secret, cluster="test", id="t1")
    assert status(ALL, stolen, push("test")) == (
        401,
        "not authorized: No matching signature found",
    )


def test_an_agent_of_tomorrow_works_with_a_stack_of_today() -> None:
    """That stack ignores the header and tries all its keys."""
    from tests.parallax.ingest.test_acceptance import signed  # noqa: PLC0415

    body = push("prod")
    headers = signed(body, SHARED.secret)
    assert accept(headers, body, [SHARED.secret], datetime.now(UTC)).node == "n"


@pytest.mark.parametrize(
    "entry",
    [
        "whsec_",
        "whsec_!!",
        "prod=whsec_YQ==",
        "/a=whsec_YQ==",
        "prod/=whsec_YQ==",
        "prod/a b=whsec_YQ==",
        "prod/a=whsec_",
        "prod/a=whsec_!!",
        "%00/a=whsec_YQ==",
        f"prod/{'x' * 33}=whsec_YQ==",
    ],
)
def test_an_entry_that_is_not_usable_is_a_fault_of_the_stack(entry: str) -> None:
    """Alone it is a 503, so that agents keep and the alarm fires; others still work."""
    code, text = status([entry], PROD, push("prod"))
    assert (code, "AgentKey" in text) == (503, True)
    assert status([entry, PROD], PROD, push("prod"))[0] == 202
    assert "YQ" not in text


@pytest.mark.parametrize("entries", [[], [""], ["", " "]])
def test_without_an_entry_the_stack_names_the_parameter(entries: list[str]) -> None:
    """A stack without agents has no key; an unknown sender raises no alarm."""
    code, text = status(entries, PROD, push("prod"))
    assert (code, "AgentKey" in text) == (401, True)


def test_no_text_of_a_key_has_its_secret() -> None:
    """Neither its `repr` nor an error may reach a log with it."""
    assert PROD.secret not in repr(PROD)
    assert PROD.secret not in repr(read_keys([PROD.entry]))


NAMES = st.text(max_size=60).filter(is_name)
IDS = st.text(string.ascii_letters + string.digits + "._-", min_size=1, max_size=32)


@given(NAMES, IDS, st.binary(min_size=1, max_size=64))
def test_an_entry_of_any_cluster_is_read_again(
    cluster: str, key_id: str, raw: bytes
) -> None:
    """Commas, slashes and every script in the name survive the list of a parameter."""
    text = "whsec_" + base64.b64encode(raw).decode()
    made = AgentKey(secret=text, cluster=cluster, id=key_id)
    assert made.entry.isascii()
    assert not set(made.entry) & set(',"\\ \n')
    assert read_entry(made.entry) == made


@given(st.text(max_size=80))
def test_no_text_is_a_crash_or_a_key_of_another_cluster(text: str) -> None:
    """What is read from an entry is written as the same key."""
    key = read_entry(text)
    if key and key.cluster is not None:
        assert read_entry(key.entry) == key


LETTERS = st.sampled_from("abc")
CLUSTERS = st.sampled_from(["prod", "test"])
SOME_IDS = st.sampled_from(["1", "2", None])
KEYS = st.builds(
    lambda cluster, key_id, letter: (
        keyed(cluster, key_id, letter) if key_id else AgentKey(secret=secret(letter))
    ),
    CLUSTERS,
    SOME_IDS,
    LETTERS,
)


@settings(deadline=None)
@given(st.lists(KEYS, min_size=1, max_size=5), KEYS, CLUSTERS)
def test_a_push_is_accepted_exactly_if_a_key_of_its_id_and_cluster_signed_it(
    keys: list[AgentKey], signer: AgentKey, cluster: str
) -> None:
    """Whatever else the stack has, in whatever order, with whatever repetitions."""
    fits = any(
        (key.id, key.secret) == (signer.id, signer.secret)
        and key.cluster in {None, cluster}
        for key in keys
    )
    assert (status(keys, signer, push(cluster))[0] == 202) == fits


@settings(deadline=None)
@given(st.lists(KEYS, min_size=1, max_size=5), KEYS)
def test_a_removed_key_signs_nothing(keys: list[AgentKey], signer: AgentKey) -> None:
    """Whoever signed with it, and whatever cluster it states."""
    left = [key for key in keys if key.secret != signer.secret]
    assume(left)
    for cluster in ("prod", "test"):
        assert status(left, signer, push(cluster))[0] == 401
