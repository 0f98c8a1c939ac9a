"""Reading the zone of a name, from a real HTTP server with Hetzner's shapes."""

from dataclasses import replace
from typing import Any

import pytest

from parallax.inspect import connect
from parallax.inspect.allowance import Allowance
from parallax.inspect.zones import MOST_NAMES, is_suspicious, with_zones
from parallax.model.balancer import BalancerReading
from parallax.model.zone import RecordSet, Zone
from tests.parallax import edge as e
from tests.parallax import scenarios as s
from tests.parallax.inspect.api import NOW, TOKEN, Api, error

HOST = "api.shop.example"


def zone(name: str, number: int = 5, **more: object) -> dict[str, Any]:
    """Return a zone as the API lists it."""
    servers = {
        "assigned": ["hydrogen.ns.hetzner.com."],
        "delegated": ["ns1.old.example."],
        "delegation_last_check": None,
        "delegation_status": "lame",
    }
    own = {"id": number, "name": name, "mode": "primary", "status": "ok"}
    return own | {"authoritative_nameservers": servers} | more


def records(name: str, kind: str, *values: str) -> dict[str, Any]:
    """Return a record set as the API lists it."""
    listed = [{"value": value, "comment": None} for value in values]
    return {"name": name, "type": kind, "ttl": 300, "records": listed}


def read(api: Api, *hosts: str, allowance: Allowance | None = None) -> Any:
    """Return the readings of these hosts' targets through the real client."""
    project = connect(TOKEN, api.url, timeout=(1.0, 1.0), allowance=allowance)
    named = {f"t{n}": host for n, host in enumerate(hosts)}
    readings = [BalancerReading(target=name, read_at=NOW) for name in named]
    return with_zones(project, readings, named)


def test_the_closest_zone_is_read_with_the_names_own_records(api: Api) -> None:
    """Two calls; other types and names are left out."""
    api.zones = [[zone("example"), zone("shop.example", 7), zone("op.example")]]
    api.rrsets = [
        [
            records("api", "A", "203.0.113.20"),
            records("api", "TXT", "secret"),
            records("www", "A", "203.0.113.99"),
        ]
    ]
    (reading,) = read(api, HOST)
    assert reading.zone == Zone(
        name="shop.example",
        status="ok",
        mode="primary",
        delegation_status="lame",
        assigned=("hydrogen.ns.hetzner.com.",),
        delegated=("ns1.old.example.",),
        record_sets=(RecordSet(type="A", values=("203.0.113.20",), ttl=300),),
    )
    assert [path.split("?")[0] for path in api.paths] == [
        "/v1/zones",
        "/v1/zones/7/rrsets",
    ]
    assert "name=api" in api.paths[1]


def test_the_zones_own_name_is_an_at_sign(api: Api) -> None:
    """The apex has the label `@`."""
    api.zones = [[zone("shop.example")]]
    api.rrsets = [[records("@", "A", "203.0.113.20")]]
    (reading,) = read(api, "shop.example")
    assert reading.zone.addresses == ("203.0.113.20",)
    assert "name=%40" in api.paths[1]


def test_a_zone_that_is_not_here_leaves_the_reading(api: Api) -> None:
    """The token opens another project, or the zone is at another provider."""
    api.zones = [[zone("other.example")]]
    (reading,) = read(api, HOST)
    assert reading.zone is None
    assert len(api.paths) == 1


def test_without_a_suspicion_nothing_is_read(api: Api) -> None:
    """No host, no call."""
    assert read(api) == ()
    assert api.paths == []


@pytest.mark.parametrize("code", [403, 429, 500])
def test_an_error_costs_no_reading(api: Api, code: int) -> None:
    """A token without the right, a limit, a failure of the API."""
    api.reply = error(code, "no")
    (reading,) = read(api, HOST)
    assert reading.zone is None


def test_a_malformed_zone_is_omitted(api: Api) -> None:
    """It has no id; and records that cannot be read stay unknown."""
    api.zones = [[{"name": "shop.example"}]]
    assert read(api, HOST)[0].zone is None
    api.zones, api.rrsets = [[zone("shop.example")]], [[{"name": "api"}]]
    assert read(api, HOST)[0].zone is None
    api.broken = {"rrsets/1": (500, {}, b"{}")}
    assert read(api, HOST)[0].zone.record_sets is None


def test_few_names_are_read_and_none_beyond_the_allowance(api: Api) -> None:
    """Each name costs a call; the budget is Parallax's own."""
    api.zones = [[zone("shop.example")]]
    read(api, *(f"a{n}.shop.example" for n in range(MOST_NAMES + 2)))
    assert len(api.paths) == 1 + MOST_NAMES
    api.paths.clear()
    spent = Allowance(1)
    spent._left = -1.0  # pyright: ignore[reportPrivateUsage] - as after many calls
    assert read(api, HOST, allowance=spent)[0].zone is None
    assert api.paths == []


def test_dns_is_suspicious_without_an_address_or_with_a_foreign_one() -> None:
    """Not behind a CDN, whose addresses are never the balancer's."""
    found = s.balancer()
    for scene, expected in ((e.no_name(), True), (e.stale_name(), True)):
        assert scene.run
        assert is_suspicious(scene.run, found, cdn=False) is expected
    stale, own = e.stale_name().run, s.no_target().run
    assert stale
    assert own
    assert not is_suspicious(stale, found, cdn=True)
    assert not is_suspicious(own, found, cdn=False)
    unread = replace(found, load_balancer=None)
    assert not is_suspicious(stale, unread, cdn=False)
