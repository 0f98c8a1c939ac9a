"""The Hetzner API as the official client reads it."""

import json

import pytest

from tests.lab.conftest import Up

pytestmark = pytest.mark.lab

READ = """
import json
from hcloud import APIException, Client
from lab.case import load
from lab.facts import facts_of
from pathlib import Path
facts = facts_of(load(), Path(FOLDER))
client = Client(token=facts.hetzner_token, api_endpoint=facts.hetzner_endpoint)
lb = client.load_balancers.get_by_name("keybuzz-lb")
health = [h.status for t in lb.targets for h in t.health_status]
ports = [s.health_check.port for s in lb.services]
servers = {s.id: s.private_net[0].ip for s in client.servers.get_all()}
try:
    Client(token="wrong", api_endpoint=facts.hetzner_endpoint).servers.get_all()
except APIException as error:
    refused = error.code
print(json.dumps([lb.public_net.ipv4.ip, lb.private_net[0].ip, health, ports,
                  list(servers.values()), refused, len(client.firewalls.get_all())]))
"""
READ_ZONE = """
import json
from hcloud import Client
from lab.case import load
from lab.facts import facts_of
from pathlib import Path
facts = facts_of(load(), Path(FOLDER))
client = Client(token=facts.hetzner_token, api_endpoint=facts.hetzner_endpoint)
(zone,) = client.zones.get_all()
found = zone.get_rrset_all(name="platform-api", type="A")
print(json.dumps([zone.name, zone.authoritative_nameservers.delegation_status,
                  [r.value for s in found for r in s.records]]))
"""


def test_the_official_client_reads_balancer_and_servers(up: Up) -> None:
    """Ten healthy values for five targets and two services; a wrong token gets 401."""
    ipv4, private, health, ports, servers, refused, walls = json.loads(up.python(READ))
    assert (ipv4, private) == ("203.0.113.20", "10.0.0.5")
    assert health == ["healthy"] * 10
    assert ports == [31695, 31695]
    assert servers == [str(s.address) for s in up.case.servers]
    assert refused == "unauthorized"
    assert walls == 0


def test_health_comes_from_haproxy(well: Up) -> None:
    """A wrong health check port is visible, and every target is unhealthy."""
    well.inject("lb-health-check-wrong-port")
    _, _, health, ports, *_ = json.loads(well.python(READ))
    assert health == ["unhealthy"] * 10
    assert ports == [31999, 31999]


def test_the_official_client_reads_the_zone(up: Up) -> None:
    """The delegation is valid; the records are those of the name server."""
    assert json.loads(up.python(READ_ZONE)) == ["keybuzz.io", "valid", ["203.0.113.20"]]
