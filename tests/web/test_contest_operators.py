"""Test the operator's routes of contests: reasons, required keys, refusals, checks, raw bytes."""

from hashlib import sha256
from typing import Any, Final

import pytest
from sqlalchemy import update
from tests.sql.large_spaces import unguarded
from tests.web.harness import Json, Web, problem, saved

from indelible.contests import ContestStatus
from indelible.kernel import Actor
from indelible.testing.contests.payloads import FIRST_ROUND, PLAYERS, Board, strokes_of
from indelible.testing.contests.scenarios import (
    ContestScenario,
    complete_contest,
    configuration,
    contest_in,
    due_contest,
    live_contest,
    new_contest,
)
from indelible.testing.stores import MAYA
from indelible_sql import SqlStore
from indelible_sql.contests.tables.logs import EVENTS

REASON: Json = {"reason": "a test"}
REWRITTEN = Board(cards={**strokes_of(1), PLAYERS[0]: [80]})


def post(web: Web, path: str, once: str = "key-1", **sent: Any) -> Any:  # noqa: ANN401 - of the client
    body = sent.pop("body", {})
    return web.post(f"/admin/contests/{path}", json={**body, **REASON}, once=once, **sent)


def rejections(web: Web) -> list[Json]:
    return list(saved(web.get("/admin/rejections"), 200)["items"])


COMMANDS: Final[tuple[tuple[str, Json], ...]] = (
    ("force-lock", {"seq": 1}),
    ("cancel", {}),
    ("resolve-error", {"body": {"action": "cancel"}}),
    ("field", {"body": {"primary": ["a"]}}),
    ("ingestion/pause", {}),
    ("ingestion/resume", {}),
    ("ingestion/correct", {"body": {"supersedes": 1}}),
    ("replay", {}),
    ("verify-log", {}),
    ("settlement/dry-run", {}),
)


@pytest.mark.slow
@pytest.mark.parametrize(("path", "sent"), COMMANDS)
def test_a_command_on_an_unknown_contest_is_not_found(any_web: Web, path: str, sent: Json) -> None:
    answer = post(any_web, f"nothing/{path}", **sent)
    assert answer.status_code == 404


def test_a_forced_lock_runs_once_and_a_refused_one_is_stored_as_a_record(any_web: Web) -> None:
    contest = new_contest(any_web.store)
    seq = contest.saved.seq
    first = saved(post(any_web, f"{contest.contest_id}/force-lock", seq=seq), 200)
    again = saved(post(any_web, f"{contest.contest_id}/force-lock", seq=seq), 200)

    assert first == again
    assert first["status"] == "LOCKED"
    assert contest.contest.configuration_version == 2
    assert contest.last_change["reason_code"] == "ADMIN_FORCE_LOCK"

    contest = contest_in(any_web.store, ContestStatus.LOCKED)
    refused = post(any_web, f"{contest.contest_id}/force-lock", "key-2", seq=contest.saved.seq)

    assert problem(refused) == (409, "INVALID_TRANSITION")
    (rejection,) = rejections(any_web)
    assert (rejection["command"], rejection["code"]) == ("force_lock", "INVALID_TRANSITION")
    assert (rejection["actor"], rejection["reason"]) == ("user:maya", "a test")
    assert rejection["request_id"] == refused.headers["X-Request-Id"]


def test_contests_are_canceled_once_and_by_organizers_before_the_lock(any_web: Web) -> None:
    contest = new_contest(any_web.store)
    first = saved(post(any_web, f"{contest.contest_id}/cancel", once="a"), 200)
    second = saved(post(any_web, f"{contest.contest_id}/cancel", once="b"), 200)

    assert (first["status"], first["noop"]) == ("CANCELLED", False)
    assert (second["status"], second["noop"]) == ("CANCELLED", True)

    organizer = any_web.new_key("contests:organize", owner=MAYA)
    stranger = any_web.new_key("contests:organize", owner=Actor.user("zoe"))
    scheduled = new_contest(any_web.store)

    foreign = post(any_web, f"{scheduled.contest_id}/cancel", once="c", key=stranger)
    own = post(any_web, f"{scheduled.contest_id}/cancel", once="d", key=organizer)
    locked = contest_in(any_web.store, ContestStatus.LOCKED)
    late = post(any_web, f"{locked.contest_id}/cancel", once="e", key=organizer)

    assert problem(foreign) == (404, "CONTEST_NOT_FOUND")
    assert saved(own, 200)["status"] == "CANCELLED"
    assert scheduled.last_change["reason_code"] == "ORGANIZER_CANCEL"
    assert late.status_code in (403, 409)
    assert locked.contest.status is ContestStatus.LOCKED


def failed_settlement(web: Web) -> ContestScenario:
    contest = due_contest(web.store)
    contest.fail("complete")
    return contest


