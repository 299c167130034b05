"""Tests of bundles: a script with the standard library only recomputes a settlement."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from tests.core.contests.golf import CONTEST_ID, configured, golden_board, golden_entries
from tests.core.contests.logs import final_log
from tests.core.contests.pools import random_inputs

from indelible.contests.rules.bundle import bundle_document
from indelible.contests.rules.configuration.values import Configuration
from indelible.contests.rules.settlement import SettlementInput, settle
from indelible.contests.rules.values import Correction, EligibleEntry, Field, Leaderboard
from indelible.kernel.json import canonical_json, digest

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "docs" / "scripts" / "recompute_payout.py"
SEEDS = 12

Bundle = dict[str, Any]


def bundle_of(
    configuration: Configuration,
    leaderboard: Leaderboard,
    players: Field,
    entries: list[EligibleEntry],
    official_rounds: int = 4,
) -> Bundle:
    events = final_log(CONTEST_ID, players, leaderboard)
    inputs = SettlementInput(
        contest_id=CONTEST_ID,
        configuration=configuration,
        configuration_digest=configuration.digest,
        event_number=len(events),
        events_digest=events[-1].event_hash,
        leaderboard=leaderboard,
        field=players,
        official_rounds=official_rounds,
        entries=entries,
    )
    bundle = bundle_document(inputs, settle(inputs), events)
    copied: Bundle = json.loads(canonical_json(bundle))
    return copied


def golden_bundle() -> Bundle:
    leaderboard = golden_board()
    return bundle_of(configured(), leaderboard, Field.of(leaderboard.cards), golden_entries())


def recompute(bundle: Bundle, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the script without any installed package."""
    file = folder / "bundle.json"
    file.write_text(canonical_json(bundle), encoding="utf-8")
    return subprocess.run(
        (sys.executable, "-I", "-S", SCRIPT, file, *arguments),
        check=False,
        capture_output=True,
        text=True,
    )


def test_the_script_recomputes_the_golden_settlement(tmp_path: Path) -> None:
    done = recompute(golden_bundle(), tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines() == [
        "events: equal (7 events)",
        "configuration: equal",
        "number of different entries: equal",
        "eligible entries: equal",
        "result: equal",
        "digest of the result: equal",
        "entry E1: rank 1, score -22, 5628 minor units USD",
        "entry E2: rank 2, score -19, 2813 minor units USD",
        "entry E3: rank 2, score -19, 2813 minor units USD",
    ]


def test_the_script_recomputes_a_settlement_with_an_operators_correction(tmp_path: Path) -> None:
    leaderboard = golden_board()
    card = leaderboard.players[0]
    correction = Correction(card.player_id, 1, card.complete_rounds[1], (99,))
    leaderboard = evolve(leaderboard, corrections=(correction,))
    players = Field.of(leaderboard.cards)
    done = recompute(bundle_of(configured(), leaderboard, players, golden_entries()), tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_script_prints_the_payout_of_one_entry(tmp_path: Path) -> None:
    done = recompute(golden_bundle(), tmp_path, "E5")

    assert done.stdout.splitlines()[-1] == "entry E5: rank 5, score -2, 0 minor units USD"


def change_body(bundle: Bundle) -> None:
    bundle["events"][2]["body"]["players"][0]["rounds"][0]["strokes"] -= 1


def change_validity(bundle: Bundle) -> None:
    bundle["events"][4]["validity"] = "VALID"


def remove_event(bundle: Bundle) -> None:
    del bundle["events"][1]


def remove_last_event(bundle: Bundle) -> None:
    del bundle["events"][-1]


def rewrite_body(bundle: Bundle) -> None:
    """Change a body together with its hashes, but not the event that follows."""
    event = bundle["events"][4]
    event["body"]["players"] = []
    event["body"]["schema_version"] = 2
    event["body_hash"] = digest(event["body"])
    event["event_hash"] = digest(
        {name: event[name] for name in event if name not in ("body", "event_hash")}
    )


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (change_body, "event 3: its body does not have its hash"),
        (change_validity, "event 5: its content does not have its hash"),
        (remove_event, "event 2: it has number 3"),
        (remove_last_event, "6 events, expected 7"),
        (rewrite_body, "event 6: it does not follow the event before it"),
    ],
)
def test_the_script_names_the_first_event_that_differs(
    tmp_path: Path, change: Callable[[Bundle], None], problem: str
) -> None:
    bundle = golden_bundle()
    change(bundle)
    done = recompute(bundle, tmp_path)

    assert done.returncode == 1, done.stderr
    assert f"events: {problem} " in done.stdout


def test_the_script_reports_a_changed_payout(tmp_path: Path) -> None:
    bundle = golden_bundle()
    bundle["result"]["results"][3]["payout_cents"] = 1
    bundle["result_digest"] = digest(bundle["result"])
    done = recompute(bundle, tmp_path)

    assert done.returncode == 1
    assert "result: line 4: recomputed" in done.stdout
    assert "digest of the result: recomputed 4218f91b" in done.stdout


@pytest.mark.parametrize(
    ("key", "value", "line"),
    [
        ("configuration_digest", "0" * 64, "configuration: recomputed"),
        ("eligibility_digest", "0" * 64, "eligible entries: recomputed"),
    ],
)
def test_the_script_reports_a_changed_digest(
    tmp_path: Path, key: str, value: str, line: str
) -> None:
    done = recompute(golden_bundle() | {key: value}, tmp_path)

    assert done.returncode == 1
    assert line in done.stdout


def test_the_script_reports_a_changed_roster(tmp_path: Path) -> None:
    bundle = golden_bundle()
    bundle["entries"][4]["player_ids"][0] = "G02"
    done = recompute(bundle, tmp_path)

    assert done.returncode == 1
    assert "roster of entry E5: recomputed" in done.stdout


def test_the_script_refuses_a_file_that_is_no_bundle(tmp_path: Path) -> None:
    done = recompute({"events": []}, tmp_path)

    assert done.returncode == 2
    assert "the bundle cannot be settled" in done.stderr


@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_script_agrees_with_the_engine_on_generated_contests(tmp_path: Path, seed: int) -> None:
    inputs = random_inputs(seed)
    bundle = bundle_of(inputs.configuration, inputs.leaderboard, inputs.field, list(inputs.entries))
    done = recompute(bundle, tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr


def test_a_bundle_does_not_depend_on_the_order_of_entries() -> None:
    leaderboard = golden_board()
    inputs = bundle_of(
        configured(), leaderboard, Field.of(leaderboard.cards), golden_entries()[::-1]
    )

    assert inputs == golden_bundle()
