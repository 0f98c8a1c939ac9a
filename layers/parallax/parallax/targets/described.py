"""Described: each key of a targets file, in one or two sentences for editors.

In: nothing. Out: sentences by the path of the key.
It does not: repeat limits that the schema has.
"""

DESCRIPTIONS = {
    "defaults": "Keys for all targets that do not have them.",
    "targets": "Each target is one public URL that Parallax probes.",
    "name": "Short and stable, as in a host name; incidents and findings use it.",
    "url": "The URL that users request, http or https.",
    "healthy": "The rule for a healthy response. What is set must all be true."
    " Default: status_codes: [200].",
    "healthy.status_codes": "One of these: a code, a class such as 2xx, or a range such"
    " as 200-299.",
    "healthy.max_seconds": "The whole request takes no longer. Less than"
    " timeout_seconds.",
    "healthy.headers": "Headers of the response. A text is contained, in upper or lower"
    " case; {equals: text} is the whole value; exists takes any value.",
    "healthy.body_contains": "This text, or each text of a list, is within the first"
    " 64 KiB of the body.",
    "healthy.body_lacks": "This text, or each text of a list, is not within the first"
    " 64 KiB of the body.",
    "healthy.body_matches": "A regular expression that matches within the first 64 KiB"
    r" of the body, without \b, lookarounds and backreferences.",
    "healthy.json": "Values of a JSON body of at most 64 KiB, by paths such as status"
    " or $.items[0].id. The word exists takes any value.",
    "reached": "The path of a request. Omit the parts that do not exist.",
    "reached.load_balancer": "Name of the Hetzner Load Balancer. Default: the one that"
    " has the URL's address. none: there is no Hetzner Load Balancer.",
    "reached.project": "Name of its Hetzner project, as the stack's parameter"
    " HetznerToken has it. Default: all projects are searched.",
    "reached.cdn": "true if a CDN or cache is in front of the load balancer.",
    "reached.cluster": "Name of the cluster in the agents' reports.",
    "reached.namespace": "Namespace of the application's Service.",
    "reached.service": "Name of the application's Service.",
    "reached.ingress_namespace": "Namespace of the ingress controller's Service.",
    "reached.ingress_service": "Name of the ingress controller's Service.",
    "interval": "Time between two probes of a healthy target: 30s, or 1m to 1h."
    " Default: 1m. 30s needs the stack's parameter HalfMinuteProbes.",
    "enabled": "false: the target is neither probed nor judged.",
    "timeout_seconds": "For one whole request. Default: 10.",
    "method": "Default: GET. Each probe sends it, at least once a minute, and agents"
    " send it too. A POST must change nothing.",
    "request_headers": "Headers to send. Never a secret; use login.",
    "request_body": "Text to send with POST. Never a secret.",
    "login": "A login that the external probes send. Agents have no secret: 401, 403"
    " or a redirect inside is then healthy, and shows only that the app responds.",
    "login.kind": "basic (the secret is user:password), bearer, or header.",
    "login.secret": "A key of the secret that the stack's parameter LoginSecretArn"
    " names. Never the secret itself.",
    "login.header": "With kind header: its name, such as X-Api-Key.",
    "login.allow_http": "true also sends the login without TLS. Default: false.",
    "allow_private_addresses": "true allows probes to addresses that are not public.",
    "severity": "How urgent a failure is. Default: critical. Routes and filters use"
    " it.",
    "labels": "At most 10, as Kubernetes writes labels. Routes and filters use them.",
    "runbook": "URL of the page that says what to do if this target fails.",
    "maintenance": "Windows in which no alert begins. What still fails at the end"
    " alerts then.",
    "maintenance.starts_at": "Begin of one window, with a time zone.",
    "maintenance.ends_at": "End of one window, with a time zone.",
    "maintenance.reason": "Why, for people.",
    "maintenance.weekdays": "Days of a recurring window. Default: every day.",
    "maintenance.days_of_month": "Days from 1 to 31, or from -1, the last. With"
    " weekdays both must match.",
    "maintenance.from": 'Begin in local time, in quotes: "22:00".',
    "maintenance.until": "End in local time, in quotes. It is on the next day if it is"
    " not after from.",
    "maintenance.time_zone": "Name of the IANA database, such as Europe/Berlin.",
    "slo": "Percent of the last 30 days in which the target shall work, such as 99.9.",
    "public": "The public status page shows this target.",
    "public.title": "Its name on that page.",
    "public.group": "The heading above it.",
    "public.url": "true: the page links to the target's URL. Default: false.",
}
