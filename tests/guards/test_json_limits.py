"""Both databases refuse a JSON value that exceeds a limit of its column, with the domain's code."""

import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy.exc import DBAPIError
from tests.guards.cases import recorded_tapes
from tests.guards.raw import Raw, RawDatabase, RawFile, Statement
from tests.guards.tapes import Write
from tests.guards.values import kind_of
from tests.json_cases import MISLEADING, json_cases

from indelible_service.embedded import PostgresServer
from indelible_sql.contexts import CATALOG
from indelible_sql.engine.errors import fault_of
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
        opened = RawFile(Path(shutil.copy(template, tmp_path / "json.db")))
    else:
        database: PostgresServer = request.getfixturevalue("database")
        opened = RawDatabase(database.url)
    yield opened
    opened.close()


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


def test_a_value_beyond_a_limit_is_refused(raw: Raw) -> None:
    tried: set[object] = set()
    accepted: list[str] = []
    taken: set[JsonDomain] = set()
    for tape in recorded_tapes().values():
        raw.begin()
        for transaction in tape:
            for write in transaction:
                for column in write.assigned:
                    if column in COLUMNS and column not in tried:
                        tried.add(column)
                        accepted += beyond_limits(raw, write, column.name, taken)
                raw.run(raw.statement(write))

    assert accepted == []
    assert tried == COLUMNS
    assert taken == {column.type for column in COLUMNS}


def beyond_limits(raw: Raw, write: Write, name: str, taken: set[JsonDomain]) -> Iterator[str]:
    """Yield the texts that a column takes beyond a limit; note a type that takes all others."""
    domain = write.table.c[name].type
    assert isinstance(domain, JsonDomain)
    refused_within = 0
    for text, is_beyond in texts(domain):
        answer = code(raw, raw.statement(write, {name: text}))
        if is_beyond and answer != REFUSED:
            yield f"{write.table.name}.{name}: {answer or 'accepted'} {text[:60]}"
        refused_within += not is_beyond and answer != ""
    if not refused_within:
        taken.add(domain)
