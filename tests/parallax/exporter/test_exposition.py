"""Exposition: promtool and prometheus_client's grammar accept every text."""

import re
import subprocess
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from parallax.exporter.exposition import exposition
from parallax.exporter.points import families
from parallax.model.target import Target
from tests.parallax.exporter.views import FRONT, VIEW

LINE = re.compile(
    r"([a-zA-Z_:][a-zA-Z0-9_:]*)"
    r'(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\n"])*",?)+)\})? (\S+)'
)
"""A sample of text format 0.0.4."""
LABEL = re.compile(r'([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\n"])*)"')


def read(text: str) -> list[tuple[str, dict[str, str], float]]:
    """Return the samples of a text, as Prometheus reads them."""
    found: list[tuple[str, dict[str, str], float]] = []
    for line in text.removesuffix("\n").split("\n"):
        if line.startswith("# "):
            continue
        matched = LINE.fullmatch(line)
        assert matched, line
        labels = {
            name: re.sub(r"\\(.)", lambda m: {"n": "\n"}.get(m[1], m[1]), value)
            for name, value in LABEL.findall(matched[2] or "")
        }
        found.append((matched[1], labels, float(matched[3])))
    return found


def test_a_target_has_the_series_of_blackbox_exporter() -> None:
    """With the name in `target`, and the URL in `instance`."""
    text = exposition(families(VIEW))
    front = 'target="front",instance="https://front.example:8443/health"'
    assert f"probe_success{{{front}}} 1\n" in text
    assert f'probe_http_duration_seconds{{{front},phase="tls"}} 0.03\n' in text
    assert f"probe_ssl_earliest_cert_expiry{{{front}}} 1797768000\n" in text
    assert "parallax_incidents_open 1\n" in text
    assert (
        f'parallax_target_info{{{front},severity="critical",'
        'label_example_com_team="shop",label_tier="1"} 1\n'
    ) in text


def test_no_sample_has_a_timestamp() -> None:
    """With one, the series of a removed target would not end at the next scrape."""
    for line in exposition(families(VIEW)).splitlines():
        assert line.startswith("#") or len(line.rpartition("}")[2].split()) <= 2


def test_promtool_accepts_the_metrics() -> None:
    """Its linter too: names, units, help and types."""
    done = subprocess.run(
        ["promtool", "check", "metrics"],  # noqa: S607 - Debian's, from PATH
        input=exposition(families(VIEW)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_each_metric_is_announced_once_before_its_samples() -> None:
    """Prometheus rejects a metric that appears again later."""
    seen: list[str] = []
    for line in exposition(families(VIEW)).splitlines():
        if line.startswith("# TYPE "):
            seen.append(line.split()[2])
        elif not line.startswith("#"):
            assert re.split(r"[{ ]", line)[0] == seen[-1]
    assert len(seen) == len(set(seen))


@given(st.text(max_size=40), st.text(max_size=40))
def test_hostile_names_break_no_line(name: str, url: str) -> None:
    """They are read back as they were; half of a surrogate pair is a question mark."""
    probe = VIEW.probes["front"]
    target = replace(FRONT, name=name, url=url)
    view = replace(VIEW, targets=(target,), probes={name: probe}, incidents=())
    text = exposition(families(view))
    text.encode()
    (success,) = (labels for n, labels, _ in read(text) if n == "probe_success")
    assert success == {
        "target": name.encode(errors="replace").decode(),
        "instance": url.encode(errors="replace").decode(),
    }


def test_ten_thousand_targets_are_below_lambda_s_limit() -> None:
    """Compressed and in base64, a third of the 6 MB of a response."""
    import gzip  # noqa: PLC0415 - of this test only

    targets = tuple(
        Target(name=f"target-{n}", url=f"https://target-{n}.shop.example/health")
        for n in range(10_000)
    )
    probes = {target.name: VIEW.probes["front"] for target in targets}
    text = exposition(families(replace(VIEW, targets=targets, probes=probes)))
    assert len(gzip.compress(text.encode(), 4)) * 4 / 3 < 2_000_000
