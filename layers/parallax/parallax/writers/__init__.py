"""Writers: who wrote this response.

In: an HTTP answer. Out: an `Attribution` with the clues that carry it.
It does not: open connections, or say where the fault is.
One module a server family, each a table of marks with its sources;
`attribution` weighs them. docs/attribution.md holds the whole table.
"""

from parallax.writers.attribution import Attribution, attribute, attribute_probe

__all__ = ["Attribution", "attribute", "attribute_probe"]
