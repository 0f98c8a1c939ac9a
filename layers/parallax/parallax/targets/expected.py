"""Expected: pydantic's report of a wrong type, as an error of the targets file.

In: a detail of a `ValidationError`. Out: one sentence without secrets.
It does not: state where the value is.
"""

import re
from typing import Any

from parallax.model.secret_text import quoted
from parallax.targets.hint import hint


def expected(detail: Any) -> str:  # noqa: ANN401 - pydantic's own type of an error
    """Return what was expected, and what was there instead."""
    if detail["type"] == "missing":
        return "expected a value, got none"
    wanted = re.sub(r"^Input should be ", "", detail["msg"])
    meant = hint(detail["input"], re.findall(r"'([^']*)'", wanted))
    return f"expected {wanted}, got {quoted(detail['input'])}{meant}"
