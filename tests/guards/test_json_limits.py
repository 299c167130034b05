"""Both databases refuse a JSON value that exceeds a limit of its column, and take all others."""

import shutil
import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Column
from sqlalchemy.exc import DBAPIError
from tests.guards.cases import recorded_tapes
from tests.guards.raw import Raw, RawDatabase, RawFile, Statement
from tests.guards.tapes import Write
from tests.guards.values import kind_of
from tests.json_cases import MISLEADING, json_cases

from indelible_service.embedded import PostgresServer
from indelible_sql.contexts import CATALOG
from indelible_sql.engine.errors import fault_of
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.schema.columns import JsonDomain

pytestmark = pytest.mark.slow

REFUSED: Final = "JSON_LIMIT_EXCEEDED"
COLUMNS: Final = {
    column
    for table in CATALOG.tables
    for column in table.columns
    if isinstance(column.type, JsonDomain) and table.name != "declarations"
}
# Whatever a driver or a database does with such texts: an attacker does not choose the limits.
EXTREMES: Final = (
    "[" * 1_500 + "]" * 1_500,
    '{"a":' * 6_000 + "1" + "}" * 6_000,
    "[" * 100_000 + "]" * 100_000,
    "1e131071",
    "-1e-16000",
)


@pytest.fixture(params=["sqlite", "postgresql"])
def raw(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Raw]:
    opened: Raw
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("template_file")
        opened = RawFile(with_limits_alone(Path(shutil.copy(template, tmp_path / "json.db"))))
        opened.connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
    else:
        database: PostgresServer = request.getfixturevalue("database")
        opened = RawDatabase(database.url)
    yield opened
    opened.close()


def with_limits_alone(file: Path) -> Path:
    """Drop all other guards: SQLite does not say which of two triggers refuses first."""
    with closing(sqlite3.connect(file)) as connection:
        for guard in CATALOG.guards("sqlite"):
            if "_json_limits" not in guard.name:
                connection.execute(f"DROP TRIGGER {guard.name}")
    return file


def code(raw: Raw, statement: Statement) -> str:
    """Return the code of the refusal of a statement alone, or ''."""
    with raw.savepoint():
        try:
            raw.run(statement)
        except DBAPIError as error:
            return fault_of(error).code
    return ""


def texts(domain: JsonDomain) -> Iterator[tuple[str, bool]]:
    """Yield JSON texts, each with whether it exceeds a limit."""
    kind = kind_of(domain)
    for case in json_cases(domain.limits, kind).values():
        yield case.within, False
        yield case.beyond, True
    for extreme in EXTREMES:
        yield {"object": f'{{"a":{extreme}}}', "array": f"[{extreme}]"}.get(kind, extreme), True
    value = f'"{MISLEADING}",0.5,12,-3'
    yield (f'{{"{MISLEADING}":[{value}]}}' if kind == "object" else f"[{value}]"), False


def test_limits_decide_what_a_column_takes(raw: Raw) -> None:
    tried: set[object] = set()
    surprises: list[str] = []
    for tape in recorded_tapes().values():
        raw.begin()
        for transaction in tape:
            for write in transaction:
                for column in write.assigned:
                    if column in COLUMNS and column not in tried:
                        tried.add(column)
                        surprises += wrong_answers(raw, write, column)
                raw.run(raw.statement(write))

    assert surprises == []
    assert tried == COLUMNS


def wrong_answers(raw: Raw, write: Write, column: Column[Any]) -> Iterator[str]:
    """Yield the texts whose answer is not that of the limits."""
    domain = column.type
    assert isinstance(domain, JsonDomain)
    for text, is_beyond in texts(domain):
        statement = raw.statement(write, {column.name: text})
        if not is_beyond and raw.dialect == "postgresql":
            # Here the other guards stand, which may refuse the value for what it is.
            statement = (f"SELECT CAST(%s AS {SCHEMA}.{domain.name})", (text,))
        answer = code(raw, statement)
        if answer != (REFUSED if is_beyond else ""):
            yield f"{write.table.name}.{column.name}: {answer or 'taken'} {text[:60]}"
