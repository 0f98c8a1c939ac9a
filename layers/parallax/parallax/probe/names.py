"""Names: which of a name's addresses an investigation probes, one by one.

In: the resolvers' answers. Out: one request for each address, and sentences about the
addresses that are skipped.
It does not: resolve, or send a request.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from parallax.model.probe import Resolution, Role
from parallax.model.target import Target
from parallax.probe.address import not_permitted, permitted
from parallax.probe.egress import has_route, no_route
from parallax.probe.plan import Plan, user_request
from parallax.probe.probe_request import ProbeRequest


def all_addresses(resolutions: Sequence[Resolution]) -> tuple[str, ...]:
    """Return each address that any resolver returned, IPv4 and IPv6 in turn.

    The first address of every resolver comes before the second of any: if not all can
    be probed, one resolver's long list hides no other resolver and no family.
    """
    ranks = zip_longest(*(resolution.addresses for resolution in resolutions))
    each = dict.fromkeys(address for rank in ranks for address in rank if address)
    ipv4 = [address for address in each if ":" not in address]
    ipv6 = [address for address in each if ":" in address]
    return tuple(a for pair in zip_longest(ipv4, ipv6) for a in pair if a)


def pinned(
    target: Target, resolutions: Sequence[Resolution], plan: Plan
) -> tuple[list[ProbeRequest], list[str]]:
    """Return the requests to the name's addresses, with the target's SNI and Host."""
    every = all_addresses(resolutions)
    refused = {address: why for address in every if (why := _refused(target, address))}
    allowed_ones = [address for address in every if address not in refused]
    user = user_request(target, Role.ADDRESS, plan.seconds, plan)
    requests = [
        replace(user, address=address) for address in allowed_ones[: plan.addresses]
    ]
    skipped = [f"address {address}: {why}" for address, why in refused.items()]
    if beyond := allowed_ones[plan.addresses :]:
        count = f"{len(requests)} of {len(allowed_ones)}"
        skipped.append(f"addresses: probed {count}, not {', '.join(beyond)}")
    if not every:
        skipped.append("addresses: no resolver returned an address")
    return requests, skipped


def _refused(target: Target, address: str) -> str | None:
    """Return why an address is skipped: its failure would not be the target's."""
    private = target.allow_private_addresses
    if private and not has_route(address):
        return no_route(address)
    if not permitted(address, target.host, allow_private=private):
        return not_permitted(allow_private=private)
    return None if has_route(address) else no_route(address)
