"""Template: properties of resources in template.yaml.

In: a resource's logical id. Out: its properties; `!Ref` and the like are plain values.
It does not: resolve anything.
"""

from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml

PATH = Path(__file__).parents[2] / "template.yaml"


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms."""


def _short(loader: Any, _suffix: str, node: yaml.Node) -> Any:  # noqa: ANN401 - any YAML
    if isinstance(node, yaml.ScalarNode):
        return node.value
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True)


cast("Any", _Loader).add_multi_constructor("!", _short)


@cache
def _resources() -> dict[str, Any]:
    text = PATH.read_text(encoding="utf-8")
    return yaml.load(text, _Loader)["Resources"]  # noqa: S506 - a SafeLoader


def properties(resource: str) -> dict[str, Any]:
    """Return the properties of a resource."""
    return _resources()[resource]["Properties"]
