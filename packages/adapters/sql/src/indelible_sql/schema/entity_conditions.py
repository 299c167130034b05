"""The conditions of aggregates and records in SQL: CHECKs of every row, guards of every change.

The texts follow from `WithConditions.conditions`, which the domain checks in Python.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from attrs import Attribute, fields_dict
from sqlalchemy import CheckConstraint, Table

from indelible.kernel import UsageError
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.cases import ByState, IsNumber
from indelible.kernel.claims import (
    Absent,
    AnyOf,
    Claim,
    Compared,
    Implies,
    OneOf,
    Predicate,
    Present,
    SetOnlyIf,
    Together,
    WithinKind,
)
from indelible.kernel.conditions import (
    AnyCondition,
    Condition,
    FixedIf,
    Rising,
    TakenFromChange,
    WithConditions,
)
from indelible.kernel.decimals import FixedDecimal
from indelible.kernel.declarations import enumeration_of, is_optional
from indelible_sql.schema.checks import all_or_none, quoted
from indelible_sql.schema.conditions import unchanged
from indelible_sql.schema.guard import Guard, qualified_name
from indelible_sql.schema.guards import fixed_columns_guard
from indelible_sql.schema.tables import HISTORY
from indelible_sql.schema.version_numbers import counting_guard

# A minimum that stands in a CHECK as a comparison with 0.
FROM_ZERO: Final = {0: ">= 0", 1: "> 0"}
Fields = dict[str, "Attribute[object]"]


def entity_checks(
    table_name: str,
    entity: type[WithConditions],
    *,
    dialect: str = "postgresql",
    since: str = "",
    until: str = "",
) -> tuple[CheckConstraint, ...]:
    """Return the CHECKs of the conditions of an aggregate or a record, for its table.

    Only a range of decimals, which SQLite stores in their smallest unit, differs by `dialect`.
    `since` is the first of them and `until` the first that is left out, where a CHECK that is
    written by hand stands between two.

    Raises:
        UsageError: The class has no condition of a name.
    """
    conditions = {
        condition.name: condition
        for condition in entity.conditions
        if isinstance(condition, Condition)
    }
    fields = fields_dict(entity)
    if dialect == "sqlite":
        fields = {name: _in_units(attribute) for name, attribute in fields.items()}
    checks: list[CheckConstraint] = []
    for name in _section(tuple(conditions), entity, since, until):
        text = claims_sql(conditions[name].claims, fields)
        checks.append(CheckConstraint(text, name=f"{table_name}_{name}"))
    return tuple(checks)


def check_faults(table: Table, entity: type[WithConditions]) -> Iterator[str]:
    """Yield the conditions of an aggregate or a record for which its table has no CHECK."""
    names = {str(constraint.name) for constraint in table.constraints}
    for condition in entity.conditions:
        if isinstance(condition, Condition) and f"{table.name}_{condition.name}" not in names:
            yield (
                f"table {table.name} has no CHECK for condition {condition.name} of"
                f" {entity.__name__}: add entity_checks() to the table"
            )


def entity_guards(
    table: Table, entity: type[Aggregate], dialect: str, *, since: str = "", until: str = ""
) -> Iterator[Guard]:
    """Yield the guards that refuse changes which the aggregate's declarations refuse.

    `since` and `until` are as in `entity_checks`: the ends of the guards' names.

    Raises:
        UsageError: The aggregate has no guard of a name, or two of one.
    """
    guards: dict[str, Guard] = {}
    if entity.fixed:
        guards["fixed"] = fixed_columns_guard(table, entity.fixed)
    for condition in entity.conditions:
        for guard in _change_guards(condition, table, entity, dialect):
            if guard.rule in guards:
                raise UsageError(f"{entity.__name__} has two conditions for guard {guard.rule}")
            guards[guard.rule] = guard
    if entity.numbered_versions is not None:
        guard = counting_guard(table, entity.numbered_versions, dialect)
        guards[guard.rule] = guard

    for name in _section(tuple(guards), entity, since, until):
        yield guards[name]


def _section(
    names: tuple[str, ...], entity: type[WithConditions], since: str, until: str
) -> tuple[str, ...]:
    """Return the names from one on and before another, where these are named."""
    for name in (since, until):
        if name and name not in names:
            raise UsageError(f"{entity.__name__} has no condition or guard {name}")

    first = names.index(since) if since else 0
    end = names.index(until) if until else len(names)
    return names[first:end]


def claims_sql(claims: Iterable[Claim], fields: Fields) -> str:
    """Return claims as one condition of SQL on the columns of a row."""
    texts: list[str] = []
    every_claim = tuple(claims)
    for claim in every_claim:
        text = claim_sql(claim, fields)
        if len(every_claim) > 1:
            text = _as_operand(text, claim, fields)
        texts.append(text)
    return " AND ".join(texts)


def claim_sql(claim: Claim, fields: Fields) -> str:
    """Return a claim as a condition of SQL on the columns of a row.

    Raises:
        UsageError: The claim is of an unknown type.
    """
    match claim:
        case Predicate():
            text = predicate_sql(claim)
        case Compared(field=field, operator=operator, other=other):
            sql_operator = "<>" if operator == "!=" else operator
            text = f"{field} {sql_operator} {other}"
        case Together(first=first, second=second):
            text = f"({first} IS NULL) = ({second} IS NULL)"
        case AnyOf(parts=parts):
            text = " OR ".join(claim_sql(part, fields) for part in parts)
        case Implies(where=where, claims=claims):
            text = f"{predicate_sql(where.negated())} OR {claims_sql(claims, fields)}"
        case SetOnlyIf(fields=(field,), where=where, is_empty=is_empty):
            presence = "IS NULL" if is_empty else "IS NOT NULL"
            text = f"({field} {presence}) = ({predicate_sql(where)})"
        case SetOnlyIf(fields=names, where=where, is_empty=False):
            text = all_or_none(names, predicate_sql(where))
        case ByState():
            text = _cases_sql(claim, fields)
        case WithinKind(fields=names):
            text = " AND ".join(_limit_sql(fields[name]) for name in names)
        case _:
            raise UsageError(f"{claim} has no reading in SQL")
    return text


def predicate_sql(where: Predicate, row: str = "") -> str:
    """Return a predicate as a condition of SQL; `row` names the row, such as `OLD.`.

    Raises:
        UsageError: The predicate is of an unknown type.
    """
    match where:
        case Present(field=field):
            return f"{row}{field} IS NOT NULL"
        case Absent(field=field):
            return f"{row}{field} IS NULL"
        case IsNumber(field=field, number=number, is_negated=is_negated):
            return f"{row}{field} {'<>' if is_negated else '='} {number}"
        case OneOf(field=field, values=(value,), is_negated=is_negated):
            return f"{row}{field} {'<>' if is_negated else '='} '{value}'"
        case OneOf(field=field, values=values, is_negated=is_negated):
            return f"{row}{field} {'NOT IN' if is_negated else 'IN'} ({quoted(values)})"
        case _:
            raise UsageError(f"{where} has no reading in SQL")


def _cases_sql(claim: ByState, fields: Fields) -> str:
    """Return the claims by state as a CASE: a simple one if each case has one state."""
    is_simple = all(len(case.states) == 1 for case in claim.cases)
    parts = ["CASE status" if is_simple else "CASE"]
    for case in claim.cases:
        where = f"'{case.states[0]}'" if is_simple else predicate_sql(OneOf("status", case.states))
        parts.append(f"WHEN {where} THEN {claims_sql(case.claims, fields)}")
    parts.append(f"ELSE {claims_sql(claim.others, fields)} END")
    return " ".join(parts)


def _as_operand(text: str, claim: Claim, fields: Fields) -> str:
    """Return the text of a claim that stands beside others, between which AND stands."""
    if isinstance(claim, Implies | AnyOf):
        return f"({text})"
    if isinstance(claim, WithinKind) and any(is_optional(fields[name]) for name in claim.fields):
        return f"({text}) IS NOT FALSE"
    return text


def _limit_sql(attribute: "Attribute[object]") -> str:
    """Return the limit of a field's kind that its column's type does not have.

    Raises:
        UsageError: The kind has no such limit.
    """
    name = attribute.name
    enumeration = enumeration_of(attribute)
    if enumeration is not None:
        return f"{name} IN ({quoted(enumeration)})"
    minimum = attribute.metadata.get("minimum")
    if minimum in FROM_ZERO and "digits" not in attribute.metadata:
        return f"{name} {FROM_ZERO[minimum]}"
    if minimum is not None:
        return f"{name} BETWEEN {minimum} AND {attribute.metadata['maximum']}"
    if "max_length" in attribute.metadata:
        return f"length({name}) <= {attribute.metadata['max_length']}"
    raise UsageError(f"field {name} has no limit that a CHECK can express")


def _in_units(attribute: "Attribute[Any]") -> "Attribute[Any]":
    """Return a field whose range of decimals is in their smallest unit; others stay."""
    units: dict[str, int] = {}
    for name, limit in attribute.metadata.items():
        if isinstance(limit, FixedDecimal):
            units[name] = limit.units()
    if not units:
        return attribute
    return attribute.evolve(metadata={**attribute.metadata, **units})


def _change_guards(
    condition: AnyCondition, table: Table, entity: type[Aggregate], dialect: str
) -> Iterator[Guard]:
    match condition:
        case FixedIf():
            yield _fixed_guard(condition, table)
        case Rising():
            yield _rising_guard(condition, table)
        case TakenFromChange():
            yield _taken_guard(condition, table, entity, dialect)
        case Condition():
            return


def _fixed_guard(condition: FixedIf, table: Table) -> Guard:
    """Refuse another value of the fields of a row where the condition applies."""
    is_same = unchanged(table, condition.fields)
    if condition.are_set:
        is_same = " AND ".join(f"NEW.{name} = OLD.{name}" for name in condition.fields)
    applies_not = predicate_sql(condition.where.negated(), "OLD.")
    return Guard(
        table=table,
        rule=condition.name,
        event="UPDATE",
        condition=f"{applies_not} OR {is_same}",
    )


def _rising_guard(condition: Rising, table: Table) -> Guard:
    """Refuse a number that falls, or rises by more than one change may raise it."""
    name = condition.field
    is_met = f"NEW.{name} >= OLD.{name}"
    if condition.most is not None:
        is_met = f"{is_met} AND NEW.{name} <= OLD.{name} + {condition.most}"
    if table.c[name].nullable:
        is_met = f"OLD.{name} IS NULL OR {is_met}"
    return Guard(table=table, rule=condition.name, event="UPDATE", condition=is_met)


def _taken_guard(
    condition: TakenFromChange, table: Table, entity: type[Aggregate], dialect: str
) -> Guard:
    """Refuse an action that stores another actor, or another reason, than that of its change."""
    is_action = f"NEW.lifecycle = '{entity.lifecycle.name}' AND NEW.action = '{condition.action}'"
    of_field = [one for one in entity.conditions if _is_taken_in(one, condition.field)]
    rule = f"names_{condition.field}"
    if len(of_field) > 1:
        rule = f"{rule}_by_{condition.action}"
    return Guard(
        table=HISTORY,
        rule=rule,
        event="INSERT",
        condition=(
            f"NOT ({is_action})"
            f" OR EXISTS (SELECT 1 FROM {qualified_name(table, dialect)} AS head"
            f" WHERE head.id = NEW.entity_id AND head.{condition.field} = NEW.{condition.part})"
        ),
        row_filter=is_action,
    )


def _is_taken_in(condition: AnyCondition, field: str) -> bool:
    """Return whether a condition is about the part of a change in a field."""
    return isinstance(condition, TakenFromChange) and condition.field == field
