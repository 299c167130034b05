"""Test the parts of the service that start no server and no other process."""

from pathlib import Path

import pytest
from tests.service.commands import error_code, run

from indelible_service.contexts.declaration import NoSettings, ServiceContext
from indelible_service.instance.record import Claim
from indelible_service.processes.full import Servers
from indelible_service.processes.workers import StageUnknown, select_stages


@pytest.mark.parametrize("command", ["recover-events", "recover-tokens"])
def test_a_recovery_without_a_chain_is_refused(environment: dict[str, str], command: str) -> None:
    assert error_code(command, settings=environment, exit_code=3) == "NO_CHAIN"


def test_an_unknown_stage_is_refused_before_any_process_starts() -> None:
    with pytest.raises(StageUnknown, match="configured stages: none"):
        select_stages({}, ["sleep"])


@pytest.mark.slow
def test_the_demonstration_of_captures_shows_the_space_that_it_made(
    environment: dict[str, str], tmp_path: Path
) -> None:
    settings = {**environment, "INDELIBLE_DATA_DIR": str(tmp_path / "data")}

    result = run("demo", "captures", settings=settings)

    assert result.exit_code == 0
    assert "/console/spaces/" in result.stdout


def test_servers_that_were_not_started_are_not_described(tmp_path: Path) -> None:
    claim = Claim(tmp_path, previous=None)

    assert list(Servers(claim, max_connections=1).describe()) == []


def test_a_context_without_a_part_in_the_service_adds_nothing_to_it() -> None:
    context = ServiceContext(name="weather", settings=NoSettings)

    assert context.web_options(NoSettings()) == {}
    assert context.recurring(NoSettings()) == ()
