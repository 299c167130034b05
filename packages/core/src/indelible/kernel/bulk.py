"""Bulk records: many rows that one change adds, stored in few statements.

The change's data holds the number of the rows and their digest, so that the change's own hash
covers every row. The rows repeat neither the aggregate's id nor the seq: they can be computed and
hashed before the transaction that saves them begins.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from hashlib import sha256
from types import MappingProxyType, NoneType
from typing import Any, ClassVar, Final, Generic, Protocol, TypeVar, cast, get_args

from attrs import NOTHING, AttrsInstance, define, field, fields, frozen

from indelible.kernel.conditions import FieldNotOfRecord, WithConditions
from indelible.kernel.errors import Conflict, IndelibleError, Invalid, UsageError
from indelible.kernel.json import encode_canonical, to_json_value
from indelible.kernel.values import COUNT, bounded_int, field_values

MAX_BULK_ROWS: Final = 1_000_000
# PostgreSQL gets all rows of a type as one text, which may have at most 1 GiB. A character has at
# most 4 bytes.
MAX_BULK_CHARACTERS: Final = 200_000_000


@frozen
class BulkMisnumbered(Invalid):
    """The rows of a bulk are not numbered 1, 2, 3 and so on."""

    message: ClassVar[str] = (
        "Rows of {record} must be numbered from 1 without gaps: expected {expected}, got {actual}."
    )
    record: str
    expected: int
    actual: int


@frozen
class BulkTooLarge(Invalid):
    """A change would add more rows, or longer ones, than one change may."""

    message: ClassVar[str] = (
        "The {record} of one change are too many: at most {max_rows} rows and {max_characters} "
        "characters of JSON are allowed, got {rows} rows and {characters} characters."
    )
    record: str
    max_rows: int
    max_characters: int
    rows: int
    characters: int


@frozen
class BulkDiffers(Invalid):
    """A change adds other bulk records than its aggregate declares for the action."""

    message: ClassVar[str] = (
        "Action {action} on {entity_id} must add these bulk records: {expected}; got: {actual}."
    )
    entity_id: str
    action: str
    expected: tuple[str, ...]
    actual: tuple[str, ...]


@frozen
class BulkMismatch(Conflict):
    """A change does not hold the count and the digest of the rows that it is saved with."""

    message: ClassVar[str] = (
        "Change {seq} of {entity_id} does not match its {record}: expected {expected}, "
        "got {actual}."
    )
    entity_id: str
    seq: int
    record: str
    expected: str
    actual: str


@frozen(kw_only=True)
class BulkRecord(WithConditions):
    """One of the rows of a type that a change adds, numbered from 1 in each change.

    The table has the fields as its columns, beside `entity_id` and `seq` of the change. The
    change's data holds the count and the digest of the rows under `record_name`. `conditions` holds
    what each row must fulfill. Where a record `leaves_out_defaults`, the digest covers only the
    values that are not the default of their field, so that a new field with a default changes none.
    """

    record_name: ClassVar[str]
    leaves_out_defaults: ClassVar[bool] = False

    number: int = field(validator=bounded_int, metadata=COUNT)

    def _claim_error(self, name: str, expected: str) -> IndelibleError:
        """Return the error about a field that its other fields exclude."""
        return FieldNotOfRecord(self.record_name, name, expected)


R = TypeVar("R", bound=BulkRecord)
B = TypeVar("B", bound=BulkRecord)
BulkTypes = Mapping[str, tuple[type[BulkRecord], ...]]
NO_BULK: Final[BulkTypes] = MappingProxyType({})


@define
class BulkDigest:
    """Counts rows and computes their digest, one row at a time.

    The digest is the SHA-256 of the rows' canonical JSON texts in order, each with a newline.
    """

    count: int = 0
    _content: Any = field(factory=sha256)

    def add(self, text: str) -> None:
        """Add the canonical text of the next row."""
        self._content.update(text.encode())
        self._content.update(b"\n")
        self.count += 1

    def summary(self) -> dict[str, Any]:
        """Return what a change's data hold about the rows."""
        return {"count": self.count, "digest": self._content.hexdigest()}


