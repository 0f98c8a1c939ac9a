"""What a targets file may contain, and how its problems are reported."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.model.target import Target
from parallax.targets import TargetsError, find, load, load_known

HERE = Path(__file__).parent
SHIPPED = HERE.parents[2] / "layers" / "targets" / "python" / "targets.yaml"


@pytest.mark.parametrize("path", sorted((HERE / "bad").iterdir()), ids=lambda p: p.stem)
def test_a_bad_file_is_reported_with_line_field_and_expectation(path: Path) -> None:
    """Every line that a bad file expects in its comments is in the error."""
    expected = re.findall(r"^# expect: (.+)$", path.read_text(), re.MULTILINE)
    assert expected
    with pytest.raises(TargetsError) as caught:
        load(path)
    for line_start in expected:
        assert any(
            f"{path}{line_start}" in line for line in f"{caught.value}".splitlines()
        )


def test_as_many_lines_as_problems() -> None:
    """All problems come at once, one a line, in the order of the file."""
    with pytest.raises(TargetsError) as caught:
        load(HERE / "bad" / "many-problems-at-once.yaml")
    lines = [int(t.split(":")[1]) for t in f"{caught.value}".splitlines()]
    assert lines == [6, 7, 8, 9]


def test_the_shipped_file_holds_the_incident_s_targets() -> None:
    """The two targets of the incident, with what is known about them."""
    api, front = load(SHIPPED)
    assert (api.name, api.host) == ("platform-api", "platform-api.keybuzz.io")
    assert (front.name, front.host) == ("platform", "platform.keybuzz.io")
    assert api.reached.service == "keybuzz-api"
    assert front.reached.service == "keybuzz-front"
    assert api.reached.load_balancer == "keybuzz-lb"
    assert api.reached.cluster == "keybuzz"


def test_the_root_s_link_leads_to_the_layer_s_file() -> None:
    """The file that people edit is the one that is deployed."""
    link = HERE.parents[2] / "targets.yaml"
    assert not link.readlink().is_absolute()
    assert link.resolve() == SHIPPED.resolve()


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    """Name and URL are enough."""
    path = tmp_path / "t.yaml"
    path.write_text("targets: [{name: a, url: 'http://a.example:8080/x?y=1'}]")
    assert load(path) == (Target(name="a", url="http://a.example:8080/x?y=1"),)


@pytest.mark.parametrize("name", ["東京", "zürich", "~", "eu/prod", "\U0001f680"])
def test_a_cluster_s_name_may_be_of_any_script(tmp_path: Path, name: str) -> None:
    """It is compared with the agents' as it is written."""
    path = tmp_path / "t.yaml"
    url, reached = "http://a.example", f"{{cluster: {name!r}}}"
    path.write_text(f"targets: [{{name: a, url: '{url}', reached: {reached}}}]")
    assert load(path)[0].reached.cluster == name


def test_maintenance_windows_are_read(tmp_path: Path) -> None:
    """A window with zone and order is taken as it is."""
    path = tmp_path / "t.yaml"
    path.write_text(
        "targets:\n- name: a\n  url: http://a.example\n  maintenance:\n"
        "  - {starts_at: 2026-01-01T00:00:00+02:00, ends_at: 2026-01-01T01:00:00+02:00,"
        " reason: r}\n"
    )
    (window,) = load(path)[0].maintenance
    assert window.starts_at.utcoffset() is not None
    assert window.reason == "r"


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    """The path and the system's reason are in the error."""
    with pytest.raises(TargetsError, match=r"nowhere.yaml: cannot be read: No such"):
        load(tmp_path / "nowhere.yaml")


def test_bytes_that_are_not_text_are_reported(tmp_path: Path) -> None:
    """A binary file is named as such."""
    path = tmp_path / "t.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TargetsError, match="expected UTF-8"):
        load(path)


