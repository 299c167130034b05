"""A backup and a restore connect with any password, and no error quotes one."""

from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url
from tests.conftest import DATABASES, copy_cluster, folder
from tests.service.commands import json_result

from indelible_service.backups.errors import ProgramFailed
from indelible_service.backups.programs import UNKNOWN_PART, connected, connection_of
from indelible_service.embedded import postgres

# Those of `docs/how-to/two-roles-on-postgresql.md` for the first two roles.
PASSWORDS = {
    "indelible_app": "another password",
    "indelible_owner": "one password",
    "postgres": "a 'third' \\ pass%20word:/?#@+&=",
}


def with_password(url: str) -> str:
    """Return the address with the password of its role."""
    parts = make_url(url)
    changed = parts.set(password=PASSWORDS[str(parts.username)])
    return changed.render_as_string(hide_password=False)


@pytest.mark.slow
def test_a_database_is_backed_up_and_restored_with_passwords_that_have_spaces(
    cluster: Path,
) -> None:
    with (
        folder() as directory,
        postgres(copy_cluster(cluster, directory), durable=False, passwords=True) as server,
    ):
        with psycopg.connect(server.admin_url, autocommit=True) as admin:
            for role, password in PASSWORDS.items():
                statement = sql.SQL("ALTER ROLE {} PASSWORD {}")
                admin.execute(statement.format(sql.Identifier(role), sql.Literal(password)))
            restored = f"restored_{next(DATABASES)}"
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(restored)))
        settings = {
            "DATABASE_URL": with_password(server.url),
            "INDELIBLE_OWNER_URL": with_password(server.owner_url),
        }
        json_result("db", "upgrade", settings=settings)
        target = with_password(f"{server.admin_url.rpartition('/')[0]}/{restored}")

        json_result("backup", "night-1", settings=settings)
        json_result("restore", "night-1", settings={"INDELIBLE_RESTORE_TARGET": target})
        with connected(target) as connection:
            counted = connection.execute("SELECT count(*) FROM indelible.history").fetchone()
    assert counted == (0,)


def test_a_wrong_address_is_refused_without_its_password() -> None:
    with pytest.raises(ProgramFailed) as refused:
        connection_of("postgresql://indelible_owner:one%20password@localhost/x?unheard=of")

    assert refused.value.reason == UNKNOWN_PART
    assert refused.value.__cause__ is None
