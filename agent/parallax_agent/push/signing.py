"""Signing: the headers that sign a message, from the key in its file.

In: a key file, a message. Out: Standard Webhooks headers.
It does not: keep the key; the file is read for every message, so a rotated key is used
at once.
Source: Standard Webhooks specification 1.0 (headers, signature scheme).
"""

from datetime import UTC, datetime
from pathlib import Path

from standardwebhooks import Webhook


class KeyUnusableError(ValueError):
    """The key file cannot be read or holds no Standard Webhooks key."""


def read_key(path: Path) -> str:
    """Return the signing key; raises `KeyUnusableError` with the reason."""
    try:
        key = path.read_text(encoding="ascii").strip()
        Webhook(key).sign("msg", datetime.now(UTC), "")
    except (OSError, ValueError, RuntimeError) as error:
        raise KeyUnusableError(f"{path}: {error}") from error
    except Exception as error:  # the library's own error for an empty key
        raise KeyUnusableError(f"{path}: expected whsec_<base64>: {error}") from error
    return key


def signed(key: str, message_id: str, now: datetime, body: str) -> dict[str, str]:
    """Return the headers that sign a body at this time."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(key).sign(message_id, now, body),
    }
