"""Concepts on the command line: what happened, what changed, and all of it as a file."""

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryFile

import click

from indelible.concepts import diff_versions, list_history, to_unified
from indelible.kernel import Actor
from indelible_service.cli.output import Command, answer, answer_table, open_settings_store
from indelible_service.data_directory import atomic_file, translate_os_errors


@click.command(cls=Command)
@click.argument("concept_id")
def history(concept_id: str) -> None:
    """Show what happened to a concept: when, by whom, and why."""
    with open_settings_store() as store:
        changes = store.read(list_history, concept_id)
    columns = ("seq", "at", "action", "to_state", "version", "actor", "reason", "hash")
    answer_table(changes, columns, f"History of {concept_id}")


@click.command(cls=Command)
@click.argument("concept_id")
@click.argument("from_version", type=click.IntRange(1))
@click.argument("to_version", type=click.IntRange(1))
def diff(concept_id: str, from_version: int, to_version: int) -> None:
    """Show what changed from one version to another, word by word."""
    with open_settings_store() as store:
        found = store.read(diff_versions, concept_id, from_version, to_version)
    answer(found, to_unified(found.diff) or "Nothing differs.")


@click.command("export", cls=Command)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), default="-")
@click.option(
    "--leaving-out",
    multiple=True,
    metavar="LIFECYCLE",
    help="What no export carries, and may be missing.",
)
def export_command(file: Path, leaving_out: tuple[str, ...]) -> None:
    """Write every concept with its whole history, to FILE or standard output; the same store gives the same bytes."""
    from indelible_sql import export_histories

    with open_settings_store() as store:
        if file == Path("-"):
            store.read(export_histories, sys.stdout.buffer, leaving_out=leaving_out)
            return
        with atomic_file(file) as out:
            exported = store.read(export_histories, out, leaving_out=leaving_out)
    answer(
        exported,
        f"{exported.entities} concepts with {exported.changes} changes. Digest: {exported.digest}",
    )


@click.command("import", cls=Command)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--by", default="system:cli", show_default=True, help="Who imports: user:<id> or system:<name>."
)
def import_command(file: Path, by: str) -> None:
    """Read an export, or another system's history.

    It comes from FILE, or from standard input where that is `-`. An export of ours comes back as it was. Of another
    system's history each line is an object with concept_id, action, actor, reason, at, and content where the step
    writes a version; it keeps its times and actors, and is marked as imported. Nothing is written before the whole
    file is checked, and what is there already is left alone.
    """
    from indelible_service.concepts_import import import_file

    with (
        open_settings_store() as store,
        TemporaryFile() as copy,
    ):  # which stays the same while it is read twice
        with translate_os_errors(file), click.open_file(str(file), "rb") as stream:
            shutil.copyfileobj(stream, copy)
        done = import_file(store, copy, by=Actor.parse(by))
    already = (
        f", {done.entities_already_there} were there already" if done.entities_already_there else ""
    )
    answer(done, f"{done.entities} concepts with {done.changes} changes imported{already}.")