@given(st.binary(max_size=200))
def test_any_bytes_give_targets_or_one_clear_error(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    """No content of the file escapes as another exception."""
    path = tmp_path_factory.mktemp("any") / "t.yaml"
    path.write_bytes(content)
    with pytest.raises(TargetsError):
        load(path)


def test_an_older_agent_uses_the_keys_that_it_knows(tmp_path: Path) -> None:
    """What it does not know is returned with its place; other problems are errors."""
    path = tmp_path / "t.yaml"
    text = (
        "targets: [{name: a, url: 'https://a.example', newer: 1, healthy: {other: 2}}]"
    )
    path.write_text(text)
    found, unknown = load_known(path)
    assert found == (Target(name="a", url="https://a.example"),)
    assert [line.split(": ")[1] for line in unknown] == [
        "targets[0].newer",
        "targets[0].healthy.other",
    ]
    with pytest.raises(TargetsError, match=r"newer: expected one of"):
        load(path)
    path.write_text(text.replace("https", "ftp"))
    with pytest.raises(TargetsError, match=r"url: expected an http or https URL"):
        load_known(path)


def test_find_takes_a_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """A path in the environment is used as it is."""
    monkeypatch.setenv("PARALLAX_TARGETS", "/some/where/t.yaml")
    assert find() == Path("/some/where/t.yaml")


def test_find_searches_a_bare_name_along_sys_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A layer's folder on sys.path is where a Lambda has the file."""
    (tmp_path / "mine.yaml").write_text("")
    monkeypatch.setenv("PARALLAX_TARGETS", "mine.yaml")
    monkeypatch.syspath_prepend(f"{tmp_path}")
    assert find() == tmp_path / "mine.yaml"


def test_find_names_the_searched_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing found: the error names the variable that helps."""
    monkeypatch.setenv("PARALLAX_TARGETS", "not-there.yaml")
    with pytest.raises(TargetsError, match="PARALLAX_TARGETS"):
        find()


SECRET_URLS = [
    "https://user:s3cret@a.example/",
    "user:s3cret@a.example",
    "https:user:s3cret@a.example",
    "https://user%3As3cret%40a.example/",
    "https://user:p@s3cret@a.example/",
    "HTTPS://user:s3cret@[2001:db8::1]/",
    "https://user:p/s3cret@a.example/",
    "https://us\\ter:s3cret@a.example/",
]


@pytest.mark.parametrize("url", SECRET_URLS)
def test_a_password_in_a_url_is_refused_and_not_shown(tmp_path: Path, url: str) -> None:
    """However it is spelled, the error names the real reason."""
    path = tmp_path / "t.yaml"
    path.write_text(f'targets: [{{name: a, url: "{url}"}}]')
    with pytest.raises(TargetsError, match=r"url: user name and password") as caught:
        load(path)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("url", SECRET_URLS)
@pytest.mark.parametrize(
    "text",
    [
        'targets: [{{name: "{url}", url: "https://a.example/"}}]',
        'targets: [{{name: a, url: "https://a.example/", "{url}": 1}}]',
        'targets: [{{name: a, url: "https://a.example/", healthy: "{url}"}}]',
        'targets: [{{name: a, url: "https://a.example/", reached: ["{url}"]}}]',
        'targets: [{{name: a, url: "https://a.example/", timeout_seconds: "{url}"}}]',
        'targets: [{{name: a, url: ["{url}"]}}]',
        'targets: "{url}"',
        "targets: [{{name: a, url: {url}",
        "targets: [{{name: a, url: !{url} x}}]",
        "{url}",
    ],
)
def test_no_error_shows_a_password(tmp_path: Path, text: str, url: str) -> None:
    """Not in a wrong place, an unknown key, a type's error, or broken YAML either."""
    path = tmp_path / "t.yaml"
    path.write_text(text.format(url=url))
    with pytest.raises(TargetsError) as caught:
        load(path)
    assert "s3cret" not in str(caught.value)


def test_an_error_holds_no_control_character(tmp_path: Path) -> None:
    """A key and a name from the file are printed on a terminal."""
    path = tmp_path / "t.yaml"
    path.write_text('targets: [{name: "\\x9b31m", "a\\u202eb\\n": 1}]')
    with pytest.raises(TargetsError) as caught:
        load(path)
    assert not re.search("[\x9b\u202e]", str(caught.value))
    assert len(str(caught.value).splitlines()) == 3
