"""Log lines: what any client can write into an ingress's access log.

In: lines as each ingress writes them. Out: the entries of a line, of a log format, and
of the stream that brings both. It does not: follow a pod.
"""

from datetime import UTC, datetime

from fuzz.entry import Entry
from parallax_agent.sightings.formats.log_format import check_setting, select_format
from parallax_agent.sightings.log_evidence import LogEvidence
from parallax_agent.watch.stream import lines

ID = "0123456789ab4def8123456789abcdef"
STAMP = "2026-11-23T21:00:01.123456789Z "
NGINX = (
    '10.0.0.5 - - [23/Nov/2026:21:00:01 +0000] "GET /h HTTP/1.1" 502 17 "-" '
    '"Parallax/0.1.0" 210 0.004 [ns-svc-80] [] 10.0.0.112:8080, 10.0.0.111:8080 0, 0 '
    f"0.000, 0.000 502, 502 {ID}"
)
NGINX_JSON = (
    '{"status": 503, "time": "2026-11-23T21:00:01Z", "req_id": "' + ID + '", '
    '"http_user_agent": "Parallax/0.1.0", "upstream_addr": "10.0.0.1:80"}'
)
ENVOY = (
    '[2026-11-23T21:00:01.000Z] "GET /h HTTP/1.1" 503 UF 0 91 0 - "10.0.0.5" '
    f'"Parallax/0.1.0" "{ID}" "a.example" "10.0.0.1:80"'
)
TRAEFIK = (
    '10.0.0.5 - - [23/Nov/2026:21:00:01 +0000] "GET / HTTP/1.1" 504 15 "-" '
    '"Parallax/0.1.0" 1 "web@kubernetes" "http://10.0.0.1:80" 30001ms'
)
TRAEFIK_JSON = (
    '{"DownstreamStatus": 502, "StartUTC": "2026-11-23T21:00:01Z", "RouterName": "r", '
    '"request_User-Agent": "Parallax/0.1.0", "request_X-Request-Id": "' + ID + '"}'
)
HAPROXY = (
    "10.0.0.5:4711 [23/Nov/2026:21:00:01.000] fe~ be/srv 0/0/-1/-1/12 503 217 - - "
    f'SC-- 1/1/0/0/3 0/0 {{Parallax/0.1.0|{ID}}} "GET /h HTTP/1.1"'
)
LINES = (NGINX, NGINX_JSON, ENVOY, TRAEFIK, TRAEFIK_JSON, HAPROXY)
FORMATS = (
    'nginx:$remote_addr [$time_local] "$request" $status $upstream_addr $req_id',
    'envoy:[%START_TIME%] %RESPONSE_CODE% "%REQ(X-REQUEST-ID)%" %UPSTREAM_HOST%',
    "haproxy:%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %hr",
    'nginx:{"status": "$status", "id": "$req_id", "t": "$time_iso8601"}',
)


def _line(data: bytes) -> None:
    evidence = LogEvidence("node", "pod")
    for line in lines([data[:100], data[100:]]):
        evidence.add_line(line)
    evidence.add_line(data)
    evidence.take(datetime(2026, 11, 23, 21, 1, tzinfo=UTC))


def _format(data: bytes) -> None:
    setting, _, line = data.decode("utf-8", "replace").partition("\n")
    check_setting(setting)
    select_format(setting, None).read(line)


def _config(data: bytes) -> None:
    template, _, line = data.decode("utf-8", "replace").partition("\n")
    select_format(None, {"log-format-upstream": template}).read(line)


def _lines() -> list[bytes]:
    return [f"{stamp}{line}\n".encode() for line in LINES for stamp in ("", STAMP)]


def _formats() -> list[bytes]:
    return [f"{form}\n{line}".encode() for form in FORMATS for line in LINES]


def _templates() -> list[bytes]:
    return [pair.partition(b":")[2] for pair in _formats()]


ENTRIES = (
    Entry(name="log-line", seeds=_lines, call=_line, share=25),
    Entry(
        name="log-format",
        seeds=_formats,
        call=_format,
        allowed=(ValueError,),
        share=5,
    ),
    Entry(name="log-config", seeds=_templates, call=_config, share=5),
)
