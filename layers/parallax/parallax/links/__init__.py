"""Links: the address of an incident's page, for those who got it in a mail.

In: a group's id. Out: a URL that expires and that nobody can make without the stack's
key; or the id that such a URL holds.
It does not: serve the page; `parallax.report` does. See docs/decisions/0021.

- `signature`: sign and verify, without I/O.
- `key`: the stack's key, in the incidents table.
- `verified`: whether a link fits the keys; `overview`: the link to all targets.
- `address`: the URL of a group's page.
"""
