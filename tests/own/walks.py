"""Walks of generated aggregates through every store, and attacks on their rows."""

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any, Final

from attrs import fields, frozen
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from tests.own.generated import Generated

from indelible.kernel import Actor, Head, IndelibleError
from indelible.kernel.actions import Command
from indelible_sql import enable_foreign_keys

MAYA: Final = Actor.user("maya")
# Values in SQL that a row of each kind does not have, or not all rows.
FORGED: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("one_line", "label", "text", "non_blank", "identifier"), ("'forged'",)),
    "texts": ("""'["forged"]'""",),
    "digest": (f"'{'f' * 64}'",),
    "currency": ("'CHF'",),
    "instant": ("'2999-01-01T00:00:00.000000+00:00'",),
    "date": ("'2999-01-01'",),
    **dict.fromkeys(("price", "ratio", "units"), ("12345",)),
    "count": ("12345",),
    "natural": ("12345",),
    "flag": ("1", "0"),
    "colour": ("'red'", "'green'"),
    "document": ("""'{"forged":1}'""",),
}
STEP: Final = "seq = seq + 1, updated_at = '2999-01-01T00:00:00.000000+00:00'"


@frozen(kw_only=True)
class Outcome:
    """The answer of a store to one command: the head, or the code of its refusal."""

    head: Head[Any] | None
    code: str


def walk(store: Any, plan: Generated, seed: int, steps: int) -> tuple[Outcome, ...]:  # noqa: ANN401 - a store of any kind
    """Run commands that follow from a seed, also such as the states refuse."""
    random = Random(seed)  # noqa: S311 - a test draws the same from the same seed
    heads: dict[str, Head[Any]] = {}
    outcomes: list[Outcome] = []
    for _ in range(steps):
        command: Command[Any]
        if not heads or random.random() < 1 / 5:
            command = plan.birth(random)
        else:
            command = plan.change(heads[random.choice(sorted(heads))], random)
        outcome = _answer(store, plan, command)
        outcomes.append(outcome)
        if outcome.head is not None:
            heads[outcome.head.id] = outcome.head
    return tuple(outcomes)


def _answer(store: Any, plan: Generated, command: Command[Any]) -> Outcome:  # noqa: ANN401 - a store of any kind
    try:
        head = store.run(plan.context.execute, command, actor=MAYA, reason="a walk")
    except IndelibleError as error:
        return Outcome(head=None, code=error.code)
    return Outcome(head=head, code="")


def attacks_on(plan: Generated) -> tuple[str, ...]:
    """Return statements that change rows of the aggregate past the library."""
    table = plan.context.name
    columns = [name for name in _columns(plan) if name != "id"]
    attacks = [f"DELETE FROM {table}"]
    for name in columns:
        attacks.append(f"UPDATE {table} SET {name} = {name}")
        attacks.append(f"UPDATE {table} SET {name} = NULL, {STEP}")
        attacks.append(f"UPDATE {table} SET {name} = {name}, {STEP}")
    names = ", ".join(_columns(plan))
    copied = names.replace("id", "'copy'", 1)
    attacks.append(f"INSERT INTO {table} ({names}) SELECT {copied} FROM {table}")
    attacks.append(f"INSERT INTO {table} ({names}) SELECT {names} FROM {table}")
    attacks.append(f"UPDATE {table} SET id = 'other', {STEP}")
    attacks.append(f"UPDATE {table} SET status = 'S0', {STEP}")
    attacks.append(f"UPDATE {table} SET status = 'NOWHERE', {STEP}")
    return tuple(attacks)


def accepted(owner_url: str, attacks: Sequence[str]) -> list[str]:
    """Return the attacks that the database accepts from the owner of the tables."""
    engine: Engine = create_engine(owner_url)
    enable_foreign_keys(engine)
    result: list[str] = []
    for attack in attacks:
        try:
            with engine.begin() as connection:
                changed = connection.execute(text(attack)).rowcount
        except DBAPIError:
            continue
        if changed:
            result.append(attack)
    engine.dispose()
    return result


def _columns(plan: Generated) -> list[str]:
    """Return the columns that a program can write."""
    names = [attribute.name for attribute in fields(plan.context.aggregate)]
    return ["id", "seq", "hash", *(name for name in names if name != "id")]


def forgeries(plan: Generated) -> Mapping[str, tuple[str, ...]]:
    """Return values for each column, of which at least one differs from a stored one."""
    values: dict[str, tuple[str, ...]] = {
        "status": ("'S0'", "'S1'"),
        "seq": ("999",),
        "hash": (f"'{'0' * 64}'",),
        "created_at": ("'2001-01-01T00:00:00.000000+00:00'",),
        "updated_at": ("'2998-01-01T00:00:00.000000+00:00'",),
    }
    for of_field in plan.fields:
        values[of_field.name] = FORGED[of_field.kind]
    return values


def forge(path: Path, table: str, column: str, values: Sequence[str]) -> None:
    """Write a value that differs into one row of a SQLite file, without guards."""
    connection = sqlite3.connect(path)
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("PRAGMA ignore_check_constraints = ON")
    for value in values:
        changed = connection.execute(
            f"UPDATE {table} SET {column} = {value} WHERE id ="
            f" (SELECT min(id) FROM {table} WHERE {column} IS NOT {value})"
        ).rowcount
        if changed:
            break
    connection.commit()
    connection.close()
