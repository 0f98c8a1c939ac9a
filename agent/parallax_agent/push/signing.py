"""Signing: the headers that sign a message, from the key in its file.

In: a key file, and beside it a file with the key's id, if it has one; a message. Out:
Standard Webhooks headers, and the header with the id.
It does not: keep the key; the files are read for every message, so a rotated key is
used at once.
Source: Standard Webhooks specification 1.0 (headers, signature scheme).
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from standardwebhooks import Webhook

from parallax.model.key_id import HEADER, KEY_ID, SUFFIX, is_key_id


class KeyUnusableError(ValueError):
    """The key file cannot be read or holds no Standard Webhooks key."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key, and the id by which `ingest` finds it; None: it has none."""

    secret: str = field(repr=False)
    id: str | None = None


def read_key(path: Path) -> SigningKey:
    """Return the signing key; raises `KeyUnusableError` with the reason.

    The id is in the file `<path>.id`, which may be absent or empty.
    """
    return SigningKey(_secret(path), _id(path.with_name(path.name + SUFFIX)))


def _secret(path: Path) -> str:
    try:
        key = path.read_text(encoding="ascii").strip()
        Webhook(key).sign("msg", datetime.now(UTC), "")
    except (OSError, ValueError, RuntimeError) as error:
        raise KeyUnusableError(f"{path}: {error}") from error
    except Exception as error:  # the library's own error for an empty key
        raise KeyUnusableError(f"{path}: expected whsec_<base64>: {error}") from error
    return key


def _id(path: Path) -> str | None:
    try:
        text = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise KeyUnusableError(f"{path}: {error}") from error
    if text and not is_key_id(text):
        raise KeyUnusableError(f"{path}: expected {KEY_ID}")
    return text or None


def signed(
    key: SigningKey, message_id: str, now: datetime, body: str
) -> dict[str, str]:
    """Return the headers that sign a body at this time."""
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(key.secret).sign(message_id, now, body),
    }
    return headers | ({HEADER: key.id} if key.id else {})
