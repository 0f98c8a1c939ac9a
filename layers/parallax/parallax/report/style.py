"""Style: the page's CSS and script, and the policy that allows them and nothing else.

In: nothing. Out: CSS for a phone of 390 pixels and for a desktop, light and dark.
It does not: load a font, an image or another script.
"""

import base64
from hashlib import sha256

from parallax.report.copying import SCRIPT
from parallax.report.css_base import BASE
from parallax.report.css_incident import INCIDENT

CSS = BASE + INCIDENT


def _hashed(text: str) -> str:
    digest = base64.b64encode(sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


POLICY = (
    f"default-src 'none'; style-src {_hashed(CSS)}; script-src {_hashed(SCRIPT)};"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""The content security policy of every page: this style, this script, our form, and
nothing else: no image, no font, no connection."""
