"""List the aggregates of a context, and show one: of a host's contexts, and of built-in ones."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import click

from indelible.concepts import ConceptFilter
from indelible.kernel import Head
from indelible_service.cli.concepts import print_concepts
from indelible_service.cli.lists import INSTANT, in_utc, list_options, read_all
from indelible_service.cli.output import (
    Command,
    ContextOff,
    contexts_off,
    open_settings_store,
    print_result,
    print_results,
    print_table,
    wants_json,
)

CONCEPTS: Final = "concepts"
DEFAULT_RECORDS: Final = 1_000
COLUMNS: Final = ("label", "id", "status", "seq", "updated_at")


@click.command("list", cls=Command)
@click.argument("name", metavar="[NAME]", default=CONCEPTS)
@click.option(
    "--where",
    "conditions",
    metavar="FIELD=VALUE",
    multiple=True,
    help="List only what has this value, such as status=OPEN; nothing after = means no value.",
)
@click.option("--after", help="List only what follows this id. Not for concepts.")
@click.option(
    "--limit",
    type=click.IntRange(1),
    help=f"The maximum number. By default all concepts, and {DEFAULT_RECORDS:,} of anything else.",
)
@list_options(ConceptFilter)
def list_command(
    name: str, conditions: tuple[str, ...], after: str | None, limit: int | None, **options: object
) -> None:
    """List the concepts, with their names and statuses, or with NAME the records of a context.

    NAME is the name of a context of yours, such as tickets, or of a table, such as contests.
    Records are in order of their ids. Concepts have options of their own instead of --where; they
    are listed by id unless an order is given.
    """
    if name == CONCEPTS:
        if CONCEPTS in contexts_off():
            raise ContextOff(CONCEPTS)
        if conditions or after:
            raise click.UsageError("--where and --after are not for concepts: use their options")
        print_concepts(limit, options)
        return
    for option, value in options.items():
        if value is not None:
            text = f"--{option.replace('_', '-')} is for concepts: use --where with {name}"
            raise click.UsageError(text)
    _print_records(name, conditions, after or "", limit or DEFAULT_RECORDS)


def _print_records(name: str, conditions: Sequence[str], after: str, limit: int) -> None:
    """Print the records of a context, and say whether there are more."""
    from indelible_service.records import records_of

    with open_settings_store() as store:
        records = records_of(store, name, contexts_off())
        where = records.where(conditions)

        def read_page(last_id: str, size: int) -> Sequence[Head[Any]]:
            return store.read(records.page, where, after=last_id or after, limit=size)

        heads = read_all(read_page, lambda head: head.id, limit + 1)

    documents = [records.fields(head) for head in heads[:limit]]
    title = f"{records.name}: {len(documents)}"
    if len(heads) > limit:
        title += f", and more: --after {documents[-1]['id']}"
    print_results(documents, COLUMNS, title)


@click.command(cls=Command)
@click.argument("name")
@click.argument("record_id", metavar="ID")
@click.option("--at", type=INSTANT, help="As it was at this time; in UTC without an offset.")
@click.option("--version", type=int, help="As the version of this number has it.")
def show(name: str, record_id: str, at: datetime | None, version: int | None) -> None:
    """Show one record of a context with its fields, and the actions that its state allows.

    NAME is the name of a context of yours, such as tickets, or of a table, such as contests. ID is
    the id, or the value of a unique field, such as the number of a ticket.
    """
    from indelible_service.records import records_of

    if at is not None and version is not None:
        text = "--at and --version exclude each other"
        raise click.UsageError(text)
    with open_settings_store() as store:
        records = records_of(store, name, contexts_off())
        if at is not None:
            head = store.read(records.find_as_of, record_id, in_utc(at))
        elif version is not None:
            head = store.read(records.find_version, record_id, version)
        else:
            head = store.read(records.find, record_id)

    fields = records.fields(head)
    actions = records.allowed_actions(head)
    print_result({**fields, "allowed_actions": actions}, records.label(head))
    if not wants_json():
        rows = [(field, value) for field, value in fields.items() if field != "label"]
        print_table(("field", "value"), [*rows, ("allowed actions", actions)])
