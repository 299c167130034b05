"""Checks of appended records, and of the actions that append them, when their classes are made."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from attrs import NOTHING, Attribute, fields

from indelible.kernel.actions import Action
from indelible.kernel.appends import MAX_ROWS, AppendedRecord
from indelible.kernel.declarations import line_of
from indelible.kernel.reserved_names import name_problem
from indelible.kernel.values import is_identifier, is_instant

# What each row has beside the fields that its record declares.
ROW_COLUMNS: Final = frozenset(("entity_id", "seq", "number"))


def record_faults(record: type[Any], attributes: Iterable["Attribute[Any]"]) -> Iterator[str]:
    """Yield what is wrong with an appended record; another class has no fault."""
    if not issubclass(record, AppendedRecord):
        return
    own = {attribute.name: attribute for attribute in attributes}
    number: Any = own.pop("number")  # attrs' stubs do not know `inherited`
    if not own:
        yield f"{line_of(record)}: record {record.__name__} has no fields"
    if not number.inherited:
        own["number"] = number
    for name in own:
        problem = name_problem(name)
        if name in ROW_COLUMNS:
            problem = "has the name of a column that every row has"
        if problem:
            yield f"{line_of(record, name)}: field {name} {problem}"

    stamps = (
        ("time_field", record.time_field, is_instant, "no Instant"),
        ("actor_field", record.actor_field, is_identifier, "no Identifier"),
    )
    for stamp, name, validator, problem in stamps:
        if name and name not in own:
            yield f"{line_of(record)}: {stamp} {name} is no field"
        elif name and own[name].validator is not validator:
            yield f"{line_of(record, name)}: field {name} is the {stamp}, and {problem}"


def append_faults(action: Action[Any, ...], entity_fields: Iterable[str]) -> Iterator[str]:
    """Yield what is wrong between an action, the record that it appends, and its aggregate."""
    appending = action.appending
    if appending is None:
        return
    if not appending.is_record:
        yield f"appends {appending.record!r}, which is no class made with @record"
        return
    if not 0 <= appending.max_rows <= MAX_ROWS:
        yield f"has max_rows={appending.max_rows}: expected 1 to {MAX_ROWS}"

    record = appending.record
    known = frozenset(entity_fields)
    if record.record_name in known:
        yield f"appends {record.__name__}, and the aggregate has a field {record.record_name}"
    for name in action.row_parameters:
        if name in known:
            yield (
                f"has parameter {name}, which is a field of {record.__name__} and of the aggregate:"
                " give one of them another name"
            )
    if not appending.is_computed:
        yield from _row_faults(action, record)


def _row_faults(action: Action[Any, ...], record: type[AppendedRecord]) -> Iterator[str]:
    """Yield what the parameters of an action lack of the row that they become."""
    if not action.row_parameters:
        yield f"appends {record.__name__}, and no parameter is a field of it"
    stamps = ("number", record.time_field, record.actor_field)
    for attribute in fields(record):
        name = attribute.name
        if name in (*action.parameters, *stamps) or attribute.default is not NOTHING:
            continue
        yield f"does not set field {name} of {record.__name__}"
