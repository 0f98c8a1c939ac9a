"""Chaos: faults injected into the real handlers, and what came out of them.

In: a seed. Out: the count of faults, losses, duplicates, reorderings, late alerts and
stuck incidents; `docs/reliability.md`.
It does not: reach AWS or the network. DynamoDB, S3, SQS, SNS and Secrets Manager are
Moto's at botocore's HTTP layer; Lambda's mappings, FIFO topics and queues are models.

- `kinds`: the faults; `dice`: which one happens at which step; `answers`: AWS's errors
- `cloud`: every request to AWS; `topics`, `queue`, `streams`: what Moto does not do
- `platform`: the functions, their containers, their ends
- `outside`: targets, balancers, agents and receivers of alerts
- `ledger`: what came out; `observer`: what is wrong with it
- `case`: one run of the whole; `run`: many; `shrink`: the shortest list of faults
"""
