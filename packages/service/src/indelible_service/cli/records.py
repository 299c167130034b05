"""List the aggregates of a context, and show one: of a host's contexts, and of built-in ones."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import click

from indelible.concepts import ConceptFilter
from indelible.kernel import Head
from indelible.kernel.context_checks import MAX_NUMBER
from indelible.kernel.values import value_text
from indelible_service.cli.concepts import print_concepts
from indelible_service.cli.lists import INSTANT, in_utc, list_options, read_all
from indelible_service.cli.output import (
    Command,
    ContextOff,
    contexts_off,
    open_settings_store,
    print_line,
    print_result,
    print_results,
    print_table,
    wants_json,
)

if TYPE_CHECKING:
    from indelible.kernel.appends import Position
    from indelible_service.appended_rows import RowPage
    from indelible_service.records import Records
    from indelible_sql import SqlReading

CONCEPTS: Final = "concepts"
DEFAULT_RECORDS: Final = 1_000
MAX_ROWS: Final = 1_000
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


def _position(_: click.Context, __: click.Parameter, text: str | None) -> "Position | None":
    """Return the position of an option's value."""
    from indelible.kernel.appends import position_of

    if text is None:
        return None
    position = position_of(text)
    if position is None or max(position) > MAX_NUMBER:
        problem = f"expected the position of a row, such as 12.1, got {value_text(text)}"
        raise click.BadParameter(problem)
    return position


@click.command(cls=Command)
@click.argument("name")
@click.argument("record_id", metavar="ID")
@click.option("--at", type=INSTANT, help="As it was at this time; in UTC without an offset.")
@click.option("--version", type=int, help="As the version of this number has it.")
@click.option(
    "--rows",
    "row_limit",
    type=click.IntRange(1, MAX_ROWS),
    default=20,
    show_default=True,
    help="The maximum number of rows that actions have appended, of each kind of row.",
)
@click.option("--record", help="Show only the rows of this kind, such as scan.")
@click.option(
    "--after",
    metavar="SEQ.NUMBER",
    callback=_position,
    help="Show only the rows that follow this one, such as 12.1. Needs --record.",
)
def show(
    name: str,
    record_id: str,
    *,
    at: datetime | None,
    version: int | None,
    row_limit: int,
    record: str | None,
    after: "Position | None",
) -> None:
    """Show one record of a context with its fields, its rows and the actions that it allows.

    NAME is the name of a context of yours, such as tickets, or of a table, such as contests. ID is
    the id, or the value of a unique field, such as the number of a ticket. Rows are those that its
    actions have appended, oldest first.
    """
    from indelible_service.appended_rows import START, RowsQuery, read_rows
    from indelible_service.records import records_of

    if at is not None and version is not None:
        text = "--at and --version exclude each other"
        raise click.UsageError(text)
    if after is not None and record is None:
        text = "--after needs --record"
        raise click.UsageError(text)
    query = RowsQuery(record=record, after=after or START, limit=row_limit)
    with open_settings_store() as store:
        records = records_of(store, name, contexts_off())

        def read(tx: "SqlReading") -> tuple[Head[Any], Mapping[str, "RowPage"]]:
            head = _head(tx, records, record_id, at=at, version=version)
            return head, read_rows(tx, records, head, query)

        head, pages = store.read(read)

    _print_record(records, head, pages)


def _head(
    tx: "SqlReading",
    records: "Records",
    record_id: str,
    *,
    at: datetime | None,
    version: int | None,
) -> Head[Any]:
    """Return a record as it is, as it was at a time, or as a version has it."""
    if at is not None:
        return records.find_as_of(tx, record_id, in_utc(at))
    if version is not None:
        return records.find_version(tx, record_id, version)
    return records.find(tx, record_id)


def _print_record(records: "Records", head: Head[Any], pages: Mapping[str, "RowPage"]) -> None:
    """Print a record with its rows, and how to read those that are left out."""
    fields = records.fields(head)
    actions = records.allowed_actions(head)
    document: dict[str, object] = {**fields, "allowed_actions": actions}
    if pages:
        document["appended_rows"] = {
            name: {"rows": page.rows, "left_out": page.left_out, "after": page.after}
            for name, page in pages.items()
        }
    print_result(document, records.label(head))
    if wants_json():
        return
    rows = [(field, value) for field, value in fields.items() if field != "label"]
    print_table(("field", "value"), [*rows, ("allowed actions", actions)])
    for name, page in pages.items():
        title = f"{name} rows: {len(page.rows)}"
        if page.left_out:
            title += f", and {page.left_out} more: --record {name} --after {page.after}"
        print_line(title)
        print_table(page.columns, [[row[column] for column in page.columns] for row in page.rows])
