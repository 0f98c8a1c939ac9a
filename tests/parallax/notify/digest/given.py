"""Given: advice records of targets, for the digest's tests.

In: names of targets. Out: records as a judgement leaves them. It does not: judge.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from parallax.model.advice import AdviceRecord, Standing
from parallax.model.judgement import Advice, Hop, NextStep

NOW = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def expiring(host: str, days: float) -> Advice:
    """Return the advice about a certificate that expires in this many days."""
    return Advice(
        id="certificate-expires",
        hop=Hop.LOAD_BALANCER,
        title="The certificate expires in 13 days",
        evidence=(f"{host} has a certificate of CN=R11 until {NOW + days * DAY:%F}",),
        next_steps=(
            NextStep(
                text="Check which certificate users get.",
                command=f"openssl s_client -connect {host}:443 -servername {host}"
                " </dev/null | openssl x509 -noout -subject -issuer -enddate",
            ),
            NextStep(text="Check its renewal.", command="hcloud certificate list"),
        ),
        due=NOW + days * DAY,
    )


def few_pods(namespace: str) -> Advice:
    """Return the advice about a workload with one ready pod."""
    return Advice(
        id="one-ready-replica",
        hop=Hop.POD,
        title="Only 1 of 3 pods is ready; if it fails, the target is down",
        evidence=("1 of 3 endpoints is ready; the ready pod is api-1",),
        next_steps=(
            NextStep(
                text="Find why the others are not ready.",
                command=f"kubectl -n {namespace} get pods -o wide",
            ),
        ),
    )


def standing(advice: Advice, **changes: object) -> Standing:
    """Return advice that was published yesterday."""
    one = Standing(advice=advice, since=NOW - DAY, published=True)
    return replace(one, **changes)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


def record(target: str, *found: Standing) -> AdviceRecord:
    """Return a target's record."""
    return AdviceRecord(subject=f"{target}/advice", version=1, standing=found)
