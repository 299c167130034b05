"""Errors of the adoption of a table."""

from typing import ClassVar

from attrs import frozen

from indelible.kernel import Conflict, Invalid, NotFound, Unavailable


@frozen
class SourceMissing(NotFound):
    """The database has no table of this name."""

    message: ClassVar[str] = "The database has no table {table} that could be adopted."
    table: str


@frozen
class SourceKeyMissing(Invalid):
    """The table has no primary key, so that nothing tells its rows apart."""

    message: ClassVar[str] = "Table {table} has no primary key, by which its rows are told apart."
    table: str


@frozen
class SourceColumnMissing(Invalid):
    """A field is mapped to a column that the table lacks."""

    message: ClassVar[str] = "Table {table} has no column {column}, to which {field} is mapped."
    table: str
    column: str
    field: str


@frozen
class FieldNotMapped(Invalid):
    """A field that needs a value has no column of its name, and no entry in the mapping."""

    message: ClassVar[str] = (
        "Field {field} of {aggregate} has no column of its name in table {table}: add it to the"
        " mapping."
    )
    field: str
    aggregate: str
    table: str


@frozen
class MappedFieldUnknown(Invalid):
    """The mapping has a name that is no field which a row can set."""

    message: ClassVar[str] = (
        "The mapping names {field}, which is no field of {aggregate} that a row can set: expected"
        " some of {expected}."
    )
    field: str
    aggregate: str
    expected: str


@frozen
class MappingFailed(Invalid):
    """The host's function of a mapping raised an error for a row."""

    message: ClassVar[str] = "The mapping of field {field} failed: {problem}."
    field: str
    problem: str


@frozen
class AdoptsNothing(Invalid):
    """The declaration names no state in which rows are adopted."""

    message: ClassVar[str] = (
        "{aggregate} adopts no rows: name the states of the rows, `@aggregate(adopts=(...))`."
    )
    aggregate: str


@frozen
class StateNotAdopted(Invalid):
    """A row is in a state in which the declaration adopts none."""

    message: ClassVar[str] = (
        "The state {state} of a row is none in which {aggregate} adopts rows: expected one of"
        " {expected}."
    )
    state: str
    aggregate: str
    expected: str


@frozen
class RowKeyTaken(Conflict):
    """An id belongs to another aggregate, or to the aggregate of another row."""

    message: ClassVar[str] = "The id {id} belongs to {owner}."
    id: str
    owner: str


@frozen
class RowsRefused(Conflict):
    """The declaration refuses rows, so that the adoption does not begin, or does not end.

    `observe` names them before it begins, and `adoption_problems` names those that came later.
    """

    message: ClassVar[str] = (
        "{rows} rows of {table} cannot be adopted ({rules}): correct them, or the declaration, and"
        " adopt again."
    )
    table: str
    rows: int
    rules: str


@frozen
class WriteNotDeclared(Conflict):
    """No action explains a write to the row of an adopted aggregate."""

    message: ClassVar[str] = (
        "No action of lifecycle {lifecycle} takes {id} from {from_state} to {to_state} and changes"
        " {fields}."
    )
    lifecycle: str
    id: str
    from_state: str
    to_state: str
    fields: str


@frozen
class AdoptionFinished(Conflict):
    """The rows of a table are adopted, and the table refuses writes."""

    message: ClassVar[str] = "The adoption of {table} by {context} is finished."
    table: str
    context: str


@frozen
class AdoptionOfOther(Conflict):
    """A context adopts one table at a time, and it has begun with another one."""

    message: ClassVar[str] = "Context {context} is adopting {expected}, not {table}."
    context: str
    expected: str
    table: str


@frozen
class SourceBusy(Unavailable):
    """Long transactions hold the older table: no moment was free for the cut-over."""

    message: ClassVar[str] = (
        "Table {table} was not free for {attempts} attempts of {milliseconds} milliseconds each."
    )
    table: str
    attempts: int
    milliseconds: int
