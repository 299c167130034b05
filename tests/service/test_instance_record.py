"""The record of an instance that runs, starts or was killed, as commands read it."""

import json
import os
from pathlib import Path

import pytest
from attrs import evolve
from tests.service.commands import error_code
from tests.service.conftest import VARIABLES

from indelible_service.instance.record import (
    UNKNOWN_ADDRESS,
    AlreadyRunning,
    Claim,
    InstanceStarting,
    claimed_directory,
    client_settings,
    command_settings,
    instance_record,
)
from indelible_service.settings.service import Settings, load

PORT = 8_001  # the default is in use by another installation
DATABASE = "postgresql+psycopg://app@127.0.0.1:25000/indelible"


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a new directory, without any setting."""
    monkeypatch.chdir(tmp_path)
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)

    return tmp_path


def leave_killed_instance(settings: Settings) -> None:
    """Leave the record of an instance of another process, which was killed."""
    with claimed_directory(settings) as claim:
        claim.publish(settings)
        path = instance_record(claim.directory).path
        document = json.loads(path.read_text())

    path.write_text(json.dumps({**document, "pid": 1}))


@pytest.mark.parametrize(
    ("lines", "address"),
    [
        ("", "http://127.0.0.1:8001"),
        ("INDELIBLE_HOST=127.0.0.1", "http://127.0.0.1:8001"),
        ("INDELIBLE_HOST=0.0.0.0", "http://0.0.0.0:8001"),
        ("INDELIBLE_PORT=8000", "http://127.0.0.1:8000"),
        ("INDELIBLE_PORT=0", "http://127.0.0.1:8001"),
        ("INDELIBLE_HOST=127.0.0.1\nINDELIBLE_PORT=0", "http://127.0.0.1:8001"),
        ("API_BASE_URL=https://example.org", "https://example.org"),
    ],
)
def test_only_an_address_or_a_port_names_another_instance(
    directory: Path, lines: str, address: str
) -> None:
    (directory / ".env").write_text(lines)
    settings = load()
    with claimed_directory(settings) as claim:
        claim.publish(evolve(settings, port=PORT, base_url=""))

        assert client_settings().address == address


def test_no_command_uses_another_database_while_the_instance_starts_its_own(
    directory: Path,
) -> None:
    settings = load()
    environment = {"INDELIBLE_DATA_DIR": str(directory / "indelible-data")}
    with claimed_directory(settings) as claim:
        for publish in (claim.publish_start, lambda: claim.publish_address(settings)):
            publish()
            for words in (["db", "upgrade"], ["list"], ["seal"], ["demo"]):
                code = error_code(*words, settings=environment, exit_code=3)
                assert code == "INSTANCE_STARTING"

        assert not (claim.directory / "indelible.db").exists()
        claim.publish(settings)
        assert command_settings().database_url == ""


def test_a_chosen_database_is_used_while_the_instance_starts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with claimed_directory(load()):
        monkeypatch.setenv("DATABASE_URL", DATABASE)

        assert command_settings().url == DATABASE
        with pytest.raises(InstanceStarting):
            client_settings()


def test_a_start_after_a_kill_replaces_the_record_and_keeps_the_port_to_wait_for() -> None:
    settings = evolve(load(), port=PORT)
    leave_killed_instance(settings)

    with claimed_directory(settings) as claim:
        assert previous_port(claim) == PORT
        with pytest.raises(InstanceStarting):
            client_settings()
        with pytest.raises(AlreadyRunning) as caught, claimed_directory(settings):
            pass
        assert (caught.value.pid, caught.value.address) == (os.getpid(), UNKNOWN_ADDRESS)
        record = (instance_record(claim.directory).path).read_text()

    # That start was killed as well, before it chose its port.
    (instance_record(claim.directory).path).write_text(record)
    with claimed_directory(settings) as claim:
        assert previous_port(claim) == PORT


def previous_port(claim: Claim) -> int:
    assert claim.previous
    return claim.previous.port
