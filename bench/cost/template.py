"""Template: template.yaml as plain values, with its references resolved.

In: the template, and values of its parameters. Out: the resources that would exist;
each function with memory size, environment and events; what is billed by its existence.
It does not: expand what SAM expands, or create a resource.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
REGION = "eu-central-1"
ACCOUNT = "123456789012"
type Value = Any
"""A value of the template, with or without references."""

GIVEN = {
    "AlertEmail": "oncall@example.com",
    "AgentKey": "whsec_" + "c2VjcmV0" * 4,
    "HetznerToken": "token",
}
"""Parameters without a useful default; the other ones keep theirs."""


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms as their long forms."""


def _short(loader: Value, tag: str, node: yaml.Node) -> Value:
    if isinstance(node, yaml.ScalarNode):
        return {tag: node.value}
    if isinstance(node, yaml.SequenceNode):
        return {tag: loader.construct_sequence(node, deep=True)}
    return {tag: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _short)  # pyright: ignore[reportUnknownMemberType] - PyYAML has no types of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One function; `memory` in MB, `system_log` the level of the platform's lines."""

    name: str
    folder: Path
    memory: int
    environment: Mapping[str, str]
    events: Mapping[str, Mapping[str, Any]]
    system_log: str


class Template:
    """The template with these parameters."""

    def __init__(self, parameters: Mapping[str, str], path: Path | None = None) -> None:
        text = (path or ROOT / "template.yaml").read_text(encoding="utf-8")
        content: Any = yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader of our own
        defaults = {n: p.get("Default", "") for n, p in content["Parameters"].items()}
        self.parameters = {**defaults, **GIVEN, **parameters}
        self._conditions = content.get("Conditions", {})
        self._globals = content["Globals"]["Function"]
        self._declared = content["Resources"]
        self.physical: dict[str, str] = {}
        """Logical id -> what `!Ref` of a created resource returns."""

    def of_type(self, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield name and resolved properties of each existing resource of a type."""
        for name, resource in self._declared.items():
            wanted = resource.get("Condition")
            if resource["Type"] != f"AWS::{kind}" or (
                wanted and not self._holds({"Condition": wanted})
            ):
                continue
            yield name, self._resolved(resource.get("Properties", {}))

    def functions(self) -> Iterator[Function]:
        """Yield every function, as `Globals` completes it."""
        common = self._resolved(self._globals)
        shared = common.get("Environment", {}).get("Variables", {})
        for name, own in self.of_type("Serverless::Function"):
            variables = shared | own.get("Environment", {}).get("Variables", {})
            logging = common.get("LoggingConfig", {}) | own.get("LoggingConfig", {})
            yield Function(
                name=name,
                folder=ROOT / own["CodeUri"],
                memory=int(own.get("MemorySize", common.get("MemorySize", 128))),
                environment={key: str(value) for key, value in variables.items()},
                events=own.get("Events", {}),
                system_log=logging.get("SystemLogLevel", "INFO"),
            )

    def billed(self) -> dict[str, float]:
        """Count what costs money as long as it exists: metrics of alarms, and secrets.

        An alarm costs as much as the metrics that it evaluates.
        """
        alarms = [alarm for _, alarm in self.of_type("CloudWatch::Alarm")]
        metrics = [
            sum("MetricStat" in m for m in alarm.get("Metrics", [])) or 1
            for alarm in alarms
        ]
        secrets = list(self.of_type("SecretsManager::Secret"))
        return {"alarm_metrics": float(sum(metrics)), "secrets": float(len(secrets))}

    def _resolved(self, value: Value) -> Value:
        if isinstance(value, list):
            kept = [self._resolved(item) for item in value]
            return [item for item in kept if item is not _NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((key, inner),) = value.items()
            if key in _FUNCTIONS:
                return _FUNCTIONS[key](self, inner)
        pairs = ((key, self._resolved(item)) for key, item in value.items())
        return {key: item for key, item in pairs if item is not _NOTHING}

    def _ref(self, name: str) -> Value:
        if name == "AWS::NoValue":
            return _NOTHING
        pseudo = {"AWS::Region": REGION, "AWS::AccountId": ACCOUNT}
        known = {**pseudo, **self.parameters}
        return self.physical.get(name, known.get(name, name))

    def _attribute(self, path: str) -> str:
        name, _, attribute = path.partition(".")
        if attribute == "FunctionUrl":
            return f"https://{name.lower()}.example/"
        return (
            self.physical.get(name, name)
            if attribute == "Name"
            else f"{name}.{attribute}"
        )

    def _substituted(self, text: str) -> str:
        def one(found: re.Match[str]) -> str:
            name = found[1]
            return self._attribute(name) if "." in name else str(self._ref(name))

        return re.sub(r"\$\{([^}]+)\}", one, text)

    def _join(self, arguments: list[Any]) -> str:
        between, parts = arguments
        return str(between).join(str(part) for part in self._resolved(parts))

    def _if(self, arguments: list[Any]) -> Value:
        name, yes, no = arguments
        return self._resolved(yes if self._holds({"Condition": name}) else no)

    def _holds(self, condition: Value) -> bool:
        ((kind, inner),) = condition.items()
        if kind == "Condition":
            return self._holds(self._conditions[inner])
        if kind == "Equals":
            left, right = (str(self._resolved(one)) for one in inner)
            return left == right
        each = [self._holds(one) for one in inner]
        return {"Not": not each[0], "And": all(each), "Or": any(each)}[kind]


_NOTHING = object()
_FUNCTIONS: dict[str, Any] = {
    "Ref": Template._ref,  # noqa: SLF001 - its own methods, by the name of a function
    "GetAtt": Template._attribute,  # noqa: SLF001
    "If": Template._if,  # noqa: SLF001
    "Join": Template._join,  # noqa: SLF001
    "Sub": Template._substituted,  # noqa: SLF001
}
