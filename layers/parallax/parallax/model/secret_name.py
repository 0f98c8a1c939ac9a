"""Secret name: whether the name of a header, parameter or key is a credential's.

In: a name in any usual spelling (`X-CSRF-Token`, `apiKey`, `user[password]`). Out: yes
or no. In doubt it is yes: losing a harmless value is better than storing a secret.
It does not: read values, except for `code`, which may be an HTTP status.
"""

import re
from itertools import pairwise

_PARTS = re.compile(
    r"token|secret|sess(?:ion|id)|passw|passphrase|passcode|credential|cookie|bearer"
    r"|jwt|csrf|xsrf|signature|hmac|nonce|assertion|saml|ticket"
    r"|macaroon|biscuit|paseto|magic[-_.]?link|(?<![a-z0-9])2fa"
    r"|(?<![a-z])s[-_.]id(?![a-z])"
    r"|auth(?!or(?:s|ity|itative)?(?![a-z]))"
)
"""Parts of names that no harmless name contains."""
_WORDS = frozenset(
    {"access", "code", "cred", "creds", "dsn", "jwe", "jws", "mfa", "pass", "pin"}
    | {"psk", "psw", "pswd", "pw", "refresh", "sas", "sess", "sid", "sig", "sso"}
    | {"tkn", "tok", "verifier"}
)
"""Whole words of names; each is a part of many harmless names."""
_ENDINGS = ("otp", "pwd")
_STATUS_CODES = frozenset(
    {
        "country",
        "currency",
        "err",
        "error",
        "exit",
        "http",
        "lang",
        "language",
        "postal",
    }
    | {"reason", "region", "response", "result", "return", "status", "zip"}
)
"""Words before a `code` that is not for login."""
_TAGS = frozenset({"cache", "surrogate"})
"""Words before the `key` of a cache: `Surrogate-Key`, `X-Cache-Key`."""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_STATUS = re.compile(r"\d{1,3}")


def is_secret(name: str, value: str = "") -> bool:
    """Say whether a name is a credential's; a `code` that is a status is not."""
    lowered = name.lower()
    if _PARTS.search(lowered):
        return True
    if lowered.startswith("access-control-"):
        return False
    words = [word.lower() for word in _WORD.findall(name)]
    pairs = pairwise(["", *words])
    return any(_is_secret(word, before, value) for before, word in pairs)


def _is_secret(word: str, before: str, value: str) -> bool:
    if word.removesuffix("s").endswith("key"):
        word = word.removesuffix("s")
        # Varnish's cache tags are `xkey`; an `X-Key` is an application's own.
        return word != "xkey" and (word.removesuffix("key") or before) not in _TAGS
    plain = word.removeprefix("x")
    if plain == "code":
        return before not in _STATUS_CODES and not _STATUS.fullmatch(value)
    return plain in _WORDS or plain.endswith(_ENDINGS)
