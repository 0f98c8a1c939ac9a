"""What SAM makes of the template with a value of the parameter `Tracing`.

In: the value as the argument; it runs in SAM's own environment. Out: as JSON, the
tracing mode of each function, and the managed policies of each role.
It does not: reach AWS.
"""

import json
import sys
from pathlib import Path
from typing import Any

from samcli.yamlhelper import yaml_parse  # pyright: ignore[reportMissingImports] - SAM's own environment has it
from samtranslator.translator.transform import (  # pyright: ignore[reportMissingImports] - the same
    transform,
)

TEMPLATE = Path(__file__).resolve().parents[2] / "template.yaml"


class Policies(dict[str, str]):
    """Every managed policy under its own name."""

    def __missing__(self, name: str) -> str:
        return name

    def get(self, name: str, default: Any = None) -> Any:
        """Return the name: each policy exists."""
        del default
        return name

    def __contains__(self, name: object) -> bool:
        return True

    def load(self) -> "Policies":
        """Return itself, as SAM's loader of policies does."""
        return self


def main(tracing: str) -> None:
    """Print the modes and the policies."""
    template: Any = yaml_parse(TEMPLATE.read_text())
    for resource in template["Resources"].values():
        for name in {"CodeUri", "ContentUri"} & resource.get("Properties", {}).keys():
            resource["Properties"][name] = "s3://bucket/key"
    made: Any = transform(template, {"Tracing": tracing}, Policies())
    found: Any = {"modes": {}, "policies": {}}
    for name, resource in made["Resources"].items():
        given = resource.get("Properties", {})
        if resource["Type"] == "AWS::Lambda::Function":
            found["modes"][name] = given.get("TracingConfig")
        if resource["Type"] == "AWS::IAM::Role":
            found["policies"][name] = given.get("ManagedPolicyArns", [])
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
