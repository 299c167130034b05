"""Checks that an index answers the finders of an aggregate, each with its file and line."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from attrs import fields_dict
from sqlalchemy import Index, Table, UniqueConstraint

from indelible.kernel import UsageError
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.finders import FinderQuestion, finders_of, questions_of
from indelible.kernel.history import Record
from indelible.kernel.one_per_parent import OnePerParent
from indelible.kernel.questions import DESCENDING, Comparator, Question
from indelible.kernel.repository import Repository
from indelible_sql.schema.one_per_parent import INDEX_INFO

Tables = Mapping[type[Aggregate] | type[Record], Table]


def finder_faults(
    repository: type[Repository[Any]], entity: type[Aggregate], tables: Tables
) -> Iterator[str]:
    """Yield what is wrong with the finders of a repository.

    `tables` has the table of the aggregate, and those of its records.
    """
    for name, finder in finders_of(repository):
        code = cast("Any", finder).__code__
        subject = f"{code.co_filename}:{code.co_firstlineno}: finder {name}"
        try:
            questions = questions_of(repository, finder)
        except UsageError as error:
            yield f"{subject} {error.problem}"
            continue
        problems = [_problem(one, entity, tables) for one in questions]
        for problem in dict.fromkeys(filter(None, problems)):
            yield f"{subject} {problem}"


def _problem(of_finder: FinderQuestion, entity: type[Aggregate], tables: Tables) -> str:
    """Return what is wrong with a question, '' if an index answers it."""
    question = of_finder.question
    row_type = of_finder.record_type or entity
    if row_type not in tables:
        return f"asks for records of {row_type.__name__}, which have no table"

    known = fields_dict(row_type)
    compared = [comparison.field for comparison in question.where]
    order = [name.removeprefix(DESCENDING) for name in question.order]
    for name in (*compared, *order):
        if name not in known:
            return f"names an unknown field of {row_type.__name__}: {name}"

    table = tables[row_type]
    if has_index(table, question):
        return ""
    fields = " or ".join(sorted(indexed_fields(question)))
    return f"has no index of table {table.name} that begins with {fields or 'what it compares'}"


def indexed_fields(question: Question) -> frozenset[str]:
    """Return the fields with which an index must begin to answer a question: one is enough.

    Without a comparison it is the first field of the order. No index finds the rows in which a
    field is different. The id after which a page begins counts only where nothing else is compared:
    all rows after it may be those that are left out.
    """
    if not question.where:
        return frozenset({question.order[0].removeprefix(DESCENDING)})

    names: set[str] = set()
    for comparison in question.where:
        is_page = comparison.field == "id" and comparison.comparator is Comparator.ABOVE
        if is_page and len(question.where) > 1:
            continue
        if comparison.comparator is not Comparator.DIFFERENT:
            names.add(comparison.field)
    return frozenset(names)


def has_index(table: Table, question: Question) -> bool:
    """Return whether an index of a table, its key or a unique constraint answers a question."""
    fields = indexed_fields(question)
    unique = [one for one in table.constraints if isinstance(one, UniqueConstraint)]
    for key in (table.primary_key, *unique):
        if fields.intersection(key.columns.keys()[:1]):
            return True

    for index in table.indexes:
        if fields.intersection(index.columns.keys()[:1]) and _holds_rows(index, question):
            return True
    return False


def _holds_rows(index: Index, question: Question) -> bool:
    """Return whether an index holds the rows of a question: one is partial, if it has a predicate.

    The databases use a partial index only where the comparisons imply its predicate.
    """
    predicate = index.dialect_options["sqlite"]["where"]
    if predicate is None:
        return True

    rule: OnePerParent | None = index.info.get(INDEX_INFO)
    if rule is not None:
        return question.value_of("status") in rule.states
    text = str(predicate).removeprefix(f"{cast('Table', index.table).name}.")
    return text in {f"{name} IS NOT NULL" for name in indexed_fields(question)}
