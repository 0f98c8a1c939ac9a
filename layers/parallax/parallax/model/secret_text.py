"""Secret text: replaces credentials in untrusted text.

In: text, e.g. a header's value, an error, a setting. Out: the same text, in which
`[redacted]` replaces each credential that has a typical name or shape.
It does not: parse headers or a URL's query (`parallax.probe.redact` does), or find a
password without a name: it looks like any word.
Every pattern is linear in the text's length, which may be 64 KB of untrusted text.
Sources: RFC 3986, section 3.2.1 (userinfo); RFC 9110, section 11.4 (credentials);
RFC 7519, section 3 (JWT begins with `eyJ`, the Base64 of `{"`); the prefixes as
GitHub, GitLab, Slack, AWS, Google, Stripe, npm and HashiCorp document them.
"""

import re
from collections.abc import Callable
from typing import cast
from urllib.parse import unquote

from parallax.model.secret_name import is_secret

REDACTED = "[redacted]"
LONGEST = 100
"""Characters of a value that an error shows."""
_DEPTH = 3
"""How often a text may be percent-encoded."""
_ENCODED = re.compile("%[0-9A-Fa-f]{2}")
_USERINFO = (
    # A password may contain `/`, `?`, `#` or `@` that should be encoded: if no port
    # follows the first colon, a later `@` ends the password.
    re.compile(
        r"(?<![/\\])[/\\]{2,8}[^/?#\s@\[\"]{0,256}:"
        r"(?!\s|\d{0,5}(?:[/?#\s'\")>,]|$))[^ ]{0,256}@"
    ),
    re.compile(r"(?<![/\\])[/\\]{2,8}[^/?# ]{0,256}@"),
    re.compile(
        r"(?<![\w.%+~:/-])[\w.%+~-]{1,128}:(?!//)[^\s\"'<>]{1,256}@(?!sha\d)(?=[\w\[%])"
    ),
)
_SHAPES = re.compile(
    r"eyJ[\w-]{6,}(?:\.[\w-]*){0,4}|v[1-4]\.(?:local|public)\.[\w-]{16,}"
    r"|gh[oprsu]_\w{8,}|github_pat_\w+|xox[a-z]-[\w-]+|xapp-[\w-]+|AIza[\w-]{16,}"
    r"|(?:sk|rk|pk)_(?:live|test)_\w+|whsec_[\w+/=]+|ya29\.[\w-]+|GOCSPX-[\w-]+"
    r"|dckr_pat_[\w-]+|dop_v1_\w+|glsa_\w{8,}|shp[a-z]{2}_\w{8,}"
    r"|SG\.[\w-]{16,}\.[\w-]{16,}"
    r"|(?<![A-Za-z0-9])(?:gl(?:pat|dt|rt|cbt|ptt|ft|soat|imt|agent|ffct)-[\w-]{8,}"
    r"|(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{8,}|sk-[\w-]{16,}|npm_\w{16,}|hf_\w{16,}"
    r"|hvs\.[\w-]{8,}|pypi-[\w-]{16,}"
    # Hetzner Cloud: 64 letters and digits. Checksums and ids have only one case.
    r"|(?=[a-z0-9]*[A-Z])(?=[A-Z0-9]*[a-z])[A-Za-z0-9]{64}(?![A-Za-z0-9]))"
    r"|-----BEGIN [A-Z ]{0,40}PRIVATE KEY.*",
    re.DOTALL,
)
_GAP = r"(?:\s|\+|%20)"
_SCHEMES = re.compile(
    rf"(?<![\w-])(?P<scheme>bearer|basic|negotiate|ntlm|token|apikey|dpop|sharedkey"
    rf"(?:lite)?){_GAP}+(?![=:])(?!(?:realm|required|included|provided|expired|missing|invalid|"
    rf"is|was|has|not|auth\w*|error)\b)(?:\"[^\"]*\"?|[^\s,;\"'<>]+)"
    rf"|(?<![\w-])(?P<long>digest|hawk|oauth|mutual|hoba|signature|gnap|scram-sha-\d+|"
    rf"aws4-[\w-]+|goog4-[\w-]+|sharedaccesssignature){_GAP}+(?=[\w-]{{1,40}}=).*",
    re.IGNORECASE | re.DOTALL,
)
_ESCAPED_QUOTE = (
    r"(?:\\{1,8}u00(?:22|27)"
    r"|&(?:amp;){0,3}(?:quot|apos|#0{0,4}3[49]|#[xX]0{0,4}2[27]);)"
)
"""A quote that JSON or HTML escapes."""
_LESS = r"(?:<|\\{1,8}u003[cC]|&(?:amp;){0,3}lt;)"
_MORE = r"(?:>|\\{1,8}u003[eE]|&(?:amp;){0,3}gt;)"
_ELEMENT = re.compile(
    rf"(?P<start>{_LESS}(?P<name>[A-Za-z_][\w.:-]{{0,64}})(?:\s[^<>]{{0,256}}?)?{_MORE})"
    rf"(?P<value>(?:{_LESS}!\[CDATA\[)?(?:(?!{_LESS}).)+)",
    re.DOTALL,
)
_PAIR = re.compile(
    r"(?<![\w.-])(?P<name>[A-Za-z_][\w.-]*(?:\[[\w.-]{0,64}\]){0,4})"
    rf"(?:{_ESCAPED_QUOTE}|\\{{0,8}}[\"']?)\s{{0,8}}"
    r"(?:=>|=(?![=\s]{0,4}$)|:(?!//))\s{0,8}"
)
_NEXT = r"[,;&|]\s{0,8}\\{0,8}[\"']?[\w.-]{1,64}\\{0,8}[\"']?\s{0,8}[=:]"
"""A separator and the name of the next pair."""
_CLOSED = r"\\{0,8}[\"'](?=[\s,;)}\]>]|$)|[<>]"
_QUOTED = (
    rf"(?P<quote>\\{{1,8}}[\"']|{_ESCAPED_QUOTE})(?:(?!(?P=quote)).)*"
    r"|(?P<double>\")(?:[^\"\\]|\\.)*"
    r"|(?P<single>')[^']*"
)
_VALUE = {
    "=": re.compile(rf"{_QUOTED}|(?:(?!\s|{_NEXT}|{_CLOSED}).)+", re.DOTALL),
    ":": re.compile(rf"{_QUOTED}|(?:(?!{_NEXT}|{_CLOSED}).)+", re.DOTALL),
}
_LISTS = re.compile("cookie|authoriz|authent|credential", re.IGNORECASE)
"""Names whose value may be a list of pairs with harmless names."""
_REST = re.compile(rf"{_QUOTED}|(?:(?!{_CLOSED}).)+", re.DOTALL)


