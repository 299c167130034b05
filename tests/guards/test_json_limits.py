"""Both databases refuse a JSON value that exceeds a limit, with the code of the domain."""

import shutil
from collections.abc import Generator
from pathlib import Path

import pytest
from attrs import frozen
from sqlalchemy import Column, Engine, QueuePool, Table
from sqlalchemy.exc import DBAPIError
from tests.guards.attack_parts import Write
from tests.guards.attacks_on_json import insert_of, json_columns, kind_of, update_of
from tests.guards.raw_database import check_deferred_keys, postgresql_engine, run, sqlite_engine
from tests.guards.situated import Situated
from tests.guards.situation import Situation
from tests.json_cases import MISLEADING, json_cases, small_cases

from indelible_service.embedded import PostgresServer
from indelible_sql.contexts import CATALOG
from indelible_sql.engine.errors import fault_of
from indelible_sql.schema.columns import JsonDomain

pytestmark = pytest.mark.slow

REFUSED = "JSON_LIMIT_EXCEEDED"
# Other guards refuse every other value than ids of tokens, numbers of copies, the result of a job
# that has ended, a specification with the prompt of its job, a configuration with its terms, the
# keys of a change's data, the body of an event, what a new reconciliation has checked, the scopes
# of a key, the answer of a receipt, the nodes of a new project, or a declared lifecycle.
OF_CERTAIN_FORM = (
    ("reveal_transactions", "token_ids"),
    ("mint_events", "batch"),
    ("mint_events", "copies"),
    ("jobs", "result"),
    ("job_specs", "architecture_spec"),
    ("contest_configurations", "configuration"),
    ("contest_events", "body"),
    ("history", "data"),
    ("reconciliations", "checked"),
    ("keys", "scopes"),
    ("receipts", "result"),
    ("projects", "current_nodes"),
    ("declarations", "document"),
)
# Another guard refuses every insert: no birth sets the field. Or every update: only births set it.
UNSET_AT_BIRTH = frozenset({"error_data", "result_json", "system_state_after"})
SET_AT_BIRTH_ONLY = frozenset({"digests", "system_state_before"})
STORABLE = [item for item in json_columns() if (item[0].name, item[1].name) not in OF_CERTAIN_FORM]
LIMITS_BY_DOMAIN = {
    domain: (table, column)
    for table, column, domain in STORABLE
    if column.name not in UNSET_AT_BIRTH
}
# Whatever a driver or a database does with such texts: an attacker does not choose the limits.
EXTREMES = {
    "1,500 levels": "[" * 1_500 + "]" * 1_500,
    "2,000 levels": "[" * 2_000 + "]" * 2_000,
    "6,000 levels": '{"a":' * 6_000 + "1" + "}" * 6_000,
    "100,000 levels": "[" * 100_000 + "]" * 100_000,
    "1e131071": "1e131071",
    "-1e-16000": "-1e-16000",
}


@frozen
class Target:
    """One database that the application's role writes to; every write is rolled back."""

    engine: Engine
    situation: Situation

    def code(self, write: Write) -> str:
        """Return the code of the refusal, or '' if the writes are accepted."""
        with self.engine.connect() as connection:
            try:
                run(connection, write(self.situation))
                if connection.dialect.name == "postgresql":
                    check_deferred_keys(connection)
            except DBAPIError as error:
                return fault_of(error).code
            finally:
                connection.rollback()

        return ""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def target(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Target]:
    if request.param == "sqlite":
        file: Situated[Path] = request.getfixturevalue("situated_file")
        path = Path(shutil.copy(file.location, tmp_path_factory.mktemp("json")))
        engine = sqlite_engine(f"sqlite:///{path}", foreign_keys=True, pool=QueuePool)
        situation = file.situation
    else:
        database: Situated[PostgresServer] = request.getfixturevalue("situated_database")
        engine, situation = postgresql_engine(database.location.url), database.situation

    yield Target(engine, situation)
    engine.dispose()


def writes(table: Table, column: Column[object], text: str) -> list[Write]:
    """Return the writes of a JSON text: an insert where births set it, an update of a head."""
    found: list[Write] = []
    if column.name not in UNSET_AT_BIRTH:
        found.append(insert_of(table, column, text))
    if table in CATALOG.heads and column.name not in SET_AT_BIRTH_ONLY:
        found.append(update_of(table, column, text))
    return found


@pytest.mark.dose
@pytest.mark.parametrize(
    ("table", "column", "domain"), STORABLE, ids=[f"{t.name}.{c.name}" for t, c, _ in STORABLE]
)
def test_each_column_takes_a_value_at_a_limit_and_refuses_one_beyond_it(
    target: Target, table: Table, column: Column[object], domain: JsonDomain
) -> None:
    for name, case in small_cases(domain.limits, kind_of(domain)).items():
        for write in writes(table, column, case.within):
            assert (name, target.code(write)) == (name, "")
        for write in writes(table, column, case.beyond):
            assert (name, target.code(write)) == (name, REFUSED)


@pytest.mark.dose
@pytest.mark.parametrize("domain", LIMITS_BY_DOMAIN, ids=[d.name for d in LIMITS_BY_DOMAIN])
def test_each_type_limits_bytes_and_values(target: Target, domain: JsonDomain) -> None:
    table, column = LIMITS_BY_DOMAIN[domain]
    cases = json_cases(domain.limits, kind_of(domain))
    for name in ("bytes", "values"):
        assert (name, target.code(insert_of(table, column, cases[name].within))) == (name, "")
        assert (name, target.code(insert_of(table, column, cases[name].beyond))) == (name, REFUSED)


@pytest.mark.dose
@pytest.mark.parametrize("extreme", EXTREMES)
@pytest.mark.parametrize("domain", LIMITS_BY_DOMAIN, ids=[d.name for d in LIMITS_BY_DOMAIN])
def test_the_extremes_of_a_parser_are_refused(
    target: Target, domain: JsonDomain, extreme: str
) -> None:
    table, column = LIMITS_BY_DOMAIN[domain]
    text = EXTREMES[extreme]
    if kind_of(domain) == "object":
        text = f'{{"a":{text}}}'
    if kind_of(domain) == "array":
        text = f"[{text}]"

    for write in writes(table, column, text):
        assert target.code(write) == REFUSED


@pytest.mark.dose
@pytest.mark.parametrize("domain", LIMITS_BY_DOMAIN, ids=[d.name for d in LIMITS_BY_DOMAIN])
def test_the_content_of_texts_exceeds_no_limit(target: Target, domain: JsonDomain) -> None:
    table, column = LIMITS_BY_DOMAIN[domain]
    value = f'"{MISLEADING}",0.5,12,-3'
    text = f'{{"{MISLEADING}":[{value}]}}' if kind_of(domain) == "object" else f"[{value}]"

    assert target.code(insert_of(table, column, text)) == ""