@frozen(eq=False)
class Bulk(Generic[R]):
    """The rows of one type that a change adds, prepared for storing; create it with `of`.

    `texts` are the canonical JSON texts of the rows. Preparing 100,000 rows takes about a second,
    so do it before the transaction begins.
    """

    record_type: type[R]
    rows: tuple[R, ...]
    texts: tuple[str, ...]
    digest: str

    @staticmethod
    def of(record_type: type[B], rows: Iterable[B] = ()) -> "Bulk[B]":
        """Return the rows with their texts and their digest; a type may have no rows.

        Raises:
            UsageError: A row is of another type.
            BulkMisnumbered: The rows are not numbered from 1 without gaps.
            BulkTooLarge: There are more than MAX_BULK_ROWS, or MAX_BULK_CHARACTERS of text.
        """
        listed = tuple(rows)
        if len(listed) > MAX_BULK_ROWS:
            raise _too_large(record_type, len(listed), 0)

        texts: list[str] = []
        characters = 0
        content = BulkDigest()
        for expected, row in enumerate(listed, start=1):
            if type(row) is not record_type:
                raise UsageError(
                    f"a bulk of {record_type.__name__} has a row of type {type(row).__name__}"
                )
            if row.number != expected:
                raise BulkMisnumbered(record_type.record_name, expected, row.number)
            values: Any = to_json_value(field_values(row))
            text = encode_canonical(values)
            characters += len(text)
            content.add(covered_text(record_type, values, text))
            texts.append(text)

        if characters > MAX_BULK_CHARACTERS:
            raise _too_large(record_type, len(listed), characters)
        return Bulk(record_type, listed, tuple(texts), content.summary()["digest"])

    @property
    def record_name(self) -> str:
        """Return the name under which a change's data hold the summary."""
        return self.record_type.record_name

    def summary(self) -> dict[str, Any]:
        """Return what the change's data hold: the count and the digest of the rows."""
        return {"count": len(self.rows), "digest": self.digest}


AnyBulk = Bulk[Any]


class BulkReader(Protocol):
    """Read access to the bulk records of an aggregate; every repository has it."""

    def bulk_rows(
        self,
        record_type: type[R],
        entity_id: str,
        *,
        seq: int,
        after: int = 0,
        limit: int | None = None,
    ) -> tuple[R, ...]:
        """Return the next `limit` rows after a number that the change at `seq` added, in order."""
        ...


def bulk_text(row: BulkRecord) -> str:
    """Return the canonical JSON text of a row."""
    return encode_canonical(to_json_value(field_values(row)))


def covered_text(record_type: type[BulkRecord], values: Mapping[str, Any], text: str = "") -> str:
    """Return the canonical JSON text that the digest covers of a row's JSON values.

    `text` is that of all values, where the caller has it.
    """
    if record_type.leaves_out_defaults:
        defaults = json_defaults(record_type)
        values = {
            name: value
            for name, value in values.items()
            if name not in defaults or value != defaults[name]
        }
        text = ""
    return text or encode_canonical(values)


def json_defaults(record_type: type[BulkRecord]) -> Mapping[str, Any]:
    """Return the values that the digest of a record leaves out: None, or a required default."""
    return _json_defaults(cast("Any", record_type))


@cache
def _json_defaults(record_type: type[AttrsInstance]) -> Mapping[str, Any]:
    defaults: dict[str, Any] = {}
    for attribute in fields(record_type):
        if NoneType in get_args(attribute.type):
            defaults[attribute.name] = None
        elif attribute.default is not NOTHING and attribute.name != "number":
            converter: Any = attribute.converter
            default = attribute.default if converter is None else converter(attribute.default)
            defaults[attribute.name] = to_json_value(default)
    return defaults


def check_bulk(types: BulkTypes, action: str, entity_id: str, bulk: Sequence[AnyBulk]) -> None:
    """Check that the bulks are those that the action must add, one of each type in order.

    Raises:
        BulkDiffers: One is missing, or is not declared.
    """
    expected = types.get(action, ())
    actual = tuple(item.record_type for item in bulk)
    if actual != expected:
        raise BulkDiffers(entity_id, action, _names(expected), _names(actual))


def check_summaries(
    entity_id: str, seq: int, data: Mapping[str, Any], bulk: Sequence[AnyBulk]
) -> None:
    """Check that the data of a change hold the count and the digest of every bulk.

    Raises:
        BulkMismatch: The data hold something else.
    """
    for item in bulk:
        expected = item.summary()
        actual = data.get(item.record_name)
        if actual != expected:
            raise BulkMismatch(entity_id, seq, item.record_name, str(expected), str(actual))


def bulk_type_faults(
    types: BulkTypes, actions: Collection[str], fields: Collection[str]
) -> Iterator[str]:
    """Yield unknown actions of an aggregate's bulk types, and names that a change has twice."""
    for action, declared in types.items():
        if action not in actions:
            yield f"bulk records name an unknown action: {action}"

        names = _names(declared)
        taken = sorted(set(names) & set(fields))
        if taken:
            yield f"bulk records have names of fields: {', '.join(taken)}"
        if len(set(names)) < len(names):
            yield f"bulk records on {action} have a name twice"


def _names(types: Iterable[type[BulkRecord]]) -> tuple[str, ...]:
    return tuple(record_type.record_name for record_type in types)


def _too_large(record_type: type[BulkRecord], rows: int, characters: int) -> BulkTooLarge:
    return BulkTooLarge(
        record_type.record_name, MAX_BULK_ROWS, MAX_BULK_CHARACTERS, rows, characters
    )