@pytest.mark.slow
def test_an_error_is_left_by_retry_resume_or_cancel(any_web: Web) -> None:
    contest = failed_settlement(any_web)
    body = {"action": "retry"}
    first = saved(post(any_web, f"{contest.contest_id}/resolve-error", body=body), 200)
    again = saved(post(any_web, f"{contest.contest_id}/resolve-error", body=body), 200)

    assert first["status"] == again["status"] == "COMPLETE"
    assert contest.last_change["reason_code"] == "ERROR_RESOLVED_COMPLETE"
    assert [run.status for run in contest.runs] == ["COMPLETE"]

    for action, status in [("resume", ContestStatus.LIVE), ("cancel", ContestStatus.CANCELLED)]:
        contest = failed_settlement(any_web)
        body = {"action": action}
        path = f"{contest.contest_id}/resolve-error"
        answer = post(any_web, path, action, body=body)

        assert saved(answer, 200)["status"] == status
        assert contest.contest.status is status

    contest = contest_in(any_web.store, ContestStatus.ERROR)
    body = {"action": "retry"}
    answer = post(any_web, f"{contest.contest_id}/resolve-error", "retry", body=body)
    assert problem(answer) == (409, "RETRY_NOT_POSSIBLE")
    assert [item["code"] for item in rejections(any_web)] == ["RETRY_NOT_POSSIBLE"]


@pytest.mark.slow
def test_a_resume_needs_a_log_that_can_be_replayed_again(sqlite: SqlStore, sqlite_url: str) -> None:
    web = Web(sqlite)
    web.key = web.new_key("admin")
    contest = due_contest(web.store)
    contest.fail("complete", code="REPLAY_MISMATCH")
    path = f"{contest.contest_id}/resolve-error"
    body = {"action": "resume"}
    second = contest.events[1]
    change = update(EVENTS).where(EVENTS.c.number == second.number)
    with unguarded(sqlite_url, EVENTS) as connection:
        connection.execute(change.values(payload_digest=second.body_hash))
    refused = post(web, path, body=body)

    assert problem(refused) == (409, "RESUME_NOT_POSSIBLE")
    expected = "the replay of its log fails at event 2: its event_hash is not that of its content"
    assert expected in refused.text
    assert [item["code"] for item in rejections(web)] == ["RESUME_NOT_POSSIBLE"]

    with unguarded(sqlite_url, EVENTS) as connection:
        connection.execute(change.values(payload_digest=second.payload_digest))
    assert saved(post(web, path, once="key-2", body=body), 200)["status"] == "LIVE"


@pytest.mark.slow
def test_corrections_are_taken_by_a_paused_log(any_web: Web) -> None:
    contest = live_contest(any_web.store)
    contest.observe(FIRST_ROUND, 1)
    paused = saved(post(any_web, f"{contest.contest_id}/ingestion/pause", once="a"), 200)
    body = {
        "supersedes": paused["event_number"],
        "rounds": [{"player_id": PLAYERS[0], "n": 1, "strokes": 64}],
    }
    corrected = post(any_web, f"{contest.contest_id}/ingestion/correct", once="b", body=body)
    resumed = post(any_web, f"{contest.contest_id}/ingestion/resume", once="c")

    assert paused["status"] == "PAUSED"
    assert saved(corrected, 200)["event_number"] == paused["event_number"] + 1
    assert saved(resumed, 200)["status"] == "OPEN"
    event = contest.events[-1]
    assert (event.kind, event.validity) == ("CORRECTION", "VALID")
    assert event.supersedes == paused["event_number"]

    contest.observe(REWRITTEN, 2)
    body = {
        "supersedes": contest.log.leaderboard_number,
        "accept_event": contest.log.event_number,
        "statuses": [{"player_id": PLAYERS[1], "status": "WD"}],
    }
    saved(post(any_web, f"{contest.contest_id}/ingestion/correct", body=body), 200)

    event = contest.events[-1]
    assert event.body is not None
    statuses = {player["player_id"]: player["status"] for player in event.body["players"]}
    assert statuses[PLAYERS[1]] == "WD"


