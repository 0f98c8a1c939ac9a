"""Build the site: `python -m tools.site [FOLDER]`.

In: docs/, the READMEs, and in a workflow GITHUB_REPOSITORY. Out: FOLDER/html (default
.site), and exit status 1 with the reasons if a link leads nowhere or a page would load
something from another server.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from tools.site.built import problems
from tools.site.places import navigation
from tools.site.stage import Stage

ROOT = Path(__file__).parents[2]
OWN = Path(__file__).parent
FROM_ELSEWHERE = {
    "icon.svg": "agent/chart/icon.svg",
    # replaces a browser's workers, which do not run from the file system
    "iframe-worker.js": ".tools/iframe-worker/package/shim/index.js",
}
"""Files of the site that are not in its own folder."""


def prepare(out: Path) -> None:
    """Write the pages and the settings into `out`."""
    shutil.rmtree(out, ignore_errors=True)
    stage = Stage(ROOT, out / "pages")
    stage.fill()
    shutil.copytree(OWN / "assets", out / "pages/assets")
    for name, file in FROM_ELSEWHERE.items():
        shutil.copyfile(ROOT / file, out / "pages/assets" / name)
    settings: dict[str, Any] = yaml.safe_load((OWN / "settings.yaml").read_text())
    settings["nav"] = navigation(stage.titles)
    if repository := os.environ.get("GITHUB_REPOSITORY"):
        _publish(settings, repository)
    (out / "mkdocs.yml").write_text(yaml.safe_dump(settings, sort_keys=False))


def _publish(settings: dict[str, Any], repository: str) -> None:
    """Set the site's address, and a link to the repository at the end of each page.

    The theme's own link would fetch the repository's numbers from another server.
    """
    owner, name = repository.split("/")
    server = os.environ.get("GITHUB_SERVER_URL", "https://github.com")
    settings["site_url"] = f"https://{owner}.github.io/{name}/"
    icon = "fontawesome/brands/github"
    link = {"icon": icon, "link": f"{server}/{repository}", "name": "The repository"}
    settings["extra"]["social"] = [link]


def main(arguments: list[str]) -> int:
    """Build the site, and print what is wrong with it."""
    out = (ROOT / (arguments[0] if arguments else ".site")).resolve()
    prepare(out)
    zensical = [sys.executable, "-m", "zensical", "build", "--strict"]
    done = subprocess.run(  # noqa: S603 - our own arguments
        zensical, cwd=out, capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(done.stdout, done.stderr, file=sys.stderr)  # noqa: T201 - a command's output
        return 1
    wrong = problems(out / "html")
    for line in wrong:
        print(line, file=sys.stderr)  # noqa: T201 - a command's output
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
