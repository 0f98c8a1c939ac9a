"""Names: which of a name's addresses an investigation asks, each for itself.

In: what the resolvers answered. Out: one question for each address, pinned, and in
words which are left out and why.
It does not: resolve, or ask.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from parallax.model.probe import Resolution, Role
from parallax.model.target import Target
from parallax.probe.address import allowed
from parallax.probe.plan import Plan, ask
from parallax.probe.question import Question
from parallax.probe.way_out import has_route, no_route


def named(resolutions: Sequence[Resolution]) -> tuple[str, ...]:
    """Return each address that anybody named, IPv4 and IPv6 in turn.

    Everybody's first ones come before anybody's second: where not all can be
    asked, one resolver's long list hides neither another's word nor a family.
    """
    ranks = zip_longest(*(resolution.addresses for resolution in resolutions))
    found = dict.fromkeys(address for rank in ranks for address in rank if address)
    ipv4 = [address for address in found if ":" not in address]
    ipv6 = [address for address in found if ":" in address]
    return tuple(a for pair in zip_longest(ipv4, ipv6) for a in pair if a)


def pinned(
    target: Target, resolutions: Sequence[Resolution], plan: Plan
) -> tuple[list[Question], list[str]]:
    """Return the questions to the name's addresses, by the target's SNI and Host."""
    found = named(resolutions)
    refused = {address: why for address in found if (why := _refused(target, address))}
    reached = [address for address in found if address not in refused]
    user = ask(target, Role.ADDRESS, plan.seconds)
    questions = [
        replace(user, address=address) for address in reached[: plan.addresses]
    ]
    skipped = [f"address {address}: {why}" for address, why in refused.items()]
    if beyond := reached[plan.addresses :]:
        told = f"{len(questions)} of {len(reached)} are asked, not {', '.join(beyond)}"
        skipped.append(f"addresses: {told}")
    if not found:
        skipped.append("addresses: no resolver named any")
    return questions, skipped


def _refused(target: Target, address: str) -> str | None:
    """Say why an address is not asked; what failed there would not be the target's."""
    if not target.allow_private_addresses and not allowed(address):
        return "not an address of the internet"
    return None if has_route(address) else no_route(address)
