"""An address of PostgreSQL says whether its connections may cross a network in plain text."""

from pathlib import Path

import pytest

from indelible.kernel import UsageError
from indelible_sql.engine.encryption import is_plain_over_network

VARIABLES = ("PGHOST", "PGHOSTADDR", "PGSSLMODE", "PGGSSENCMODE", "PGSERVICE", "PGSERVICEFILE")
REMOTE = "postgresql://maya:hunter2@db.example/lessons"


@pytest.fixture(autouse=True)
def no_variables_of_libpq(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////srv/lessons.db",
        "postgresql:///lessons",
        "postgresql://maya:hunter2@localhost/lessons",
        "postgresql://maya@LOCALHOST:5433/lessons?sslmode=disable",
        "postgresql+psycopg://maya@127.8.8.8/lessons",
        "postgresql://maya@[::1]:5432/lessons",
        "postgresql://localhost,127.0.0.1:5433/lessons",
        "postgresql://maya@/lessons?host=/var/run/postgresql",
        "postgresql://maya@db.example/lessons?host=/var/run/postgresql",
        "postgresql://maya@db.example/lessons?hostaddr=127.0.0.1",
        "postgresql:///lessons?host=localhost:5432&host=127.0.0.1:5433",
        "postgresql:///lessons?host=localhost,db.example&hostaddr=,127.0.0.1",
        "postgresql:///lessons?service=elsewhere&hostaddr=127.0.0.1",
        "postgresql:///lessons?service=elsewhere&sslmode=require",
        f"{REMOTE}?sslmode=require",
        f"{REMOTE}?sslmode=verify-ca",
        f"{REMOTE}?sslmode=verify-full",
        f"{REMOTE}?gssencmode=require",
    ],
)
def test_these_addresses_stay_on_the_machine_or_are_encrypted(url: str) -> None:
    assert not is_plain_over_network(url)


@pytest.mark.parametrize(
    "url",
    [
        REMOTE,
        f"{REMOTE}?sslmode=disable",
        f"{REMOTE}?sslmode=allow",
        f"{REMOTE}?sslmode=prefer",
        f"{REMOTE}?sslmode=REQUIRE",  # libpq refuses it
        "postgresql://maya@localhost.example/lessons",
        "postgresql://maya@127.0.0.1.example/lessons",
        "postgresql://maya@10.0.0.5/lessons",
        "postgresql://maya@0.0.0.0/lessons",
        "postgresql://maya@[2001:db8::1]/lessons",
        "postgresql://postgres/lessons",
        "postgresql://localhost,db.example/lessons",
        "postgresql://localhost:5/word@db.example/lessons",  # `localhost` is the role
        "postgresql://localhost/lessons?host=db.example",
        "postgresql://localhost/lessons?hostaddr=192.0.2.1",
        "postgresql:///lessons?host=localhost:5432&host=db.example:5432",
        "postgresql:///lessons?host=localhost,db.example&hostaddr=127.0.0.1,",
        "postgresql:///lessons?host=localhost,db.example&hostaddr=127.0.0.1",
        "postgresql:///lessons?service=elsewhere",
        "postgresql://localhost/lessons?service=elsewhere",  # which may have a `hostaddr`
    ],
)
def test_these_addresses_allow_plain_text_over_a_network(url: str) -> None:
    assert is_plain_over_network(url)


def test_the_variables_of_libpq_complete_an_address(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PGHOST", "db.example")
    assert is_plain_over_network("postgresql:///lessons")
    assert not is_plain_over_network("postgresql://localhost/lessons")

    monkeypatch.setenv("PGSSLMODE", "require")
    assert not is_plain_over_network("postgresql:///lessons")
    assert is_plain_over_network(f"{REMOTE}?sslmode=prefer")

    monkeypatch.delenv("PGHOST")
    monkeypatch.delenv("PGSSLMODE")
    services = tmp_path / "services"
    services.write_text("[remote]\nhost=db.example\n")
    monkeypatch.setenv("PGSERVICEFILE", str(services))
    monkeypatch.setenv("PGSERVICE", "remote")
    assert is_plain_over_network("postgresql:///lessons")


def test_a_service_of_the_address_counts_before_the_variables(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PGHOST", "localhost")
    assert is_plain_over_network("postgresql:///lessons?service=elsewhere")
    monkeypatch.setenv("PGSSLMODE", "require")
    assert is_plain_over_network("postgresql:///lessons?service=elsewhere")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://maya:5/word@host:port/x",
        "postgresql:///x?host=a,b&port=1,2,3",
        "postgresql:///x?hostaddr=10.0.0.1&hostaddr=10.0.0.2",
        f"{REMOTE}?sslmode=require&sslmode=disable",
    ],
)
def test_an_address_that_no_connection_can_use_is_refused(url: str) -> None:
    with pytest.raises(UsageError):
        is_plain_over_network(url)
