"""Check a proposed lifecycle against the history that is stored."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from indelible_service.cli.output import REFUSED, Command, open_settings_store, print_results
from indelible_service.cli.progress import shown_progress

if TYPE_CHECKING:
    from indelible_sql import RefusedChange

REFUSED_COLUMNS: Final = ("lifecycle", "entity_id", "seq", "action", "at", "problem")


@click.command(cls=Command)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_context
def check_lifecycle(context: click.Context, file: Path) -> None:
    """List what the lifecycles in FILE would have refused of the stored history.

    FILE is a Python file that exports `contexts`, such as the next release of your own. Nothing is
    written.
    """
    import indelible_sql
    from indelible_service.hosts.modules import contexts_of_file

    proposed = contexts_of_file(file)
    refused: list[RefusedChange] = []
    changes, refusals = 0, 0
    with open_settings_store() as store, shown_progress("check-lifecycle") as progress:
        for one in proposed:
            check = indelible_sql.check_lifecycle(store, one, progress=progress)
            refused += check.refused
            changes += check.changes
            refusals += check.refusals

    title = f"Refused: {refusals} of {changes} changes"
    if len(refused) < refusals:
        title = f"{title}; the first {len(refused)} are listed"
    print_results(refused, REFUSED_COLUMNS, title)
    context.exit(REFUSED if refusals else 0)
