"""Report: the page of an incident, behind a signed link, and what a person does there.

In: an event of the function URL. Out: an HTML page without scripts, or a redirect after
a button was pressed. `GET` changes nothing: programs that scan mails open each link.
It does not: list incidents, or show anything without a valid link.

- `request`: the event as a request; `endpoint`: from it to the response.
- `act`: what a button does; `response`: status, headers and page.
- `page`: the incident's page, of `standing`, `path`, `targets`, `text`, `answers` and
  `form`.
- `refusal`: the page for a link that does not work; `elements`, `style`: HTML and CSS.
"""
