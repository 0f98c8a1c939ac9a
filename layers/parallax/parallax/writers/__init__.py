"""Writers: which server wrote this response.

In: an HTTP response. Out: an `Attribution` with the clues that prove it.
It does not: open connections, or locate a fault.
Each server family has a module with a table of marks and their sources; `attribution`
weighs them. docs/attribution.md has the whole table.
"""

from parallax.writers.attribution import Attribution, attribute, attribute_probe

__all__ = ["Attribution", "attribute", "attribute_probe"]
