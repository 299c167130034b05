"""A context registers what follows from its mappings; wrong declarations are refused."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, Final

import pytest
from attrs import frozen
from sqlalchemy import Column, ForeignKeyConstraint, MetaData, PrimaryKeyConstraint, Table

from indelible.kernel import Edge, Lifecycle, NotFound, UsageError
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.bulk import BulkRecord, BulkTypes
from indelible.kernel.history import Record
from indelible_sql import HeadMapping, SqlContext, bulk_columns, head_columns, open_store
from indelible_sql.kernel.mappings import RecordMapping
from indelible_sql.schema.checks import previous_number
from indelible_sql.schema.columns import CONTENT, IDENTIFIER, INSTANT, ORDINAL, required
from indelible_sql.schema.guards import RecordHeadRule
from indelible_sql.schema.sql_context import DerivedHead, in_order_of_keys


class ShelfStatus(StrEnum):
    """The state of a shelf."""

    OPEN = "OPEN"


SHELF: Final = Lifecycle(
    name="shelf",
    edges=(
        Edge("", "build", ShelfStatus.OPEN, 1),
        Edge(ShelfStatus.OPEN, "label", ShelfStatus.OPEN, 1),
    ),
)
OTHER: Final = Lifecycle(name="other", edges=(Edge("", "build", ShelfStatus.OPEN, 0),))


@frozen
class ShelfNotFound(NotFound):
    """No shelf has this id."""

    message: ClassVar[str] = "Shelf {shelf_id} not found."
    shelf_id: str


@frozen(kw_only=True)
class Label(Record):
    """A label of a shelf."""

    record_name: ClassVar[str] = "label"
    head_fields: ClassVar[Mapping[str, str]] = {
        "shelf_id": "id",
        "number": "labels",
        "written_at": "updated_at",
    }

    shelf_id: str
    number: int
    written_at: datetime
    text: str


@frozen(kw_only=True)
class Notice(Record):
    """A record that no aggregate declares."""

    record_name: ClassVar[str] = "notice"
    head_fields: ClassVar[Mapping[str, str]] = {"shelf_id": "id", "number": "labels"}

    shelf_id: str
    number: int


@frozen(kw_only=True)
class Book(BulkRecord):
    """A book that stands on a shelf."""

    record_name: ClassVar[str] = "books"

    title: str


@frozen(kw_only=True)
class Shelf(Aggregate):
    """A shelf with labels and books."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = SHELF
    missing_error = ShelfNotFound
    version_field: ClassVar[str] = "labels"
    version_records: ClassVar[tuple[type[Record], ...]] = (Label,)
    bulk_records: ClassVar[BulkTypes] = MappingProxyType({"build": (Book,)})

    status: ShelfStatus
    labels: int
    room: str


