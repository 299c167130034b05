"""Verify finds what the owner of a database writes without guards, before the newest seal."""

import shutil
from collections.abc import Generator
from pathlib import Path

import pytest
from tests.conftest import DATABASES
from tests.databases import create_database
from tests.guards.owner_tampers import (
    KINDS,
    sealed_reference,
    tamper_many,
    without_guards_in_database,
    without_guards_in_file,
)
from tests.guards.situated import (
    Situated,
    VerifiedTransactions,
    transactions_in_database,
    transactions_in_file,
)

from indelible.kernel.seals import SealReference
from indelible_service.embedded import PostgresServer

pytestmark = pytest.mark.slow

TAMPERS = 50  # on each database; `python -m tests.guards.owner_tampers` tries more
SEED = 20261121

Tampered = tuple[VerifiedTransactions, SealReference]


@pytest.fixture
def tampered_database(
    server: PostgresServer, situated_database: Situated[PostgresServer]
) -> Generator[Tampered]:
    source = situated_database.location.url.rpartition("/")[2]
    database = create_database(server, f"guards_tampered_{next(DATABASES)}", source)
    reference = sealed_reference(database.url)
    without_guards_in_database(database)
    transactions = transactions_in_database(database.admin_url)
    yield transactions, reference
    transactions.close()


@pytest.fixture
def tampered_file(situated_file: Situated[Path], tmp_path: Path) -> Generator[Tampered]:
    path = Path(shutil.copy(situated_file.location, tmp_path / "sealed.db"))
    reference = sealed_reference(f"sqlite:///{path}")
    unguarded = without_guards_in_file(path)
    transactions = transactions_in_file(unguarded, foreign_keys=False)
    yield transactions, reference
    transactions.close()


@pytest.mark.dose
@pytest.mark.parametrize("fixture", ["tampered_database", "tampered_file"])
def test_every_generated_tamper_is_found(fixture: str, request: pytest.FixtureRequest) -> None:
    transactions, reference = request.getfixturevalue(fixture)
    assert transactions.findings((), against=reference) == []

    tally = tamper_many(transactions, reference, TAMPERS, SEED)

    assert tally.missed == []
    assert tally.total == TAMPERS
    assert set(tally.kinds) == {kind.__name__ for kind in KINDS}
