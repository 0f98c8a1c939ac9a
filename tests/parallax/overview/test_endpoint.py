"""The overview behind its link, with the emulated tables."""

import base64
import gzip
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.stub import Stubber

from parallax import aws
from parallax.groups.table import KEY
from parallax.journal.dynamodb import DynamoJournal
from parallax.journal.newest_probes import newest_probes
from parallax.journal.round_times import ROUNDS
from parallax.links.key import ITEM, LinkKey
from parallax.links.overview import PATH, overview_query
from parallax.links.signature import LIFETIME, Signer
from parallax.model.target import Target
from parallax.overview import endpoint as endpoint_module
from parallax.overview.endpoint import Overview, open_overview
from parallax.overview.request import overview_request
from parallax.overview.sources import Sources
from parallax.overview.style import POLICY
from parallax.settings import Settings
from parallax.uptime.history import History, history_item, key_of, part_of
from parallax.uptime.table import Histories
from parallax.uptime.tally import DAY, Tally
from tests.conftest import Cloud
from tests.parallax.journal.test_rounds import healthy, round_of
from tests.parallax.open_group import GROUP_ID, store
from tests.parallax.overview.stack import named
from tests.parallax.sent_finding import NOON

LATER = NOON + timedelta(minutes=37)
TODAY = int(NOON.timestamp()) // DAY


@dataclass
class Site:
    """A stack with an open incident, two targets and their histories."""

    cloud: Cloud
    uptime: str
    query: str
    targets: Sequence[Target] = field(
        default_factory=lambda: [named("front", slo=99.9), named("docs")]
    )
    now: datetime = LATER

    @property
    def overview(self) -> Overview:
        """Return the overview of a new container."""
        sources = Sources(
            incidents=self.cloud.incidents,
            journal=self.cloud.journal,
            uptime=self.uptime,
        )
        key = LinkKey(self.cloud.incidents)
        return Overview(sources, key, lambda: self.targets, lambda: self.now)

    def get(self, query: str | None = None, method: str = "GET", **headers: str) -> Any:
        """Open a link."""
        asked = self.query if query is None else query
        return self.overview.respond(event(asked, method, **headers))


def event(query: object, method: str = "GET", **headers: str) -> dict[str, Any]:
    """Return the event of a function URL."""
    return {
        "rawPath": PATH,
        "rawQueryString": query,
        "requestContext": {"http": {"method": method}},
        "headers": {name.replace("_", "-"): text for name, text in headers.items()},
    }


@pytest.fixture
def site(cloud: Cloud) -> Site:
    """Give a test a stack whose targets were probed a minute ago."""
    store(cloud.incidents)
    ran = LATER - timedelta(minutes=1)
    DynamoJournal(cloud.journal).record_round(round_of(0, 1, "front", "docs", at=ran))
    dynamodb = cloud.client("dynamodb")
    uptime = f"{cloud.journal}-uptime"
    dynamodb.create_table(
        TableName=uptime,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
    )
    for name in ("front", "docs"):
        days = {TODAY: Tally(40_000, 60)}
        until = int(NOON.timestamp())
        new = History(part=part_of(name), until=until, targets={name: days})
        assert Histories(uptime).put(new, None)
    key = LinkKey(cloud.incidents).read_or_create()
    return Site(
        cloud, uptime, overview_query(Signer(stack=cloud.incidents, key=key), NOON)
    )


def test_a_valid_link_shows_all_targets(site: Site) -> None:
    """The state now, the uptime, and a working link to the incident."""
    response = site.get()
    page = response["body"]
    assert response["statusCode"] == 200
    assert response["headers"]["content-security-policy"] == POLICY
    assert response["headers"]["cache-control"] == "no-store"
    assert f'href="/i/{GROUP_ID}?s=' in page
    assert '<span class="good">up</span>' in page
    assert "99.85 %" in page
    assert site.get(method="HEAD")["body"] == ""


def test_a_browser_that_accepts_gzip_gets_gzip(site: Site) -> None:
    """A page of 500 targets becomes a tenth as large."""
    response = site.get(accept_encoding="br, gzip")
    page = gzip.decompress(base64.b64decode(response["body"])).decode()
    assert "All watched URLs" in page
    assert response["headers"]["content-encoding"] == "gzip"


@pytest.mark.parametrize(
    "query",
    ["", "s=&e=", None, 7, "s=%ff&e=1", "x" * 3000, "&".join(["a=b"] * 50)],
)
def test_without_a_valid_link_nothing_is_shown(site: Site, query: object) -> None:
    """Whatever the query is, the page says no more than that."""
    response = site.overview.respond(event(query))
    assert response["statusCode"] == 403
    assert "front" not in response["body"]