@frozen(kw_only=True)
class Crate(Aggregate):
    """An aggregate without an error for an unknown id."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = OTHER

    status: ShelfStatus


def shelf_table(
    name: str = "shelves",
    *columns: Column[Any],
    lifecycle: Lifecycle[StrEnum] = SHELF,
    counter: str = "labels",
) -> Table:
    """Return a head table of shelves; without columns, with the one that shelves have."""
    own_columns = columns or (required("room", CONTENT),)
    shared = head_columns(lifecycle, version=required(counter, ORDINAL))
    return Table(name, MetaData(), *shared, *own_columns, sqlite_with_rowid=False)


def label_table(name: str = "labels", *key: str) -> Table:
    """Return a table of labels."""
    return Table(
        name,
        MetaData(),
        required("shelf_id", IDENTIFIER),
        required("number", ORDINAL),
        previous_number("number"),
        required("written_at", INSTANT),
        required("text", CONTENT),
        PrimaryKeyConstraint(*(key or ("shelf_id", "number"))),
        sqlite_with_rowid=False,
    )


def book_table(head: Table) -> Table:
    """Return a table of books, the rows of a head."""
    name = "books"
    title = required("title", CONTENT)
    return Table(name, MetaData(), *bulk_columns(name, head), title, sqlite_with_rowid=False)


def table_with_key(name: str, *targets: str) -> Table:
    """Return a table with keys that point at other tables."""
    columns: list[Column[Any]] = [Column(target, IDENTIFIER) for target in targets]
    keys = [ForeignKeyConstraint([target], [f"{target}.id"]) for target in targets]
    return Table(name, MetaData(), Column("id", IDENTIFIER, primary_key=True), *columns, *keys)


SHELVES: Final = shelf_table()
BOOKS: Final = book_table(SHELVES)
LABELS: Final = label_table()
LABEL_RECORDS: Final = RecordMapping(table=LABELS, record=Label)
HEADS: Final = HeadMapping(
    table=SHELVES, entity=Shelf, records=(LABEL_RECORDS,), bulk={Book: BOOKS}
)


def mapped(table: Table = SHELVES, **changes: object) -> HeadMapping[Shelf]:
    """Return a mapping of shelves with something else than it should have."""
    values: dict[str, Any] = {"records": (LABEL_RECORDS,), "bulk": {Book: BOOKS}, **changes}
    return HeadMapping(table=table, entity=Shelf, **values)


def test_a_context_derives_what_its_mappings_hold() -> None:
    context = SqlContext(name="library", mappings=(HEADS,))

    assert dict(context.heads) == {SHELVES: SHELF}
    assert context.records == (BOOKS, LABELS)
    assert [bulk.table for bulk in context.bulk] == [BOOKS]
    (rule,) = context.record_head_rules
    assert (rule.record, rule.head) == (LABELS, SHELVES)
    assert rule.columns == {"id": "shelf_id", "labels": "number", "updated_at": "written_at"}
    ((digest,),) = context.digests.values()
    assert (digest.table, digest.change_field, digest.only_first) == (LABELS, "label", False)


def test_a_previous_number_follows_from_its_column() -> None:
    ((digest,),) = SqlContext(name="library", mappings=(HEADS,)).digests.values()

    assert digest.derived({"number": 1}) == {"previous_number": None}
    assert digest.derived({"number": 3}) == {"previous_number": 2}


def test_records_that_a_context_names_come_first() -> None:
    notes = table_with_key("notes")
    context = SqlContext(name="library", mappings=(HEADS,), records=(notes, LABELS))

    assert context.records == (notes, LABELS, BOOKS)


def test_a_table_comes_after_those_at_which_its_keys_point() -> None:
    books = table_with_key("books", "shelves", "books")
    shelves = table_with_key("shelves")
    rooms = table_with_key("rooms")

    assert in_order_of_keys((books, shelves, rooms)) == (shelves, books, rooms)


def test_tables_that_point_at_each_other_keep_their_order() -> None:
    books = table_with_key("books", "shelves")
    shelves = table_with_key("shelves", "books")

    assert in_order_of_keys((books, shelves)) == (books, shelves)


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (
            lambda: HeadMapping(
                table=Table("crates", MetaData(), *head_columns(OTHER)), entity=Crate
            ),
            "Crate declares no missing_error",
        ),
        (lambda: mapped(table_with_key("shelves")), "table shelves has no head_columns()"),
        (
            lambda: mapped(shelf_table(lifecycle=OTHER)),
            "table shelves is the head of other, not of shelf",
        ),
        (
            lambda: mapped(shelf_table(counter="notes")),
            "table shelves counts versions in notes, not in labels",
        ),
        (
            lambda: mapped(shelf_table("shelves", Column("wall", CONTENT))),
            "table shelves and Shelf differ in: room, wall",
        ),
        (lambda: mapped(records=()), "Label of Shelf has no table"),
        (lambda: mapped(records=(LABEL_RECORDS,) * 2), "Label of Shelf has two tables"),
        (
            lambda: mapped(records=(LABEL_RECORDS, RecordMapping(table=LABELS, record=Notice))),
            "Shelf declares no Notice",
        ),
        (
            lambda: mapped(
                records=(RecordMapping(table=label_table("labels", "number"), record=Label),)
            ),
            "the key of table labels is not the aggregate's id and its version",
        ),
        (lambda: mapped(bulk={}), "Book of Shelf has no table"),
    ],
)
def test_a_mapping_that_does_not_fit_its_aggregate_is_refused(
    make: Callable[[], object], problem: str
) -> None:
    with pytest.raises(UsageError) as refused:
        make()

    places = dict(line.split(": ", 1)[::-1] for line in refused.value.problem.splitlines()[1:])
    file, _, line = places[problem].rpartition(":")
    assert file == __file__
    assert int(line) > 0


SIGNALS: Final = table_with_key("signals")
PLACES: Final = table_with_key("places")
PLACE_RULE: Final = RecordHeadRule(record=SIGNALS, head=PLACES, columns={"id": "id"})
STRAY_RULE: Final = RecordHeadRule(record=SIGNALS, head=SHELVES, columns={"id": "id"})


def derived(*rules: RecordHeadRule) -> tuple[DerivedHead, ...]:
    """Return a derived head with rules."""
    return (DerivedHead(table=PLACES, replay=lambda _: iter(()), rules=rules),)


@pytest.mark.parametrize(
    ("declared", "problem"),
    [
        (
            {"mappings": (HEADS, mapped(shelf_table("cases")))},
            "lifecycle shelf has two heads",
        ),
        ({"mappings": (HEADS, HEADS)}, "table shelves is registered twice"),
        ({"mappings": (HEADS,), "records": (SHELVES,)}, "table shelves is registered twice"),
        ({"records": (SIGNALS, SIGNALS)}, "table signals is registered twice"),
        ({"records": (SIGNALS,), "task_tables": (SIGNALS,)}, "table signals is registered twice"),
        (
            {"stages": {"sort": SHELF}},
            "stage sort is of lifecycle shelf, which has no head",
        ),
        (
            {"prunable_tables": (SIGNALS,)},
            "table signals is prunable, and not among the task tables or records",
        ),
        (
            {"derived_heads": derived(STRAY_RULE), "records": (SIGNALS,)},
            "derived head places has a rule of shelves",
        ),
        (
            {"derived_heads": derived(PLACE_RULE)},
            "rule needs_head of places is about signals, which is no record",
        ),
    ],
)
def test_a_context_whose_parts_do_not_fit_is_refused(
    declared: dict[str, Any], problem: str
) -> None:
    with pytest.raises(UsageError) as refused:
        SqlContext(name="library", **declared)

    assert problem in refused.value.problem.splitlines()


def test_two_contexts_of_a_store_share_neither_table_nor_lifecycle(tmp_path: Path) -> None:
    library = SqlContext(name="library", mappings=(HEADS,))
    archive = SqlContext(name="archive", mappings=(HEADS,))

    with pytest.raises(UsageError) as refused:
        open_store(f"sqlite:///{tmp_path}/shelves.db", contexts=(library, archive))

    assert refused.value.problem.splitlines() == [
        "the contexts of a store have faults:",
        "table shelves is registered by contexts library and archive",
        "lifecycle shelf is registered by contexts library and archive",
        "table books is registered by contexts library and archive",
        "table labels is registered by contexts library and archive",
    ]


def test_two_contexts_of_a_store_have_different_names(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="context money is registered twice"):
        open_store(f"sqlite:///{tmp_path}/shelves.db", contexts=(SqlContext(name="money"),))
