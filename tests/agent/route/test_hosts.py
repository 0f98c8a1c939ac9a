"""Which hosts are reported, and which if there are too many."""

from hypothesis import given, settings
from hypothesis import strategies as st

from parallax_agent.route.hosts import MAX_HOSTS, ingress_hosts
from parallax_agent.route.limits import NGINX
from tests.agent.shapes import ingress


def test_canaries_serve_no_host_alone() -> None:
    """A canary Ingress adds no host; an alias does."""
    canary = ingress("b.example", annotations={NGINX + "canary": "true"})
    rules = [ingress("a.example"), canary, ingress(None)]
    assert ingress_hosts(rules, "a.example") == ("a.example",)
    aliased = ingress("b.example", annotations={NGINX + "server-alias": "c.d, e.f"})
    assert ingress_hosts([aliased], "a.example") == ("b.example", "c.d", "e.f")


LABELS = st.text("abcdefgh", min_size=1, max_size=6)


@settings(deadline=None)
@given(
    names=st.sets(LABELS, min_size=1, max_size=12),
    label=LABELS,
    place=st.integers(0, 5),
    form=st.sampled_from(["{}.shop.example", "{}.other.io", "*.{}.example"]),
)
def test_of_too_many_hosts_the_closest_stay(
    names: set[str], label: str, place: int, form: str
) -> None:
    """Matching hosts are never cut, nor a host with one typing error."""
    host = f"{label}.shop.example"
    slip = f"{label[:place]}x{label[place:]}.shop.example"
    many = [f"{i:03}.far.example" for i in range(MAX_HOSTS + 50)]
    rules = [ingress(name) for name in (*many, slip, *map(form.format, names))]
    found = ingress_hosts([*rules, ingress("*.shop.example"), ingress(host)], host)
    assert len(found) == MAX_HOSTS
    assert list(found) == sorted(set(found))
    assert {host, slip, "*.shop.example"} <= set(found)
    assert host not in ingress_hosts(rules, host) or form.format(label) == host
