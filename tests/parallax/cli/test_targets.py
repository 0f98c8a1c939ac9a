"""`parallax targets`: a block a target, or every problem with file and line."""

from pathlib import Path

from typer.testing import CliRunner

from parallax.cli import app

GOOD = """\
targets:
  - name: api
    url: https://api.example.org/health
"""


def shown(tmp_path: Path, text: str) -> list[str]:
    """Return the lines printed for a file that holds this text."""
    file = tmp_path / "targets.yaml"
    file.write_text(text)
    result = CliRunner().invoke(app, ["targets", str(file)], env={"COLUMNS": "40"})
    assert result.exit_code == 0, result.stderr
    return result.stdout.splitlines()


def test_shows_the_targets(tmp_path: Path) -> None:
    """The file, then a block for each target, with the defaults."""
    first, _, *block = shown(tmp_path, GOOD)
    assert first == f"{tmp_path}/targets.yaml: 1 target"
    assert block == [
        "api",
        "  url            https://api.example.org/health",
        "  healthy        200",
        "  cdn            none",
        "  load balancer  not set",
        "  cluster        not set",
        "  ingress        not set",
        "  service        from the Ingress rule",
        "  timeout        10 s",
        "  interval       1m",
        "  severity       critical",
    ]


def test_no_value_of_the_file_is_shortened(tmp_path: Path) -> None:
    """However narrow the terminal, every value is there in full."""
    path = "x" * 120
    lines = shown(
        tmp_path,
        f"""\
targets:
  - name: api
    url: https://api.example.org/{path}
    healthy: {{status_codes: [200, 204], body_contains: fine}}
    timeout_seconds: 2.5
    allow_private_addresses: true
    severity: warning
    labels: {{team: shop, tier: "1", example.com/on-call: night_shift}}
    runbook: https://wiki.example.org/{path}#api
    reached:
      load_balancer: lb
      cdn: true
      cluster: c
      namespace: apps
      service: api
      ingress_namespace: ingress-nginx
      ingress_service: ingress-nginx-controller
    maintenance:
      - {{starts_at: 2026-01-10T22:00:00Z, ends_at: 2026-01-11T02:00:00Z, reason: new}}
""",
    )
    assert [line[17:] for line in lines[3:]] == [
        f"https://api.example.org/{path}",
        "200, 204, body contains 'fine'",
        "in front of the load balancer",
        "lb",
        "c",
        "ingress-nginx/ingress-nginx-controller",
        "apps/api",
        "2.5 s",
        "1m",
        "warning",
        "example.com/on-call=night_shift, team=shop, tier=1",
        f"https://wiki.example.org/{path}#api",
        "private addresses allowed",
        "2026-01-10 22:00 UTC to 2026-01-11 02:00 UTC: new; over",
    ]


def test_a_secret_value_in_a_url_is_not_printed(tmp_path: Path) -> None:
    """Its name and the other parameters stay."""
    url = "https://api.example.org/health?a=1&token=s3cret&b=2"
    text = GOOD.replace("https://api.example.org/health", url)
    lines = shown(tmp_path, text)
    kept = url.replace("s3cret", "[redacted]")
    assert lines[3] == f"  url            {kept}"
    assert "s3cret" not in "".join(lines)


def test_a_wrong_file_is_reported_with_its_line(tmp_path: Path) -> None:
    """Exit 2; file and line stand in the error."""
    file = tmp_path / "targets.yaml"
    file.write_text(GOOD.replace("https://api.example.org/health", "foo"))
    result = CliRunner().invoke(app, ["targets", str(file)])
    assert result.exit_code == 2
    assert "targets.yaml:3" in result.stderr
    assert CliRunner().invoke(app, ["targets", "no-such.yaml"]).exit_code == 2


def test_a_rule_and_a_request_are_shown_without_a_secret(tmp_path: Path) -> None:
    """Each part of the rule; of a login only where it comes from."""
    lines = shown(
        tmp_path,
        GOOD
        + """\
    healthy:
      status_codes: [2xx, 401]
      body_contains: [ok, fine]
      body_lacks: error
      body_matches: v\\d+
      headers: {content-type: json, etag: exists, x-v: {equals: "3"}}
      json: {status: ok, up: true, id: exists}
      max_seconds: 2
    method: POST
    request_headers: {accept: text/html}
    request_body: "{}"
    login: {kind: bearer, secret: shop-login}
""",
    )
    text = "\n".join(lines)
    for part in (
        "2xx, 401, body contains 'ok', body contains 'fine', body lacks 'error'",
        "header content-type contains 'json', header etag exists, header x-v is '3'",
        'JSON status is "ok", JSON up is true, JSON id exists, at most 2 s',
        "  method         POST",
        "  headers        accept: text/html",
        "  body           2 bytes",
        "  login          bearer, from secret shop-login",
    ):
        assert part in text


def test_a_problem_has_its_column_and_a_hint(tmp_path: Path) -> None:
    """An editor can go to the place; the word that was meant is there."""
    file = tmp_path / "targets.yaml"
    file.write_text(GOOD + "    helthy: {}\n")
    result = CliRunner().invoke(app, ["targets", str(file)])
    assert "targets.yaml:4:5: targets[0].helthy" in result.stderr
    assert "did you mean healthy?" in result.stderr
