"""Package: the chart as a .tgz, with the addresses of those who publish it.

In: the address of the repository, the image's repository, versions. Out: a file that
`helm install` and `helm push` read. It does not: publish or sign it.
The files in agent/chart name no registry and no repository, so that anyone can publish.
"""

import argparse
import shutil
import subprocess
import tempfile
from pathlib import Path

from yaml import safe_load

CHART = Path(__file__).parents[2] / "agent/chart"
HOME = "https://parallax.example"
IMAGE = "parallax-agent"
PRERELEASE = 'artifacthub.io/prerelease: "false"'


def main(arguments: list[str]) -> int:
    """Package the chart; print helm's output, which names the file."""
    options = _parser().parse_args(arguments)
    options.destination.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "parallax-agent"
        shutil.copytree(CHART, copy)
        stamp(copy, home=options.home, image=options.image, version=options.version)
        words = ["helm", "package", str(copy), "-d", str(options.destination)]
        return subprocess.run(words, check=False).returncode  # noqa: S603


def stamp(
    chart: Path, *, home: str = HOME, image: str = IMAGE, version: str | None = None
) -> None:
    """Set addresses and versions in a copy of the chart; comments stay.

    Links of the README to other parts of the repository become absolute.
    """
    about = chart / "Chart.yaml"
    old = safe_load(about.read_text())
    tag = version or old["appVersion"]
    _replace(
        about,
        (f"image: {IMAGE}:{old['appVersion']}", f"image: {image}:{tag}"),
        (f'appVersion: "{old["appVersion"]}"', f'appVersion: "{tag}"'),
        (f"\nversion: {old['version']}", f"\nversion: {version or old['version']}"),
        (HOME, home.rstrip("/")),
        (PRERELEASE, f'{PRERELEASE[:-7]}"{str("-" in tag).lower()}"'),
    )
    _replace(chart / "values.yaml", (f"repository: {IMAGE}", f"repository: {image}"))
    _replace(
        chart / "README.md",
        ("](../../", f"]({home.rstrip('/')}/blob/main/"),
        ("](../", f"]({home.rstrip('/')}/blob/main/agent/"),
        (f"version: ~{old['version']}", f"version: ~{version or old['version']}"),
        (f'| `"{IMAGE}"` |', f'| `"{image}"` |'),
    )


def _replace(path: Path, *changes: tuple[str, str]) -> None:
    text = path.read_text()
    for old, new in changes:
        if old not in text:
            raise ValueError(f"{path.name}: expected {old!r}")
        text = text.replace(old, new)
    path.write_text(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.chart package",
        description="Package the agent's chart as a .tgz.",
    )
    parser.add_argument("destination", type=Path, help="the folder of the .tgz")
    parser.add_argument("--home", default=HOME, help="the repository's address")
    parser.add_argument("--image", default=IMAGE, help="registry and name of the image")
    parser.add_argument("--version", help="version of chart and image (default: as is)")
    return parser
