"""Kill a migration at a statement."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

from sqlalchemy import Engine, event

KILLS = 12
MIGRATION_STARTS = ("CREATE ", "DROP ")


class Killed(Exception):
    """The error with which a migration of these tests is killed."""


@contextmanager
def killed_at(number: int) -> Generator[list[str]]:
    """Raise at the statement of this number in any engine of this process; yield the statements."""
    statements: list[str] = []

    def count_and_kill(_: object, __: object, statement: str, *___: object) -> None:
        statements.append(statement)
        if len(statements) == number:
            raise Killed

    event.listen(Engine, "before_cursor_execute", count_and_kill)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", count_and_kill)


def numbers_to_kill_at(migrate: Callable[[], object]) -> list[int]:
    """Migrate, and return the numbers of some of its statements, with the last one."""
    with killed_at(0) as statements:
        migrate()

    first = 0
    for number, statement in enumerate(statements, start=1):
        if statement.startswith(MIGRATION_STARTS):
            first = number + 1
            break
    assert first

    last = len(statements)
    step = max(1, last // KILLS)
    return sorted({*range(first, last + 1, step), last})
