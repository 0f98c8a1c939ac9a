"""Mutate: one damaged copy of an input.

In: a source of chance, recorded inputs. Out: bytes, the same for the same seed.
It does not: know an entry.
"""

import json
from random import Random
from typing import Any

from fuzz.entry import Kind

LONGEST = 256 * 1024
"""Bytes; longer copies are cut. Entries with larger limits get seeds of that size."""
TOKENS = (
    b"\x00", b"\xff", b"\r\n", b"\r\n\r\n", b"\n", b'"', b"\\", b"{", b"}", b"[" * 200,
    b'{"a":' * 200, b"%00", b"%", b"..", b"//", b"@", b"#", b"?", b":", b"-1", b"0",
    b"1e999", b"NaN", b"Infinity", b"9" * 400, b"\xed\xa0\x80", b"\xc0\x80",
    b"\xe2\x80\xae", b"\x1b[2J", b"Transfer-Encoding: chunked\r\n", b"Content-Length: ",
    b"HTTP/1.1 100 Continue\r\n\r\n", b"&a *a", b"<<: *a", b"!!python/object:", b"---",
    b"2026-01-01T00:00:00Z", b"0001-01-01T00:00:00+14:00", b"A" * 5000, b" " * 5000,
)  # fmt: skip
TEXTS = (
    "", " ", "\x00", "\ud800", "a" * 5000, "é" * 300, "-", "0", "1e999", "nan", "[::]",
    "169.254.169.254", "\u202e", "\r\nX: y", "9" * 400, "999999-12-31T00:00:00Z",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "../../x", "(" * 500,
    "Host(`a`) && " * 50, "*", "a.b", "*.example", "http", "TCP", "True", "%s%n{0}",
)  # fmt: skip
NUMBERS = (0, 1, -1, 65535, 65536, 2**31, 2**63, -(2**63), 10**30, 99, 443)
ODD: tuple[Any, ...] = (None, True, False, 1.5, 1e308, [], {}, [[]], {"": {}}, "x", 7)


def mutated(chance: Random, seeds: list[bytes], kind: Kind) -> bytes:
    """Return a damaged copy of one of the inputs; one in 64 is only chance.

    An input that keeps its types is never only chance.
    """
    if kind is not Kind.TYPED and chance.random() < 1 / 64:
        return chance.randbytes(chance.randrange(256))
    seed = chance.choice(seeds)
    if kind is Kind.BYTES or (kind is Kind.JSON and chance.random() < 1 / 4):
        return _bytes(chance, seed, seeds)[:LONGEST]
    return _json(chance, seed, keep=kind is Kind.TYPED)


def _bytes(chance: Random, seed: bytes, seeds: list[bytes]) -> bytes:
    data = bytearray(seed)
    for _ in range(1 << chance.randrange(5)):
        at = chance.randrange(len(data) + 1)
        end = min(len(data), at + (1 << chance.randrange(10)))
        match chance.randrange(7):
            case 0 if at < len(data):
                data[at] ^= 1 << chance.randrange(8)
            case 1:
                data[at:at] = chance.choice(TOKENS)
            case 2:
                del data[at:end]
            case 3:
                data[at:at] = data[at:end] * chance.randrange(1, 8)
            case 4:
                data[at:end] = chance.randbytes(min(end - at, 16))
            case 5:
                del data[at:]
            case _:
                other = chance.choice(seeds)
                data[at:] = other[chance.randrange(len(other) + 1) :]
    return bytes(data)


def _json(chance: Random, seed: bytes, *, keep: bool) -> bytes:
    document = json.loads(seed)
    places = list(_places(document))
    for _ in range(min(len(places), 1 << chance.randrange(4))):
        holder, key = chance.choice(places)
        try:
            _change(chance, holder, key, keep=keep)
        except (KeyError, IndexError):
            continue  # an earlier change has removed it
    return json.dumps(document).encode()


def _places(value: Any) -> Any:
    """Yield each holder of the document with a key of it, to any depth."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in list(items):
        yield value, key
        if isinstance(item, dict | list):
            yield from _places(item)


def _change(chance: Random, holder: Any, key: Any, *, keep: bool) -> None:
    value = holder[key]
    if keep:
        holder[key] = _same_type(chance, value)
        return
    match chance.randrange(5):
        case 0:
            del holder[key]
        case 1:
            holder[key] = chance.choice(ODD)
        case 2 if isinstance(holder, dict):
            holder[chance.choice(TEXTS)] = value
        case 3 if isinstance(value, list):
            holder[key] = value * chance.randrange(2, 40)
        case _:
            holder[key] = _same_type(chance, value)


def _same_type(chance: Random, value: Any) -> Any:
    match value:
        case bool() | None:
            return not value
        case int():
            return chance.choice(NUMBERS)
        case float():
            return chance.choice((0.0, -1.0, 1e308, 1e-300))
        case str():
            return _text(chance, value)
        case list():
            return value[: chance.randrange(len(value) + 1)] * chance.randrange(1, 4)
        case _:
            return value


def _text(chance: Random, value: str) -> str:
    at = chance.randrange(len(value) + 1)
    return chance.choice(
        (
            chance.choice(TEXTS),
            value[:at],
            value[:at] + chance.choice(TEXTS) + value[at:],
        )
    )
