"""Values of an aggregate's fields: those of their kinds, and hostile ones next to them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

from attrs import Attribute, fields_dict
from tests.guards.values import MALFORMED
from tests.sql.condition_rows import table_of

from indelible.captures.entities.vectors import Vector
from indelible.contests.entities.contests import Contest
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.audit import Actor
from indelible.kernel.claims import WithinKind, all_claims
from indelible.kernel.conditions import Condition
from indelible.kernel.declarations import enumeration_of, is_optional
from indelible.kernel.errors import IndelibleError
from indelible.kernel.json_objects import JsonObject
from indelible.kernel.keys import Key
from indelible.money.entities.reconciliations import SWITCH_ID, PaymentSwitch, Reconciliation
from indelible.projects.entities.jobs import Job
from indelible.projects.entities.projects import Project
from indelible.projects.entities.values import JobResult
from indelible.testing.tokens.scenarios import chain_hash, wallet
from indelible.tokens.entities.mints import MintEvent
from indelible.tokens.entities.pipeline import RevealTransaction
from indelible_sql.captures.columns import EMBEDDING
from indelible_sql.schema import columns, value_columns
from indelible_sql.tokens.columns import CHAIN_HASH, TOKEN_NUMBER, WALLET

FieldKey = tuple[type[Aggregate], str]  # an aggregate and the name of a field
FIRST: Final = datetime(2026, 1, 1, tzinfo=UTC)
INSTANTS: Final = tuple(FIRST + timedelta(hours=hours) for hours in (0, 1, 2, 48))
OBJECT: Final = JsonObject({"is": "an object"})

# Values of the columns' types, the most frequent ones first.
OF_TYPES: Final[Mapping[Any, Sequence[Any]]] = {
    columns.IDENTIFIER: ("a", "b", "x" * 200),
    columns.NONBLANK_TEXT: ("a", "b"),
    columns.DIGEST: ("a" * 64, "b" * 64),
    columns.DIGEST_OR_EMPTY: ("", "a" * 64),
    columns.INSTANT: INSTANTS,
    columns.ACTOR: (Actor.parse("user:ann"), Actor.parse("system:worker")),
    columns.JSON_DETAILS: (OBJECT,),
    columns.JSON_VALUE: ({"is": "an object"}, "text", 7),
    value_columns.CURRENCY: ("USD", "EUR"),
    value_columns.FLAG: (False, True),
    EMBEDDING: (Vector((1.0, 0.0)), Vector((0.0, 1.0))),
    WALLET: (wallet(1), wallet(2)),
    CHAIN_HASH: (chain_hash(1), chain_hash(2)),
    TOKEN_NUMBER: (0, 1, 2**256 - 1),
}
# Values of fields that a column's type does not describe.
OF_FIELDS: Final[Mapping[FieldKey, Sequence[Any]]] = {
    (Key, "scopes"): (("admin",), ("concepts:read", "admin")),
    (MintEvent, "batch"): (("1", "2"), ("3",)),
    (MintEvent, "copies"): (("1", "2"), ("1",)),
    (MintEvent, "total_paid"): ("0", "25"),
    (RevealTransaction, "token_ids"): (("a",), ("a", "b")),
    (Reconciliation, "checked"): (("R1",), ("R1", "R2"), ()),
    (Project, "current_nodes"): ((), (OBJECT,)),
    (Job, "result"): (JobResult(commit="c0ffee"), JobResult(push_skipped=True)),
    (Contest, "attempted_action"): ("lock", "start", "complete"),
    (PaymentSwitch, "id"): (SWITCH_ID,),
}
# Malformed values that `tests.guards` writes in SQL, and those of fields.
HOSTILE_INSTANTS: Final = (datetime(1999, 12, 31, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC))
HOSTILE_OF_FIELDS: Final[Mapping[FieldKey, Sequence[Any]]] = {
    (Key, "scopes"): ((), ("Admin",), ("a:b:c",)),
    (RevealTransaction, "token_ids"): ((), tuple(f"token-{number}" for number in range(51))),
}


@cache
def well_formed_values(key: FieldKey) -> Sequence[Any]:
    """Return values that the validator of a field accepts, the most frequent ones first.

    Raises:
        LookupError: None is known.
    """
    entity, name = key
    attribute = fields_dict(entity)[name]
    values = tuple(value for value in _candidates(entity, name) if is_accepted(attribute, value))
    if not values:
        raise LookupError(f"{entity.__name__}.{name} has no values: add some to OF_FIELDS")
    return values


@cache
def hostile_values(key: FieldKey) -> Sequence[Any]:
    """Return values that the validator of a field must refuse, and its column or a CHECK too.

    A kind may be narrower than the type of its column: a line is shorter than a text, and a
    currency is a code of ISO 4217. Only the domain refuses what is between the two, unless the
    aggregate declares `WithinKind` of the field.
    """
    entity, name = key
    attribute = fields_dict(entity)[name]
    values: list[Any] = list(HOSTILE_OF_FIELDS.get(key, ()))
    if not is_optional(attribute) and _converter(attribute) is None:
        values.append(None)
    column_type = _column_type(entity, name)
    if column_type is columns.INSTANT:
        values.extend(HOSTILE_INSTANTS)
    else:
        values.extend(value for value in MALFORMED.get(column_type, ()) if _is_plain(value))
    if name in _within_kind(entity):
        values.extend(_beyond_limits(attribute))
    return tuple(values)


def is_accepted(attribute: "Attribute[Any]", value: object) -> bool:
    """Return whether the converter and the validator of a field accept a value."""
    try:
        converted_value = converted(attribute, value)
        if attribute.validator is not None:
            attribute.validator(None, attribute, converted_value)
    except IndelibleError:
        return False
    return True


def converted(attribute: "Attribute[Any]", value: Any) -> Any:  # noqa: ANN401 - of any field
    """Return a value as the converter of its field stores it, such as a wallet in lower case.

    Raises:
        IndelibleError: The converter refuses it.
    """
    convert = _converter(attribute)
    return value if convert is None else convert(value)


def _converter(attribute: "Attribute[Any]") -> Any:  # noqa: ANN401 - of any field
    own: Any = attribute  # attrs' stubs do not know its converter
    return own.converter


def _candidates(entity: type[Aggregate], name: str) -> Sequence[Any]:
    """Return values of the field's column, of which its validator may refuse some."""
    attribute = fields_dict(entity)[name]
    if (entity, name) in OF_FIELDS:
        return OF_FIELDS[entity, name]
    if name == "status":
        return sorted({edge.to_state for edge in entity.lifecycle.edges})
    enumeration = enumeration_of(attribute)
    if enumeration is not None:
        return tuple(enumeration)
    return OF_TYPES.get(_column_type(entity, name), _numbers_or_texts(attribute))


