"""Report: the page of an incident, behind a signed link, and what a person does there.

In: an event of the function URL. Out: an HTML page, the raw snapshot, or a redirect
after a button was pressed. `GET` changes nothing: programs that scan mails open each
link. The page is complete without scripts.
It does not: list incidents, or show anything without a valid link.

- `fields`: what an event holds; `request`: the event as a request; `endpoint`: from it
  to the response.
- `act`: what a button does; `response`: status, headers and page.
- `observed`: the excerpt of the finding's snapshot; `raw`: the snapshot itself.
- `page`: the incident's page, of `standing`, `text`, `steps`, `targets`, `form`,
  `path`, `waterfall`, `received`, `timeline`, `answers` and `replay`;
  `last_probes`: whether it fails at this moment.
- `refusal`: the page for a link that does not work.
- `elements`: HTML; `commands`: a command to copy; `style`: CSS, script and policy.
"""
