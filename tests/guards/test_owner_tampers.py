"""Verify finds what the owner of a database writes without guards, before the newest seal."""

import shutil
from collections.abc import Generator
from pathlib import Path
from typing import Final

import pytest
from tests.databases import create_database
from tests.guards.owner_tampers import KINDS, tamper_many
from tests.guards.population import sealed_reference
from tests.guards.raw import Raw, RawDatabase, RawFile, without_guards

from indelible.kernel.seals import SealReference
from indelible_service.embedded import PostgresServer

pytestmark = pytest.mark.slow

TAMPERS: Final = 50  # on each database
SEED: Final = 20261121


@pytest.fixture(params=["sqlite", "postgresql"])
def tampered(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Generator[tuple[Raw, SealReference]]:
    """Connect as an owner who has removed the guards of a sealed database."""
    raw: Raw
    if request.param == "sqlite":
        path = Path(shutil.copy(request.getfixturevalue("populated_file"), tmp_path / "sealed.db"))
        reference = sealed_reference(f"sqlite:///{path}")
        raw = RawFile(path, foreign_keys=False)
    else:
        server: PostgresServer = request.getfixturevalue("server")
        populated: PostgresServer = request.getfixturevalue("populated_database")
        template = populated.url.rpartition("/")[2]
        database = create_database(server, "guards_tampered", template)
        reference = sealed_reference(database.url)
        raw = RawDatabase(database.admin_url)
    without_guards(raw)
    yield raw, reference
    raw.close()


def test_every_generated_tamper_is_found(tampered: tuple[Raw, SealReference]) -> None:
    raw, reference = tampered
    assert raw.findings(reference) == []

    tally = tamper_many(raw, reference, TAMPERS, SEED)

    assert tally.missed == []
    assert tally.total == TAMPERS
    assert set(tally.kinds) == {kind.__name__ for kind in KINDS}
