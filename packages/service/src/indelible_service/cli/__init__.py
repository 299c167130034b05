"""The `indelible` command."""

import click

from indelible_service.cli.concepts import diff, export_command, history, import_command
from indelible_service.cli.database import db, rebuild, verify
from indelible_service.cli.keys import key
from indelible_service.cli.serving import demo, schedule, serve, up, work
from indelible_service.cli.tokens import recover_events, recover_tokens


@click.group(
    commands=[
        *(
            up,
            demo,
            serve,
            work,
            schedule,
            db,
            verify,
            rebuild,
            history,
            diff,
            export_command,
            import_command,
            key,
        ),
        *(recover_events, recover_tokens),
    ],
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done; 1 refused, or something was found; 2 wrong usage or settings; "
    "3 unavailable, nothing was changed; 4 outcome unknown; 5 a defect of ours.",
)
@click.version_option(package_name="indelible-service", prog_name="indelible")
def main() -> None:
    """Records that move forward only, and whose history cannot be rewritten.

    Settings come from the environment and from `.env`; nothing needs to be set for `indelible up`.
    """
