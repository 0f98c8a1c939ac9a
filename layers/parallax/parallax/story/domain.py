"""Domain: the registered domain of a host name.

In: a host name. Out: the part of it that somebody registered, e.g. `shop.example`.
It does not: know each registry's rules. The list of public suffixes has 10,000 entries
and changes each week. Here a wrong answer only means that one fault of a zone becomes
two alerts, or that two zones of one registry become one.
Source: publicsuffix.org, the second-level labels that several countries have.
"""

from ipaddress import ip_address

COUNTRY = 2
"""Letters of a country's top-level domain."""
_SECOND_LEVEL = frozenset(
    {
        *("ac", "co", "com", "edu", "gob", "gov", "govt", "gv", "ltd", "me", "mil"),
        *("ne", "net", "nhs", "nom", "or", "org", "plc", "sch"),
    }
)
"""Labels below a country under which anyone can register a name, e.g. `co.uk`."""


def registered_domain(host: str) -> str | None:
    """Return the registered domain of a host; None: the host is an address.

    All names of a domain have the same one, also if a part of it is delegated.
    """
    if is_address(host):
        return None
    labels = host.lower().split(".")
    country = len(labels[-1]) == COUNTRY
    is_suffix = country and len(labels) > 1 and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3 if is_suffix else -2 :])


def is_address(host: str) -> bool:
    """Say whether a host is an IPv4 or IPv6 address."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
