"""Random whole rows of aggregates: valid ones, and those that differ from one by a field or two."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from random import Random
from types import SimpleNamespace
from typing import Any, Final

from attrs import fields_dict
from tests.sql.field_values import converted, hostile_values, well_formed_values

from indelible.kernel.aggregates import Aggregate
from indelible.kernel.claims import Holds
from indelible.kernel.conditions import AnyCondition, claims_of, presence_in
from indelible.kernel.declarations import is_optional
from indelible.kernel.errors import IndelibleError
from indelible.money.entities.charges import Charge
from indelible.money.entities.ids import charge_id, movement_id, refund_id
from indelible.money.entities.ledger import Account, Movement
from indelible.money.entities.refunds import Refund
from indelible.money.entities.values import account_id

Values = dict[str, Any]
MAX_DRAWS: Final = 50
MAX_REPAIRS: Final = 60
# The ids that follow from other fields.
IDS: Final[Mapping[type[Aggregate], Callable[[Values], str]]] = {
    Account: lambda row: account_id(row["kind"], row["reference"], row["currency"]),
    Movement: lambda row: movement_id(row["key"]),
    Charge: lambda row: charge_id(row["item"]),
    Refund: lambda row: refund_id(row["charge_id"], row["number"]),
}


def random_row(entity: type[Aggregate], random: Random) -> Values:
    """Return a valid row, or one that differs from a valid one by one, two or all of its fields."""
    row = valid_row(entity, random)
    number = random.choice((0, 0, 1, 1, 1, 2, 2, len(row)))
    for name in random.sample(sorted(set(row) - {"id"}), min(number, len(row) - 1)):
        row[name] = _neighbour(entity, name, random)
    _order_times(row)
    return {name: _stored(entity, name, value) for name, value in row.items()}


def valid_row(entity: type[Aggregate], random: Random) -> Values:
    """Return a row that the domain accepts: random values, repaired field by field.

    Raises:
        LookupError: No repair leads to one.
    """
    row: Values = {}
    for _ in range(MAX_DRAWS):
        row = _likely_row(entity, random)
        if is_repaired(entity, row, sorted(row), random):
            return row
    raise LookupError(f"no valid row of {entity.__name__}, such as {row}")


def _likely_row(entity: type[Aggregate], random: Random) -> Values:
    """Return random values of the fields that the conditions of a random state set."""
    status = random.choice(sorted({edge.to_state for edge in entity.lifecycle.edges}))
    presence = presence_in(entity.conditions, status)
    row: Values = {}
    for name in fields_dict(entity):
        row[name] = other_value(entity, name, random)
        if name in presence:
            row[name] = _value(entity, name, random) if presence[name] else None
    row["status"] = status
    return row


def is_repaired(entity: type[Aggregate], row: Values, names: Sequence[str], random: Random) -> bool:
    """Change fields of a row until the domain accepts it; return whether it does."""
    for _ in range(MAX_REPAIRS):
        _complete(entity, row)
        try:
            entity(**row)
        except IndelibleError as error:
            _repair(entity, row, getattr(error, "field", ""), names, random)
        else:
            return True
    return False


def _repair(
    entity: type[Aggregate], row: Values, refused: str, names: Sequence[str], random: Random
) -> None:
    """Give another value to a field that is refused, and now and then to any other one."""
    wrong = [refused] if refused in names else _unfulfilled(entity, row)
    changed = [random.choice([name for name in wrong if name in names] or names or [""])]
    if names and random.random() < 0.3:
        changed.append(random.choice(names))
    for name in changed:
        if name not in ("", "status"):
            row[name] = other_value(entity, name, random)


def _unfulfilled(entity: type[Aggregate], row: Values) -> list[str]:
    """Return the fields of the first claim that a row does not fulfill."""
    for holds, names in _claims(entity.conditions):
        if not holds(SimpleNamespace(**row)):
            return names
    return []


@cache
def _claims(conditions: tuple[AnyCondition, ...]) -> Sequence[tuple[Holds, list[str]]]:
    """Return the claims of conditions in Python, each with its fields."""
    claims = claims_of(conditions)
    return [(claim.compiled(), sorted(claim.all_fields())) for claim in claims]


def _complete(entity: type[Aggregate], row: Values) -> None:
    """Set what follows from other fields: the id, and the order of the times."""
    if entity in IDS:
        row["id"] = IDS[entity](row)
    _order_times(row)


def _order_times(row: Values) -> None:
    """Let a row be as old as its last change, or older: a change in the past is no row's matter."""
    created_at, updated_at = row["created_at"], row["updated_at"]
    if created_at is not None and updated_at is not None:
        row["created_at"] = min(created_at, updated_at)
        row["updated_at"] = max(created_at, updated_at)


def _stored(entity: type[Aggregate], name: str, value: object) -> object:
    """Return a value as its field stores it, or as it is if the field refuses it."""
    try:
        return converted(fields_dict(entity)[name], value)
    except IndelibleError:
        return value


def _neighbour(entity: type[Aggregate], name: str, random: Random) -> Any:  # noqa: ANN401 - of any field
    """Return a value of the field, or one that its kind and its column both exclude."""
    hostile = hostile_values((entity, name))
    if hostile and random.random() < 0.3:
        return random.choice(hostile)
    return other_value(entity, name, random)


def other_value(entity: type[Aggregate], name: str, random: Random) -> Any:  # noqa: ANN401 - of any field
    """Return a value of the field, None among them if it may be empty."""
    if is_optional(fields_dict(entity)[name]) and random.random() < 0.5:
        return None
    return _value(entity, name, random)


def _value(entity: type[Aggregate], name: str, random: Random) -> Any:  # noqa: ANN401 - of any field
    """Return a value of the field, the first ones of its values more often."""
    values = well_formed_values((entity, name))
    return values[min(random.randrange(len(values)), random.randrange(len(values)))]
