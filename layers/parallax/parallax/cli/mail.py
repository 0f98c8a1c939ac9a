"""`parallax mail SOURCE`: the mail of a finding, as it is sent.

In: a finding or an alert (CloudEvent), also in a message of SQS or SNS; a snapshot, or
its `s3://` address. Out: subject and text; with `--json` as two fields.
It does not: send the mail, or know its link to the incident, which the stack signs.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs

from typing import TYPE_CHECKING, Annotated

import typer

from parallax.cli.terminal import show_json

if TYPE_CHECKING:
    from parallax.notify.mail import Mail


def run(
    file: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="Saved finding or alert (CloudEvent), or a snapshot; an s3:// address"
            " of a snapshot; - reads standard input.",
        ),
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the mail of a finding, as it is sent."""
    from parallax.cli.saved_finding import read_mail
    from parallax.model.plain import plain, plain_line

    mail: Mail = read_mail(file)
    if as_json:
        show_json({"subject": mail.subject, "text": mail.body})
        return
    typer.echo(f"{plain_line(mail.subject)}\n\n{plain(mail.body)}", nl=False)
