"""Hetzner's API over HTTP, as `parallax.inspect` is tested with it."""

from tests.parallax.inspect.conftest import api

__all__ = ["api"]
