"""The `indelible` command."""

from typing import Final

import click

from indelible_service.cli.captures import captures
from indelible_service.cli.concepts import diff, history, list_command
from indelible_service.cli.contests import contests
from indelible_service.cli.database import db, rebuild, seal, verify
from indelible_service.cli.demos import demo
from indelible_service.cli.keys import key
from indelible_service.cli.money import money
from indelible_service.cli.projects import projects
from indelible_service.cli.serving import schedule, serve, up, work
from indelible_service.cli.subscribers import subscribers
from indelible_service.cli.tasks import task
from indelible_service.cli.tokens import recover_events, recover_tokens
from indelible_service.cli.transfer import export_command, import_command

COMMANDS: Final = (
    up,
    demo,
    serve,
    work,
    schedule,
    db,
    seal,
    verify,
    rebuild,
    list_command,
    history,
    diff,
    export_command,
    import_command,
    key,
    task,
    subscribers,
    captures,
    contests,
    money,
    projects,
    recover_events,
    recover_tokens,
)
EXIT_CODES: Final = (
    "Exit codes: 0 success; 1 refused, or problems were found; 2 wrong usage or settings; "
    "3 unavailable, nothing was changed; 4 outcome unknown; 5 internal error."
)


@click.group(
    commands=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EXIT_CODES,
)
@click.version_option(package_name="indelible-service", prog_name="indelible")
def main() -> None:
    """Keep records that only move forward and whose history cannot be rewritten.

    Settings come from the environment and from `.env`; `indelible up` needs none.
    """
