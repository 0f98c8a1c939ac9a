"""AWS signature: the headers with which AWS lets a request to a function URL pass.

In: an access key's file, a request. Out: headers of Signature Version 4; none without
the file, or for a URL that is not of Lambda.
It does not: replace the agents' own signature, which `ingest` verifies.
With the stack's parameter `IngestAuth=AWS_IAM`, AWS rejects every other request before
`ingest` runs. So a flood uses up no concurrency. With `NONE` these headers are ignored.
Source: AWS General Reference, "Signature Version 4 signing process"; AWS Lambda,
"Invoking function URLs" (service `lambda`).
"""

import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from parallax_agent.push.signing import KeyUnusableError

FILE = "aws"
"""Name of the file beside the agents' key: `ACCESS_KEY_ID:SECRET_ACCESS_KEY`."""
_HOST = re.compile(r"[a-z0-9]+\.lambda-url\.([a-z0-9-]+)\.on\.aws")
_LINE = re.compile(r"([A-Z0-9]{16,128}):([A-Za-z0-9/+=]{40,128})")
SERVICE, ALGORITHM = "lambda", "AWS4-HMAC-SHA256"
SIGNED = "host;x-amz-date"


@dataclass(frozen=True, slots=True)
class AccessKey:
    """An access key of the stack's `AgentUser`."""

    identity: str
    secret: str


def read_access_key(key_file: Path) -> AccessKey | None:
    """Return the access key beside the agents' key; None: there is none.

    Raises `KeyUnusableError`; its text never has the content of the file.
    """
    path = key_file.with_name(FILE)
    try:
        text = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        reason = type(error).__name__
        raise KeyUnusableError(f"{path}: cannot be read: {reason}") from None
    found = _LINE.fullmatch(text)
    if found is None:
        raise KeyUnusableError(f"{path}: expected ACCESS_KEY_ID:SECRET_ACCESS_KEY")
    return AccessKey(found[1], found[2])


def aws_signed(
    key: AccessKey | None, url: str, body: bytes, now: datetime
) -> dict[str, str]:
    """Return the headers that sign a POST of this body, at this time of UTC."""
    parts = urlsplit(url)
    host = _HOST.fullmatch(parts.netloc)
    if key is None or host is None:
        return {}
    at = f"{now:%Y%m%dT%H%M%SZ}"
    scope = f"{now:%Y%m%d}/{host[1]}/{SERVICE}/aws4_request"
    headers = f"host:{parts.netloc}\nx-amz-date:{at}\n"
    request = ("POST", parts.path, parts.query, headers, SIGNED, _digest(body))
    text = "\n".join((ALGORITHM, at, scope, _digest("\n".join(request).encode())))
    derived = f"AWS4{key.secret}".encode()
    for part in scope.split("/"):
        derived = hmac.digest(derived, part.encode(), "sha256")
    signature = hmac.digest(derived, text.encode(), "sha256").hex()
    credential = f"{ALGORITHM} Credential={key.identity}/{scope}"
    stated = f"{credential}, SignedHeaders={SIGNED}, Signature={signature}"
    return {"X-Amz-Date": at, "Authorization": stated}


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()