def test_a_link_of_another_kind_time_or_key_is_refused(site: Site) -> None:
    """A link to an incident does not open the overview."""
    key = LinkKey(site.cloud.incidents).read()
    assert key is not None
    signer = Signer(stack=site.cloud.incidents, key=key)
    link = signer.sign("00000000-0000-0000-0000-000000000000", NOON)
    assert site.get(f"s={link.signature}&e={link.expiry}")["statusCode"] == 403
    other = Signer(stack="another", key=key)
    assert site.get(overview_query(other, NOON))["statusCode"] == 403
    digits = int(link.expiry) + 9
    assert site.get(f"{site.query.partition('&')[0]}&e={digits}")["statusCode"] == 403
    site.now = NOON + LIFETIME + timedelta(hours=1)
    assert site.get()["statusCode"] == 410
    site.now = LATER
    site.cloud.client("dynamodb").delete_item(
        TableName=site.cloud.incidents, Key={"pk": {"S": ITEM}}
    )
    assert site.get()["statusCode"] == 403


def test_only_get_and_head_are_supported(site: Site) -> None:
    """The page changes nothing."""
    assert site.get(method="POST")["statusCode"] == 405


def test_other_paths_are_for_others() -> None:
    """The report shows the page of an incident."""
    assert overview_request({"rawPath": "/i/x"}) is None
    assert overview_request("text") is None
    assert overview_request({"rawPath": PATH}) is not None
    assert open_overview(Settings()).respond({})["statusCode"] == 404


def test_a_stack_without_a_history_shows_the_states(site: Site) -> None:
    """No item yet, or a table that a stack of an earlier release lacks."""
    for name in ("front", "docs"):
        site.cloud.client("dynamodb").delete_item(
            TableName=site.uptime, Key=key_of(part_of(name))
        )
    page = site.get()["body"]
    assert "Uptime was not counted yet." in page
    assert "90 days: no data" in page
    site.uptime = "gone"
    page = site.get()["body"]
    assert "The uptime cannot be read now." in page
    assert "up</span>" in page


def test_a_history_of_another_release_is_not_shown_as_no_data(site: Site) -> None:
    """After a rollback the page says why some targets have no bars."""
    item = history_item(History(part=part_of("front"), until=1))
    body = gzip.compress(b'{"v": 2}')
    newer = {**item, "payload": {"B": body}}
    site.cloud.client("dynamodb").put_item(TableName=site.uptime, Item=newer)
    page = site.get()["body"]
    assert "A newer release wrote the uptime of 1 URL; it is not shown." in page


def test_unread_probes_are_never_up(site: Site) -> None:
    """The journal is throttled: each target without an incident has no data."""
    with Stubber(aws.client("dynamodb")) as stub:
        board = site.cloud.client("dynamodb").get_item(
            TableName=site.cloud.incidents, Key={"pk": {"S": KEY}}
        )
        key = site.cloud.client("dynamodb").get_item(
            TableName=site.cloud.incidents, Key={"pk": {"S": ITEM}}
        )
        for found in (key, board):
            stub.add_response("get_item", {"Item": found["Item"]})
        stub.add_client_error("query", "ThrottlingException")
        stub.add_client_error("batch_get_item", "ThrottlingException")
        page = site.get()["body"]
    assert "The newest probes cannot be read now." in page
    assert "The uptime cannot be read now." in page
    assert '<span class="good">up' not in page
    assert "no data" in page


def test_unread_incidents_are_an_error_not_an_empty_list(site: Site) -> None:
    """Otherwise a failing target would look healthy."""
    broken = {"pk": {"S": KEY}, "payload": {"B": b"x"}, "version": {"N": "9"}}
    site.cloud.client("dynamodb").put_item(TableName=site.cloud.incidents, Item=broken)
    assert site.get()["statusCode"] == 503


def test_a_broken_round_is_skipped(site: Site, caplog: Any) -> None:
    """The other shards are shown."""
    broken = {"pk": {"S": ROUNDS}, "sk": {"S": "7"}, "payload": {"B": b"x"}}
    site.cloud.client("dynamodb").put_item(TableName=site.cloud.journal, Item=broken)
    found = newest_probes(site.cloud.journal)
    assert set(found) == {"front", "docs"}
    ran = healthy("front", LATER - timedelta(minutes=1)).started_at
    assert abs(found["front"].at - ran) < timedelta(seconds=1)
    assert "round was skipped" in caplog.text


def test_a_function_without_tables_refuses_each_link() -> None:
    """As in `sam local invoke`."""
    response = open_overview(Settings()).respond(event("s=a&e=1"))
    assert response["statusCode"] == 403


def test_a_wrong_targets_file_is_an_error(site: Site) -> None:
    """The log has the reason."""

    def wrong() -> Sequence[Target]:
        raise ValueError("no such file")

    broken = replace(site.overview, load=wrong)
    response = broken.respond(event(site.query))
    assert response["statusCode"] == 503
    assert endpoint_module.COMMAND in response["body"]
