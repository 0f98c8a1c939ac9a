"""Which annotations of an Ingress leave the cluster."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parallax_agent.route.limits import (
    EXPORTED_ANNOTATIONS,
    LONGEST,
    NGINX,
    exported_annotations,
    exported_value,
)


def ingress(**exported: str) -> dict[str, Any]:
    """Return an Ingress with annotations; `_` stands for `-`."""
    named = {NGINX + name.replace("_", "-"): text for name, text in exported.items()}
    return {"metadata": {"annotations": named | {"meta.helm.sh/release-name": "x"}}}


def test_only_annotations_that_can_reject_are_exported() -> None:
    """Limits by their full names, sorted; nothing else."""
    item = ingress(limit_rps="5", rewrite_target="/", auth_type="basic", limit_rate="1")
    assert exported_annotations(item) == (
        (NGINX + "auth-type", "basic"),
        (NGINX + "limit-rps", "5"),
    )
    assert exported_annotations({"metadata": {"annotations": None}}) == ()
    assert exported_annotations(None) == ()


def test_canaries_add_how_they_are_chosen() -> None:
    """Only a canary's own annotations, without its secret header value."""
    canary = ingress(
        canary="true", canary_by_header_value="secret", canary_by_header="X-Beta"
    )
    limited = ingress(limit_rps="1", canary_weight="5")
    assert exported_annotations(ingress(limit_rps="9"), [canary, limited]) == (
        (NGINX + "canary", "true"),
        (NGINX + "canary-by-header", "X-Beta"),
        (NGINX + "canary-by-header-value", "(set)"),
        (NGINX + "canary-weight", "5"),
        (NGINX + "limit-rps", "9"),
    )


@pytest.mark.parametrize(
    ("name", "text", "exported"),
    [
        ("whitelist-source-range", "10.0.0.0/8,1.2.3.4", "10.0.0.0/8,1.2.3.4"),
        (
            "auth-url",
            "https://user:pw@auth.io:8443/check?key=1",
            "https://auth.io:8443",
        ),
        ("auth-url", "https://$host/oauth2/auth", "https://$host"),
        ("auth-url", "no url", "(no URL)"),
        ("auth-url", "https://[broken/", "(no URL)"),
        ("permanent-redirect", "https://new.example/at/all", "https://new.example"),
        (
            "server-snippet",
            "# return 500\nif ($http_x = secret) { return 403; }\ndeny all;",
            "return 403; deny all",
        ),
        (
            "configuration-snippet",
            "allow 10.0.0.0/8; deny secret; return 301 https://secret; auth_basic pw;",
            "allow 10.0.0.0/8; deny; return 301; auth_basic",
        ),
        ("server-snippet", "more_set_headers 'X: secret';", "(rejects no request)"),
    ],
)
def test_values(name: str, text: str, exported: str) -> None:
    """Limits as they are; snippets and URLs shortened."""
    assert exported_value(name, text) == exported


WORDS = re.compile(
    r"return( [1-5]\d\d)?|(allow|deny)( (all|[0-9a-f.:/]+))?|auth_basic|auth_request"
    r"|limit_(conn|except|req)|proxy_pass|rewrite"
)


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["return", "deny", "allow", "403", "all", ";", "{", "}", "#"])
        | st.text(max_size=12)
    ).map(" ".join)
)
def test_nothing_else_of_a_snippet_is_ever_exported(snippet: str) -> None:
    """From any text only known directives, codes and networks."""
    exported = exported_value("server-snippet", snippet)
    assert len(exported) <= LONGEST
    if exported != "(rejects no request)" and not exported.endswith("…"):
        assert all(WORDS.fullmatch(part) for part in exported.split("; ")), exported


@settings(deadline=None)
@given(st.sampled_from(sorted(EXPORTED_ANNOTATIONS)), st.text())
def test_any_text_has_a_short_value(name: str, text: str) -> None:
    """No value raises, and none is long."""
    assert len(exported_value(name, text)) <= LONGEST
