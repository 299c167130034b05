"""Faults of scores that change after they were final."""

from collections.abc import Iterator

from tests.runbooks.bed import END, Installation
from tests.runbooks.databases import change_by_hand
from tests.runbooks.leaderboards import Json, change, run_until_asking_often, story, tell
from tests.runbooks.scenarios import scenario

from indelible.contests import ContestLog
from indelible.kernel import canonical_json
from indelible_service.demos.golfers import HOLES
from indelible_service.demos.leaderboards import competitors_of
from indelible_service.simulation.plan import HOUR, MINUTE


@scenario("06-score-reverted", "ScoreRewritten", ends_by_itself=True)
def a_finished_round_is_changed_and_changed_back(installation: Installation) -> Iterator[None]:
    changed = END + 20 * MINUTE
    run_until_asking_often(installation, changed)
    installation.look()
    tell(installation, change(_take_a_stroke_away), changed, changed + 30 * MINUTE)
    installation.run_for(6 * MINUTE)

    yield

    installation.wait_until(lambda: installation.contest_status() == "COMPLETE")


@scenario("10-terminal-signal-inconsistent", "TerminalSignalInconsistent")
def the_provider_forgets_that_a_player_has_withdrawn(installation: Installation) -> Iterator[None]:
    *_, last_putt, _ = story(installation)
    tell(installation, change(_let_a_player_stop), int(last_putt.at_seconds))
    run_until_asking_often(installation, END - HOUR)
    installation.look()
    installation.run_until(END + 2 * HOUR)

    yield

    assert installation.contest_status() == "COMPLETE"
    assert len(installation.simulation.around.stripe.objects("transfer")) == 3


@scenario("13-score-mismatch", "ScoreMismatch")
def somebody_changes_a_score_in_the_database(installation: Installation) -> Iterator[None]:
    run_until_asking_often(installation, END - HOUR)
    number = newest_log(installation).event_number
    body = event_body(installation, number)
    write_body(installation, number, body.replace('"strokes":7', '"strokes":6', 1))
    installation.look()
    installation.wait_until(lambda: installation.contest_status() == "ERROR")
    # From a backup, after the operator has called whoever runs the database.
    restored = installation.seconds + 2 * HOUR
    installation.at(restored, lambda: write_body(installation, number, body))

    yield

    assert installation.contest_status() == "COMPLETE"
    assert len(installation.simulation.around.stripe.objects("transfer")) == 3


@scenario("15-correction-after-settlement", "CorrectionAfterSettlement", ends_by_itself=True)
def a_card_is_corrected_after_the_settlement(installation: Installation) -> Iterator[None]:
    run_until_asking_often(installation, END)
    installation.wait_until(lambda: installation.contest_status() == "COMPLETE")
    installation.look()
    tell(installation, change(_take_a_stroke_away), installation.seconds)
    installation.run_for(HOUR)

    yield

    assert installation.contest_status() == "COMPLETE"


def _take_a_stroke_away(document: Json) -> None:
    """Take a stroke of the leader's only round away."""
    player = competitors_of(document)[0]
    score = player["linescores"][0]
    score["value"] -= 1
    score["outScore"] -= 1
    player["score"]["value"] -= 1


def _let_a_player_stop(document: Json) -> None:
    """Let the last of those who have finished stay at the ninth hole of the only round."""
    *_, player = [
        player
        for player in competitors_of(document)
        if player["status"]["type"]["name"] == "STATUS_FINISH"
    ]
    kind = {"name": "STATUS_IN_PROGRESS", "state": "in", "completed": False}
    player["status"] |= {"thru": HOLES // 2, "type": kind}
    score = player["linescores"][0]
    score["inScore"] = 0
    score["value"] = player["score"]["value"] = score["outScore"]


def newest_log(installation: Installation) -> ContestLog:
    """Return the log of the contest."""
    contest_id = installation.contest_id
    return installation.store.read(lambda tx: tx.contests.logs.get(contest_id).entity)


def event_body(installation: Installation, number: int) -> str:
    """Return the body of an event of the contest's log as it is stored."""
    contest_id = installation.contest_id
    event = installation.store.read(lambda tx: tx.contests.logs.event(contest_id, number))
    assert event.body is not None
    return canonical_json(event.body)


def write_body(installation: Installation, number: int, body: str) -> None:
    """Write the body of an event of the contest's log by hand."""
    statement = "UPDATE contest_events SET body = ? WHERE contest_id = ? AND number = ?"
    values = (body, installation.contest_id, number)
    change_by_hand(installation, "contest_events", statement, values)
