"""Diagnose: join what is known, judge it, move the incident.

In: observations of one target. Out: a snapshot, its judgement, its incident.
It does not: read or write anything; pure, so that a saved snapshot can be judged
again anywhere.
"""

from parallax.diagnose.incident import advance
from parallax.diagnose.join import join
from parallax.diagnose.judge import judge
from parallax.diagnose.rules import Rules
from parallax.diagnose.silence import Silence, silences

__all__ = ["Rules", "Silence", "advance", "join", "judge", "silences"]