def _numbers_or_texts(attribute: "Attribute[Any]") -> Sequence[Any]:
    """Return the least numbers and the limits of a number's kind, or texts."""
    if "minimum" not in attribute.metadata:
        return ("a", "", "b")
    least, most = attribute.metadata["minimum"], attribute.metadata["maximum"]
    small = [number for number in (0, 1, 2, 3) if least <= number <= most]
    return (*small, least, most)


def _column_type(entity: type[Aggregate], name: str) -> Any:  # noqa: ANN401 - SQLAlchemy's own types
    return table_of(entity).c[name].type


def _is_plain(value: object) -> bool:
    """Return whether a value of `tests.guards` is no text of SQL."""
    return value is None or isinstance(value, str | int | float)


def _within_kind(entity: type[Aggregate]) -> set[str]:
    """Return the fields whose kind a CHECK enforces."""
    names: set[str] = set()
    for condition in entity.conditions:
        if not isinstance(condition, Condition):
            continue
        for claim in condition.claims:
            for part in all_claims(claim):
                if isinstance(part, WithinKind):
                    names.update(part.fields)
    return names


def _beyond_limits(attribute: "Attribute[Any]") -> Sequence[Any]:
    """Return values that are just outside the limits of a field's kind."""
    if enumeration_of(attribute) is not None:
        return ("unknown",)
    if "minimum" in attribute.metadata:
        return (attribute.metadata["minimum"] - 1, attribute.metadata["maximum"] + 1)
    return ("x" * (attribute.metadata["max_length"] + 1),)
