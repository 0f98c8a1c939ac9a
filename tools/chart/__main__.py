"""Write the generated parts of the chart: `python -m tools.chart [--drift]`.

In: agent/chart/values.yaml, values.schema.json, files/rules.yaml, icon.svg;
`dashboard`. Out: the tables in README.md, the schema's descriptions, the icon in
Chart.yaml, files/dashboard.json.
With `--drift` it writes nothing, and exits with status 1 if a file is outdated.
`python -m tools.chart package …` packages the chart (`package`).
"""

import base64
import json
import re
import sys
from pathlib import Path

import yaml

from tools.chart import package
from tools.chart.dashboard import dashboard
from tools.chart.table import alerts, table, with_table
from tools.chart.values import described, descriptions

ROOT = Path(__file__).parents[2]
CHART = ROOT / "agent/chart"


def files() -> dict[Path, str]:
    """Return the text of every file with a generated part."""
    values = (CHART / "values.yaml").read_text()
    schema = json.loads((CHART / "values.schema.json").read_text())
    schema = described(schema, descriptions(values))
    rules = yaml.safe_load((CHART / "files/rules.yaml").read_text())
    readme = (CHART / "README.md").read_text()
    readme = with_table(readme, "values", table(schema, yaml.safe_load(values)))
    return {
        CHART / "values.schema.json": _json(schema),
        CHART / "README.md": with_table(readme, "alerts", alerts(rules)),
        CHART / "Chart.yaml": with_icon((CHART / "Chart.yaml").read_text()),
        CHART / "files/dashboard.json": dashboard(),
    }


def with_icon(text: str) -> str:
    """Return Chart.yaml with icon.svg as a data URL, which needs no web server."""
    content = base64.b64encode((CHART / "icon.svg").read_bytes()).decode()
    line = f"icon: data:image/svg+xml;base64,{content}"
    return re.sub(r"^icon: .*$", lambda _: line, text, flags=re.MULTILINE)


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def main(arguments: list[str]) -> int:
    """Write the outdated files; with `--drift` only print their names."""
    if arguments[:1] == ["package"]:
        return package.main(arguments[1:])
    texts = files()
    outdated = [p for p, t in texts.items() if not p.exists() or p.read_text() != t]
    for path in outdated:
        name = path.relative_to(ROOT)
        if "--drift" in arguments:
            print(f"{name} is outdated; run `make docs`")  # noqa: T201
        else:
            path.write_text(texts[path])
            print(f"wrote {name}")  # noqa: T201 - a command's output
    return 1 if outdated and "--drift" in arguments else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
