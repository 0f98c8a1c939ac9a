"""Cost: counts what a stack of a given size uses in a month, on the real handlers.

In: template.yaml, the functions, a number of targets, nodes and clusters.
Out: requests, billed milliseconds and item sizes for each minute, and `docs/cost.md`.
It does not: reach AWS. DynamoDB, SQS, S3 and SNS are Moto's, at botocore's HTTP layer.
"""
