"""The demonstration of contests on a running instance: SCHEDULED to COMPLETE without a command."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.service.processes import (
    free_port,
    read_json_line,
    refusal,
    start_command,
    stop_command,
    wait_until_ready,
)

from indelible_service.cli import main
from indelible_service.demos.competitors import CompetitorsUnusable, tournament_of_file
from indelible_service.demos.golfers import TournamentOptions
from indelible_service.demos.leaderboards import (
    Moment,
    Tournament,
    as_competitors,
    encode,
)
from indelible_service.demos.provider import provider_stub
from indelible_service.listening import CannotListen

OPTIONS = TournamentOptions(players=40)
FIRST_ROUND = Moment(n=1, progress=1.0, is_over=True)


@pytest.mark.slow
def test_a_contest_runs_to_its_settlement_without_a_command(tmp_path: Path) -> None:
    endpoint = f"http://127.0.0.1:{free_port()}/leaderboard?event={{event_id}}"
    settings = {
        "INGESTION_ENDPOINT_URL": endpoint,
        "INGESTION_POLL_SECONDS": "1",
        "INDELIBLE_DISPATCH_SECONDS": "1",
        "INDELIBLE_DATA_DIR": str(tmp_path / "data"),
        "INDELIBLE_PORT": str(free_port()),
    }
    with start_command("up", "--json", cwd=tmp_path, **settings) as process:
        output = read_json_line(process)
        wait_until_ready(output["address"])
        result = CliRunner(env=settings).invoke(
            main, ("demo", "contests", "--json"), catch_exceptions=False
        )
        stop_command(process)

    assert result.exit_code == 0, result.output
    steps = json.loads(result.stdout)
    history = next(step["rows"] for step in steps if step["text"] == "The history:")
    assert [row[1] for row in history] == ["publish", "lock", "start", "complete"]
    assert {row[3].partition(":")[0] for row in history[1:]} == {"system"}
    results = next(step["rows"] for step in steps if step["text"] == "The settlement:")
    assert sum(row[3] for row in results) == 5 * 2_501 - 1_250


def test_the_demo_needs_a_running_instance() -> None:
    settings = {"INDELIBLE_PORT": str(free_port())}

    assert refusal("demo", "contests", **settings) == (3, "NOT_RUNNING")


def test_only_one_provider_listens_at_a_port() -> None:
    port = free_port()
    with provider_stub(port=port), pytest.raises(CannotListen), provider_stub(port=port):
        pass


def test_a_file_gives_the_players_and_their_first_round(tmp_path: Path) -> None:
    real = Tournament(OPTIONS)
    file = tmp_path / "competitors.json"
    file.write_bytes(encode(as_competitors(real.document(FIRST_ROUND))))

    tournament = tournament_of_file(file, TournamentOptions())

    expected = {golfer.player_id: golfer.strokes(1) for golfer in real.golfers if golfer.exit_holes}
    assert {golfer.player_id: golfer.strokes(1) for golfer in tournament.golfers} == expected
    assert set(tournament.options.pars) == {72}


@pytest.mark.parametrize("content", [b"", b"{}", b'{"competitors": []}', b"<html>"])
def test_a_file_without_a_leaderboard_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "competitors.json"
    file.write_bytes(content)

    with pytest.raises(CompetitorsUnusable):
        tournament_of_file(file, TournamentOptions())
