"""Tree: a copy of the repository in which mutmut can work.

In: a part. Out: a folder with the sources, the tests and the settings of mutmut and
pytest. It does not: run anything.

mutmut names a module by its path, so `parallax` lies at the top here. Hypothesis gives
the same examples each time, and does not shrink them: one failure is enough. The
emulator runs outside, so that a mutant does not have to start one; each test has new
names there. A test is known without its parameters: some of their texts cannot be an
argument of pytest.
"""

import json
import shutil
from pathlib import Path

from tools.mutation.parts import Part

ROOT = Path(__file__).parents[2]
WORK = ROOT / ".lab/mutation"
COPIED = (
    *("agent", "bench", "docs", "events", "faults", "functions", "lab", "layers"),
    *("tests", "tools", "CHANGELOG.md", "README.md", "targets.yaml", "template.yaml"),
)
LOADED = 'settings.load_profile("parallax")\n'
STARTED = "    state = str(tmp_path_factory.mktemp("
NAMED = "abs(hash(request.node.nodeid))"
CHANGES = {
    LOADED: """
import dataclasses

from hypothesis import Phase

settings.register_profile(
    "mutation",
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
)
settings.load_profile("mutation")


def pytest_itemcollected(item):
    item._id = dataclasses.replace(item._id, params=None)


""",
    STARTED: f"""    if endpoint := os.environ.get("PARALLAX_EMULATOR"):
        yield endpoint
        return
{STARTED}""",
    NAMED: "os.urandom(8).hex()",
}
"""What the copy of `tests/conftest.py` has instead of these lines."""


def make(name: str, part: Part) -> Path:
    """Make the tree of a part, in place of an earlier one; return its folder."""
    folder = WORK / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    without = shutil.ignore_patterns("__pycache__", ".*")
    for one in COPIED:
        source = ROOT / one
        if source.is_dir():
            shutil.copytree(source, folder / one, ignore=without)
        else:
            shutil.copy(source, folder / one)
    shutil.copytree(folder / "layers/parallax/parallax", folder / "parallax")
    _change(folder / "tests/conftest.py")
    (folder / "pyproject.toml").write_text(_settings(part))
    return folder


def _change(path: Path) -> None:
    text = path.read_text()
    for old, new in CHANGES.items():
        if old not in text:
            raise ValueError(f"{path}: has no line {old!r} any more")
        text = text.replace(old, new)
    path.write_text(text)


def _settings(part: Part) -> str:
    """Return the settings; JSON's texts and lists are TOML's too."""
    copied = [one for one in COPIED if one != "tests"]
    options = ["--import-mode=importlib", "-p", "no:cacheprovider"]
    markers = [f"{name}: not run here" for name in ("lab", "container", "browser")]
    skipped = ["-m", "not lab and not container and not browser"]
    rows = {
        "tool.pytest.ini_options": {
            "addopts": [*options, *skipped],
            "pythonpath": [".", "agent"],
            "filterwarnings": ["error", "ignore:.*fork.*:DeprecationWarning"],
            "markers": markers,
        },
        "tool.mutmut": {
            "source_paths": ["parallax"],
            "only_mutate": [*part.modules],
            "also_copy": copied,
            "pytest_add_cli_args_test_selection": [*part.tests],
            "timeout_multiplier": 15.0,
            "timeout_constant": 20.0,
            "use_git_change_detection": False,
        },
    }
    lines: list[str] = []
    for table, values in rows.items():
        lines.append(f"[{table}]")
        lines += [f"{key} = {json.dumps(value)}" for key, value in values.items()]
    return "\n".join(lines) + "\n"
