"""Export all histories of a store, and import them."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from io import BufferedIOBase
from pathlib import Path
from tempfile import TemporaryFile, gettempdir
from typing import Final

import click

from indelible.kernel import Actor
from indelible_service.cli.output import Command, open_settings_store, print_result
from indelible_service.cli.progress import shown_progress
from indelible_service.cli.standby import STANDBY_OPTION, reading_standby
from indelible_service.files.access import new_file, translate_os_errors

STANDARD_OUTPUT: Final = Path("-")
BLOCK: Final = 2**16


@click.command("export", cls=Command)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), default="-")
@click.option(
    "--leaving-out",
    multiple=True,
    metavar="LIFECYCLE",
    help="A lifecycle of no registered context, which may be missing; repeatable.",
)
@STANDBY_OPTION
def export_command(file: Path, leaving_out: tuple[str, ...], *, reads_standby: bool) -> None:
    """Write all histories to a new FILE or standard output; equal stores write equal bytes."""
    from indelible_service.backups.errors import BackupExists
    from indelible_sql import export_histories

    with open_settings_store() as store, shown_progress("export") as progress:
        export = partial(export_histories, leaving_out=leaving_out, progress=progress)
        with reading_standby(store, reads_standby=reads_standby):
            if file == STANDARD_OUTPUT:
                store.read(export, sys.stdout.buffer)
                return

            with new_file(file, BackupExists) as out:
                exported = store.read(export, out)

    counts = f"{exported.entities} entities with {exported.changes} changes"
    print_result(exported, f"{counts} exported. Digest: {exported.digest}")


@click.command("import", cls=Command)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--by",
    default="system:cli",
    show_default=True,
    help="The importing actor: user:<id> or system:<name>.",
)
def import_command(file: Path, by: str) -> None:
    """Import an export; it is restored as it was.

    Reads FILE, or standard input where FILE is `-`. The whole file is checked before anything is
    written, and existing changes stay as they are.
    """
    from indelible_sql import import_histories

    with (
        open_settings_store() as store,
        _copy_of(file) as copy,
        shown_progress("import") as progress,
    ):
        imported = import_histories(store, copy, by=Actor.parse(by), progress=progress)

    text = f"{imported.entities} entities with {imported.changes} changes imported"
    if imported.entities_already_there:
        text += f", {imported.entities_already_there} existed already"
    if imported.records_left_out:
        text += f", {imported.records_left_out} left out as deleted by age"
    print_result(imported, f"{text}.")


@contextmanager
def _copy_of(file: Path) -> Generator[BufferedIOBase]:
    """Yield a copy, which does not change while it is read twice.

    Raises: DiskFull and FileUnusable, for the file or for the folder of temporary files.
    """
    folder = Path(gettempdir())
    with translate_os_errors(folder), TemporaryFile(dir=folder) as copy:
        with translate_os_errors(file), click.open_file(str(file), "rb") as stream:
            for block in iter(partial(stream.read, BLOCK), b""):
                with translate_os_errors(folder):
                    copy.write(block)
        copy.flush()
        yield copy
