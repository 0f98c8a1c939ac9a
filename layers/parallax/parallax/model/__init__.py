"""Model: the frozen values that every step shares, and their wire form.

In and out: values only. It does not: read files, call services, or judge.

- `target`, `probe`, `balancer`, `cluster`, `push`: what is watched, and observations.
- `snapshot`, with `freshness`: one target at one moment.
- `judgement`, `finding`, `advice`: the results.
- `wire`, `schema`, `packed`, `plain`: JSON, JSON Schema, payloads, safe text.
- `name`, `web_url`, `secret_name`, `secret_text`: checks of text.
"""