def without_secrets(text: str) -> str:
    """Return the text without credentials, even if they are percent-encoded."""
    return decoded(text, clean)


def without_passwords(text: str) -> str:
    """Return a sentence without user information, tokens and credentials.

    `key: text` stays: a sentence may begin with a file's or an option's name.
    """
    return decoded(text, without_shapes)


def clean(text: str) -> str:
    """Return the text without credentials, without decoding it."""
    return _without_pairs(_ELEMENT.sub(_element, without_shapes(text)))


def without_shapes(text: str) -> str:
    """Return the text without user information, tokens and credentials.

    Pairs stay, for text in which `name=value` has another meaning.
    """
    for pattern in _USERINFO:
        text = pattern.sub(_anonymous, text)
    text = _SHAPES.sub(REDACTED, text)
    return _SCHEMES.sub(_scheme, text)


def decoded(text: str, cleaner: Callable[[str], str]) -> str:
    """Clean a text and its percent-encoded parts; decode only if needed."""
    shown = inner = cleaner(text)
    for _ in range(_DEPTH):
        if not _ENCODED.search(inner):
            break
        inner = unquote(inner)
        cleaned = cleaner(inner)
        if cleaned != inner:
            shown = inner = cleaned
    return shown


def quoted(value: object) -> str:
    """Return a wrong value for an error: quoted, short, without secrets."""
    if isinstance(value, dict | list | tuple | set):
        return f"a {type(cast('object', value)).__name__}"
    text = without_secrets(f"{value}")
    text = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return repr(text) if isinstance(value, str) else text


def _anonymous(found: re.Match[str]) -> str:
    return f"{'//' if found.group()[0] in '/\\' else ''}{REDACTED}@"


def _scheme(found: re.Match[str]) -> str:
    return f"{found['scheme'] or found['long']} {REDACTED}"


def _element(found: re.Match[str]) -> str:
    """Return an element of XML or HTML, without a value if its name is secret."""
    is_kept = not is_secret(found["name"], found["value"])
    return found.group() if is_kept else f"{found['start']}{REDACTED}"


def _without_pairs(text: str) -> str:
    """Replace the value of every pair with a secret name.

    A pair with a harmless name is skipped only up to its value, which may contain
    another pair.
    """
    parts: list[str] = []
    done = 0
    for pair in _PAIR.finditer(text):
        if pair.start() < done:
            continue
        name = pair["name"]
        # A value is searched only after a secret name, so that time stays linear.
        if not is_secret(name):
            continue
        pattern = _REST if _LISTS.search(name) else _VALUE[_sign(pair)]
        value = pattern.match(text, pair.end())
        if value is None or not is_secret(name, value.group()):
            continue
        parts += [text[done : pair.end()], _hidden(value)]
        done = value.end()
    return "".join(parts) + text[done:]


def _sign(pair: re.Match[str]) -> str:
    return ":" if pair.group().rstrip().endswith(":") else "="


def _hidden(value: re.Match[str]) -> str:
    """Return a value's replacement: in its quotes, with the separator after it."""
    quote = value["quote"] or value["double"] or value["single"]
    if quote:
        return f"{quote}{REDACTED}"
    shown = value.group().rstrip()
    return f"{REDACTED}{shown[-1:] if shown[-1:] in ',;' else ''}"
