"""Status page: chosen targets in public words, as static files, with a feed.

In: the targets with `public:`, their states and days, and the `status.json` of the last
run. Out: `index.html`, `feed.xml` and `status.json`, in a directory or a bucket.
It does not: show a cause, a name of the targets file, a label, or a URL that is not
meant to be shown.

- `publish`: one run; `destination`: a directory or a bucket.
- `public`: what the public sees of a target; `incidents`: of a failure.
- `page`, `feed`, `status_file`: the three files.
"""
