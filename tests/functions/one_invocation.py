"""One invocation: a function starts as in Lambda and handles one event.

In: the step as the argument, the event on standard input, settings in the environment.
Out: what the function prints; on the last line of standard output, as JSON, its
response and the most memory that the process used, in MB.
It does not: catch what the handler raises; the process then ends with 1.
"""

import importlib.util
import json
import sys
from pathlib import Path
from types import SimpleNamespace

FUNCTIONS = Path(__file__).resolve().parents[2] / "functions"
CONTEXT = SimpleNamespace(
    function_name="parallax-function-name",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:eu-central-1:000000000000:function:parallax",
    aws_request_id="6d68ca91-49c9-448d-89b8-7ca3e6dc66aa",
)


def peak_megabytes() -> float:
    """Return the most memory of this process; a parent's memory is not counted."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (kilobytes,) = (line.split()[1] for line in lines if line.startswith("VmHWM"))
    return int(kilobytes) / 1024


def main(step: str) -> None:
    """Load the function, invoke it, and print the result."""
    file = FUNCTIONS / step / "app.py"
    spec = importlib.util.spec_from_file_location("app", file)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(file)
    app = importlib.util.module_from_spec(spec)
    sys.modules["app"] = app
    spec.loader.exec_module(app)
    response = app.handler(json.loads(sys.stdin.read()), CONTEXT)
    result = {"response": response, "megabytes": peak_megabytes()}
    sys.stdout.write(f"{json.dumps(result)}\n")


if __name__ == "__main__":
    main(sys.argv[1])
