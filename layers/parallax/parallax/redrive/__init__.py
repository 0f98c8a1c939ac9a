"""Redrive: read the dead letters of a stack and replay them.

In: the name of a deployed stack. Out: a result for each letter. Only the command line
uses it, so the functions' layer does not contain it. It does not: judge or publish;
the stack's own functions do.
"""

from parallax.redrive.result import GONE, Outcome, Result
from parallax.redrive.run import HIDDEN_SECONDS, Redrive
from parallax.redrive.stack import STEPS, StackError, find_stack

__all__ = [
    "GONE",
    "HIDDEN_SECONDS",
    "STEPS",
    "Outcome",
    "Redrive",
    "Result",
    "StackError",
    "find_stack",
]
