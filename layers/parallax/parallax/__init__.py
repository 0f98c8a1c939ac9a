"""Parallax: what the internet sees against what the cluster sees.

The package is the shared layer of the functions, and the agent's base.
Each step of the flow is one subpackage that bears the step's word: `probe`,
`inspect`, `ingest`, `journal`, `diagnose`, `notify`. `causes` holds one module
a cause, `writers` one module a server family, `model` the nouns.
It does not: run anything by itself; the functions and the CLI do.
"""

import os

from parallax import garbage

__version__ = "0.1.0"

if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    garbage.pause()  # until the handler is ready: `parallax.logs.with_context`