@pytest.mark.slow
def test_events_faults_and_bytes_are_read_under_their_contest(any_web: Web) -> None:
    contest = live_contest(any_web.store)
    contest.observe(b"<html>", 1)
    path = f"/admin/contests/{contest.contest_id}"
    events = saved(any_web.get(f"{path}/ingestion-events"), 200)["items"]
    last = events[-1]
    faults = saved(any_web.get(f"{path}/validation-errors"), 200)["items"]
    of_event = any_web.get(f"{path}/validation-errors?event_number={last['number']}")
    download = any_web.get(f"{path}/ingestion-events/{last['number']}/payload")

    assert last["validity"] == "INVALID"
    assert faults[-1]["code"] == "MALFORMED_JSON"
    assert faults[-1]["required_action"]
    assert saved(of_event, 200)["items"] == faults
    assert download.data == b"<html>"
    assert sha256(download.data).hexdigest() == last["payload_digest"]
    assert download.headers["Content-Disposition"].startswith("attachment;")
    assert download.content_type == "application/octet-stream"
    missing = any_web.get(f"{path}/ingestion-events/99/payload")
    assert problem(missing) == (404, "EVENT_NOT_FOUND")

    contest = live_contest(any_web.store)
    for minute, content in enumerate((b"<html>", b"", b"{}"), start=1):
        contest.observe(content, minute)
    path = f"/admin/contests/{contest.contest_id}/validation-errors"
    every = saved(any_web.get(path), 200)["items"]

    seen: list[Json] = []
    page = saved(any_web.get(f"{path}?limit=1"), 200)
    seen += page["items"]
    while page["next"]:
        page = saved(any_web.get(f"{path}?limit=1&cursor={page['next']}"), 200)
        seen += page["items"]

    assert len(every) >= 3
    assert seen == every

    contest = due_contest(any_web.store)
    replayed = saved(post(any_web, f"{contest.contest_id}/replay", once="a"), 200)
    verified = saved(post(any_web, f"{contest.contest_id}/verify-log", once="b"), 200)

    assert replayed["is_equal"] is True
    assert replayed["stored_digest"] == replayed["replayed_digest"]
    assert (verified["is_sound"], verified["problems"]) == (True, [])
    assert verified["event_number"] == contest.log.event_number


@pytest.mark.slow
def test_fetches_are_listed_with_their_bytes(any_web: Web) -> None:
    contest = live_contest(any_web.store)
    contest.observe(None, 1)
    path = "/admin/tournaments/T1/fetches"
    fetches = saved(any_web.get(path), 200)["items"]

    assert [fetch["outcome"] for fetch in fetches] == ["OK", "TIMEOUT"]
    assert any_web.get(f"{path}/1/payload").status_code == 200
    assert problem(any_web.get(f"{path}/2/payload")) == (404, "FETCH_WITHOUT_PAYLOAD")
    assert problem(any_web.get(f"{path}/3/payload")) == (404, "FETCH_NOT_FOUND")
    assert any_web.get("/admin/tournaments/nothing/fetches").status_code == 404


@pytest.mark.slow
def test_a_dry_run_repeats_the_result_and_shows_differences(any_web: Web) -> None:
    contest = complete_contest(any_web.store)
    path = f"{contest.contest_id}/settlement/dry-run"
    changed = configuration(rake={"bps": 2000, "rounding": "floor"})
    same = saved(post(any_web, path, once="a"), 200)
    other = saved(post(any_web, path, once="b", body={"configuration": changed}), 200)

    assert same["run"]["result_digest"] == contest.runs[0].result_digest
    assert (same["other"], same["difference_count"]) == (None, 0)
    assert other["run"] == same["run"]
    assert other["other"]["result_digest"] != same["run"]["result_digest"]
    assert other["difference_count"] == 2
    assert other["differences"][0]["payout_minor"] > other["differences"][0]["other_payout_minor"]
    assert contest.contest.status is ContestStatus.COMPLETE

    contest = complete_contest(any_web.store)
    run_id = contest.contest.settlement_run_id
    path = f"/admin/contests/{contest.contest_id}/settlement-audit"
    (run,) = saved(any_web.get(path), 200)["items"]
    lines = saved(any_web.get(f"{path}/{run_id}/lines"), 200)["items"]

    assert (run["id"], run["status"], run["line_count"]) == (run_id, "COMPLETE", 2)
    assert [line["rank"] for line in lines] == [1, 2]
    assert saved(any_web.get(f"{path}/{run_id}"), 200) == run
    for ending in ("", "/lines"):
        foreign = any_web.get(f"/admin/contests/other/settlement-audit/{run_id}{ending}")
        assert problem(foreign) == (404, "RUN_NOT_FOUND")

    contest = live_contest(any_web.store)
    answer = post(any_web, f"{contest.contest_id}/settlement/dry-run")
    assert problem(answer) == (409, "ROUNDS_NOT_OFFICIAL")


def test_a_configuration_and_a_field_are_validated_and_imported(any_web: Web) -> None:
    valid = post(any_web, "config/validate", once="a", body={"configuration": configuration()})
    faulty = configuration(counted_players=9)
    invalid = post(any_web, "config/validate", once="b", body={"configuration": faulty})

    assert saved(valid, 200)["is_valid"] is True
    assert len(valid.get_json()["configuration_digest"]) == 64
    faults = saved(invalid, 200)["faults"]
    assert {fault["path"] for fault in faults} == {"$.counted_players"}
    records = [(record["command"], record["code"]) for record in rejections(any_web)]
    assert records == [("validate_configuration", "NO_EFFECT")] * 2

    contest = new_contest(any_web.store)
    body = {"primary": [*PLAYERS, "P99"], "alternates": ["P98"]}
    imported = saved(post(any_web, f"{contest.contest_id}/field", body=body), 200)

    assert imported["event_number"] == 2
    field = saved(any_web.get(f"/v1/contests/{contest.contest_id}/field"), 200)
    assert field["alternates"] == ["P98"]
