"""Prices: the list prices of one region, from one dated file with their sources.

In: a TOML file such as `prices.toml`, a region. Out: prices by meter, and those of
other products.
It does not: reach the network, or know a region that the file does not have.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

FILE = Path(__file__).with_name("prices.toml")


class PricesError(ValueError):
    """A price file cannot be used; the text has the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """Dollars for so many units (`per`); `confirmed`: found on the vendor's page."""

    dollars: float
    per: float
    unit: str
    source: str
    confirmed: bool

    def of(self, quantity: float) -> float:
        """Return the dollars for a quantity."""
        return quantity * self.dollars / self.per


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerPrice:
    """What another product costs: dollars a run of `checks`, or dollars a month."""

    name: str
    per_run: float | None
    monthly: float | None
    checks: int
    note: str
    source: str
    confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """All prices of one region on one date."""

    date: str
    region: str
    of: Mapping[str, Price]
    peers: tuple[PeerPrice, ...]

    @property
    def unconfirmed(self) -> tuple[str, ...]:
        """Return the meters whose price is not confirmed."""
        return tuple(name for name, price in self.of.items() if not price.confirmed)


def read_prices(region: str, file: Path | None = None) -> Prices:
    """Read the prices of a region.

    Raises `PricesError` if the file cannot be read, is not such a file, or does not
    have the region.
    """
    path = file or FILE
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        return _prices(content, region)
    except PricesError:
        raise
    except OSError as error:
        raise PricesError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PricesError(f"{path}: expected TOML: {error}") from error
    except KeyError as error:
        raise PricesError(f"{path}: expected the key {error}") from error
    except (TypeError, AttributeError, ValueError) as error:
        raise PricesError(f"{path}: expected a price file: {error}") from error


def _prices(content: Mapping[str, Any], region: str) -> Prices:
    sources = content["sources"]
    entries = cast("Mapping[str, Mapping[str, Any]]", content["prices"])
    known = sorted({name for entry in entries.values() for name in entry["dollars"]})
    if region not in known:
        raise PricesError(
            f"--region {region}: no prices; known: {', '.join(known)}."
            " For another region, give a file with its prices: --prices FILE"
        )
    return Prices(
        date=str(content["date"]),
        region=region,
        of={name: _price(entry, region, sources) for name, entry in entries.items()},
        peers=tuple(_peer(one, region, sources) for one in content.get("peers", ())),
    )


def _price(entry: Mapping[str, Any], region: str, sources: Mapping[str, str]) -> Price:
    return Price(
        dollars=float(entry["dollars"][region]),
        per=float(entry["per"]),
        unit=str(entry["unit"]),
        source=sources[entry["source"]],
        confirmed=region not in entry.get("unconfirmed", ()),
    )


def _peer(
    entry: Mapping[str, Any], region: str, sources: Mapping[str, str]
) -> PeerPrice:
    per_run, monthly = entry.get("per_run"), entry.get("monthly")
    return PeerPrice(
        name=str(entry["name"]),
        per_run=None if per_run is None else float(per_run[region]),
        monthly=None if monthly is None else float(monthly[region]),
        checks=int(entry.get("checks", 1)),
        note=str(entry.get("note", "")),
        source=sources[entry["source"]],
        confirmed=region not in entry.get("unconfirmed", ()),
    )
