"""Page text: the sentences of docs/cost.md, around its tables.

In: nothing. Out: text. It does not: contain a measured number.
"""

HEAD = """\
# Cost

What a stack costs in a month. `make bench-cost` writes this page: it counts the
requests of the real functions and multiplies them by list prices. `parallax cost`
prints the same bill for any size.

Counted {date}; list prices of {prices} in {region}, in US dollars. A month has
{minutes:,} minutes. No free tier, tax, support or discount is included. *1 % failing*:
each target fails one percent of the time, an hour at a time.

"""
EARLIER = """
**This count is of an earlier version of the bench.** It served each request twice, so
processor time is about twice too high. Agents sent 1.8 heartbeats a minute to a stack
of several shards, now about one. Two alarms (0.20 dollars) are missing.
On 1 December 2026 the bench counted 2.88 dollars for (2, 5), and 3.35 for (20, 10),
which is 0.17 for each target. `make bench-cost` replaces this note.
"""
GOALS = """
The goals are those with which heartbeats, rounds and shards were designed. At 20
targets, two thirds of the bill are fixed: alarms, schedules, the metric and the secret.
Since the goals were set, each new way to fail got its alarm, so the fixed part grew.
"""
KEEPING_UP = """
## Does it keep up?

Each shard of the probe is an invocation of its own, which may take 58 seconds. The
stream has 4 shards. Each is judged by one invocation at a time and can be busy for 60
seconds in a minute; `DiagnoseParallelism` multiplies that. `IngestConcurrency` limits
the pushes at the same time: it is 5, and 15 for 500 nodes, since the heartbeats of a
cluster arrive within a second. Memory sizes, batching windows and these parameters are
explained in [decision 14](decisions/0014-fixed-cost.md) and beside each value in
`template.yaml`.

"""
LINES = """
- **DynamoDB writes**: the rounds of the probes, heartbeats, reports, readings and
  incidents. A write unit is 1 KB of an item, so the size of an item counts.
- **DynamoDB reads**: the open incidents, the rounds and what a judgement reads. A unit
  is 4 KB, and half of it if the read need not be consistent.
- **DynamoDB storage**: two days of observations.
- **Lambda** *name*: billed milliseconds times memory. *cold* is the start of new
  environments.
- **Lambda requests**: every invocation of every function.
- **logs**: the lines of the functions and of the platform. **logs, stored**: 30 days.
- **alarms**: each alarm costs as much as the metrics that it evaluates.
- **secrets**, **secret reads**: the agents' key and the token of the Hetzner API.
- **custom metrics**: what the functions print in CloudWatch's embedded metric format.
- **findings queue**, **alerts topic**, **alert mails**: what an incident publishes.
- **S3 writes**, **S3 reads**, **S3 storage**: snapshots of findings, kept for 90 days.
- **schedules**: what EventBridge Scheduler starts.
- **data to the internet**: the probes' handshakes and requests. Responses are free.
"""
OPTIONS = """
## Options that are off

The bill above has none of them. `MetricsToken` and `OtlpUrl` are explained in
[docs/metrics.md](metrics.md). An account has three dashboards with 50 metrics each
without a charge; so `Dashboard=true` most often costs nothing. X-Ray bills each trace;
Lambda may trace fewer than all invocations. `ChatTopic` and `AdviceMail` cost less than
a cent. A target with `interval: 30s` costs as much as two targets. The rows from
`HeartbeatUrl` on are calculated and not measured.

"""
UPTIME = """
The histories of uptime are stored once an hour, which the short runs do not contain.
They add at most 0.01, 0.01, 0.04 and 0.48 dollars
([decision 24](decisions/0024-uptime.md)).
"""
METHOD = """
## How it is counted

`bench/cost` runs the functions in one process, with `template.yaml` as their
configuration: memory sizes, schedules, filters of the streams, alarms, secrets and log
settings. Time is simulated. Moto serves DynamoDB, SQS, SNS, S3 and Secrets Manager at
botocore's HTTP layer. Each request is counted there, with the size of its items.
Agents are simulated: they push signed messages to `ingest` and obey its responses.
Targets are an HTTPS server on loopback, and the Hetzner API is one too.

- **Billed time** is processor time, scaled by memory ({core:,} MB are one core), plus
  waiting. A request to DynamoDB waits {dynamodb} ms, to another service {others} ms;
  these numbers are assumed. A round of probes waits {probe} ms for the slowest
  response. An investigation waits for its {repeats} repeats.
- **Before a run** half an hour of rounds passes; `ingest` and the rounds remember it.
  The schedule is early or late by up to two seconds.
- **Cold starts** are assumed: {cold} of each function in a day.
- **Streams** have {shards} shards, as a new on-demand table has. Each has its own
  batches.
- **A probe** sends {probe_bytes} bytes.
- **Units**: each meter is explained by a fixed part and parts for each cluster, node,
  target and shard of targets. They are fitted to the runs in this table. In the
  failing ones with 20 and 500 targets one percent of the targets fails or more.

"""
LEFT_OUT = """
Not counted:

- retries, throttling, and foreign requests to the public URL;
- more than one environment of a function: each has caches of its own;
- restores, exports and queries of logs, and people who read the console;
- the TLS handshakes of the agents' requests to `ingest`.

Reports of one node are the same in each minute; a real cluster changes more often. The
processor of this machine represents that of Lambda.
"""
