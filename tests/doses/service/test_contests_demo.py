"""The demonstrations on a running instance: interrupted, refused, and run to their end."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
from attrs import frozen
from click.testing import Result
from tests.service.conftest import foreign_variables
from tests.service.processes import (
    free_port,
    get,
    read_json_line,
    refusal,
    run,
    start_command,
    stop_command,
    wait_until_ready,
)

from indelible_service.demos.competitors import CompetitorsUnusable, tournament_of_file
from indelible_service.demos.golfers import TournamentOptions
from indelible_service.demos.leaderboards import (
    Moment,
    Tournament,
    as_competitors,
    encode,
)

OPTIONS = TournamentOptions(players=40)
FIRST_ROUND = Moment(n=1, progress=1.0, is_over=True)
PAID = "Waiting for LOCKED"  # when entries are paid, and the simulator of Stripe runs


@frozen(kw_only=True)
class Demonstrations:
    """The demonstrations of one instance: one interrupted, one refused meanwhile, one run after.

    `text` and `errors` are the output of the interrupted one.
    """

    pid: int
    text: str
    errors: str
    exit_code: int
    children: list[psutil.Process]
    refused: Result
    health: int
    steps: list[dict[str, Any]]
    findings: list[Any]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Demonstrations:
    """Run demonstrations on one instance, whose settings know neither a provider nor Stripe."""
    cwd = tmp_path_factory.mktemp("demos")
    settings = {
        "INDELIBLE_DATA_DIR": str(cwd / "data"),
        "INDELIBLE_PORT": str(free_port()),
        "INDELIBLE_WORKSPACE_ROOT": str(cwd / "workspaces"),
    }
    with start_command("up", "--json", cwd=cwd, **settings) as process:
        address = read_json_line(process)["address"]
        wait_until_ready(address)
        with demonstration("money", cwd, settings) as money:
            text = read_until(money, PAID)
            children = psutil.Process(money.pid).children(recursive=True)
            refused = run("demo", "contests", "--json", **settings)
            money.send_signal(signal.SIGINT)
            rest, errors = money.communicate()
        health = get(address, "/health/ready")[0]
        contests = run("demo", "contests", "--json", **settings)
        assert contests.exit_code == 0, contests.output
        findings = json.loads(run("verify", "--json", **settings).stdout)
        stop_command(process)

    return Demonstrations(
        pid=money.pid,
        text=text + rest,
        errors=errors,
        exit_code=money.returncode,
        children=children,
        refused=refused,
        health=health,
        steps=json.loads(contests.stdout),
        findings=findings,
    )


def demonstration(name: str, cwd: Path, settings: dict[str, str]) -> subprocess.Popen[str]:
    """Start a demonstration as a child."""
    return subprocess.Popen(
        (sys.executable, "-u", "-m", "indelible_service", "demo", name),
        cwd=cwd,
        env={**foreign_variables(), **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def read_until(process: subprocess.Popen[str], beginning: str) -> str:
    """Return the output up to a line with this beginning."""
    assert process.stdout
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith(beginning):
            return "".join(lines)

    assert process.stderr
    pytest.fail(f"no line begins with {beginning!r}: {lines} {process.stderr.read()}")


@pytest.mark.slow
def test_a_demonstration_tells_what_it_waits_for(seen: Demonstrations) -> None:
    lines = seen.text.splitlines()

    field = lines.index("Waiting for the field of the tournament ...")
    lock = lines.index("Waiting for LOCKED after the lock time ...")
    assert lines[field + 1].startswith("The field is known.")
    assert field < lock


@pytest.mark.slow
def test_a_second_demonstration_is_refused_while_one_runs(seen: Demonstrations) -> None:
    error = json.loads(seen.refused.stderr)

    assert (seen.refused.exit_code, seen.refused.stdout) == (3, "")
    assert error["code"] == "DEMO_RUNNING"
    assert (error["detail"]["demonstration"], error["detail"]["pid"]) == ("money", seen.pid)


@pytest.mark.slow
def test_an_interrupted_demonstration_ends_with_its_children(seen: Demonstrations) -> None:
    assert (seen.exit_code, seen.health) == (130, 200)
    assert seen.errors.startswith("DEMO_INTERRUPTED: Demonstration money was ended by SIGINT")
    assert "Traceback" not in seen.text + seen.errors
    assert seen.children
    assert not [child for child in seen.children if child.is_running()]


@pytest.mark.slow
def test_a_contest_runs_to_its_settlement_after_an_interrupted_demonstration(
    seen: Demonstrations,
) -> None:
    rows_by_text = {step["text"]: step["rows"] for step in seen.steps}
    history = rows_by_text["The history:"]

    assert [row[1] for row in history] == ["publish", "configure", "lock", "start", "complete"]
    assert {row[3].partition(":")[0] for row in history[2:]} == {"system"}
    assert sum(row[3] for row in rows_by_text["The settlement:"]) == 5 * 2_501 - 1_250
    assert seen.findings == []


def test_a_demonstration_needs_a_running_instance() -> None:
    settings = {"INDELIBLE_PORT": str(free_port())}

    for name in ("contests", "money"):
        assert refusal("demo", name, **settings) == (3, "NOT_RUNNING")
    assert list(Path().iterdir()) == []


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
