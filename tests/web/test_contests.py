"""Test contests over HTTP: who sees what, entries, rosters and leaderboards."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.web.harness import Json, Web, problem, saved

from indelible import contests
from indelible.contests import ActivateEntry, ContestStatus
from indelible.kernel import Actor
from indelible.testing.contests.payloads import FINAL, PLAYERS, Board, strokes_of
from indelible.testing.contests.scenarios import (
    HOLD_SECONDS,
    OTHER_ROSTER,
    ROSTER,
    complete_contest,
    configuration,
    contest_in,
    live_contest,
    new_contest,
    publish,
)
from indelible.testing.stores import MAYA, NOOR
from indelible_web.contexts import CONTEXTS

pytestmark = pytest.mark.slow

REASON: Json = {"reason": "a test"}
ANN = Actor.user("ann")
PUBLIC_STATES = ["LIVE", "LOCKED", "SCHEDULED", "COMPLETE", "CANCELLED"]


@pytest.fixture
def organizer_key(any_web: Web) -> str:
    return any_web.new_key("contests:read", "contests:organize", owner=MAYA)


@pytest.fixture
def player_key(any_web: Web) -> str:
    return any_web.new_key("contests:read", "contests:write", owner=ANN)


def publication(**changes: Any) -> Json:  # noqa: ANN401 - of a configuration
    body = {"contest_name": "Office pool", "configuration": configuration(**changes)}
    return {**body, **REASON}


def enter(web: Web, key: str, contest_id: str, players: tuple[str, ...] = ROSTER) -> Json:
    body = {"player_ids": list(players), **REASON}
    answer = web.post(f"/v1/contests/{contest_id}/entries", json=body, key=key)
    return saved(answer, 201)


def test_a_published_contest_says_what_its_organizer_can_do(
    any_web: Web, organizer_key: str
) -> None:
    answer = any_web.post("/v1/contests", json=publication(), key=organizer_key)
    contest = saved(answer, 201)

    assert answer.headers["Location"] == f"/v1/contests/{contest['id']}"
    assert contest["type"] == "golf"
    assert contest["status"] == "SCHEDULED"
    assert contest["organizer_id"] == MAYA.id
    assert (contest["is_locked"], contest["is_live"], contest["is_settled"]) == (False,) * 3
    assert contest["actions"] == {
        "can_join": False,  # The field is not known yet.
        "can_set_roster": False,
        "can_configure": True,
        "can_cancel": True,
        "can_resolve_error": False,
    }
    assert contest["roster_config"]["roster_size"] == 3
    assert 0 < contest["time_until_lock"] <= 10 * 60
    assert contest["standings"] is None
    assert (contest["entry_count"], contest["user_has_entered"]) == (0, False)


def test_all_faults_of_a_configuration_are_reported_with_their_paths(
    any_web: Web, organizer_key: str
) -> None:
    faulty = configuration(roster_size=Decimal("4.0"), color="red", lock_time="2026-01-01T00:20:00")
    del faulty["currency"]
    body = {"contest_name": "Office pool", "configuration": {**faulty, "roster_size": 4.0}}
    answer = any_web.post("/v1/contests", json={**body, **REASON}, key=organizer_key)

    assert problem(answer) == (422, "CONFIGURATION_INVALID")
    faults = {fault["path"]: fault["code"] for fault in answer.get_json()["fields"]["faults"]}
    assert faults["$.roster_size"] == "WRONG_TYPE"
    assert faults["$.color"] == "UNKNOWN_KEY"
    assert faults["$.currency"] == "MISSING_KEY"
    assert faults["$.lock_time"] == "INSTANT_WITHOUT_ZONE"
    assert any_web.get("/v1/contests", key=organizer_key).get_json()["items"] == []


def test_contests_are_listed_by_state_and_errors_only_to_operators(
    any_web: Web, player_key: str
) -> None:
    for status in ContestStatus:
        contest_in(any_web.store, status)
    listed = saved(any_web.get("/v1/contests", key=player_key), 200)["items"]
    by_operator = saved(any_web.get("/v1/contests"), 200)["items"]
    seen: list[Json] = []
    cursor = ""
    while cursor is not None:
        page = saved(any_web.get(f"/v1/contests?limit=1{cursor}", key=player_key), 200)
        seen += page["items"]
        cursor = page["next"] and f"&cursor={page['next']}"

    assert [item["status"] for item in listed] == PUBLIC_STATES
    assert [item["status"] for item in by_operator] == ["ERROR", *PUBLIC_STATES]
    assert [item["id"] for item in seen] == [item["id"] for item in listed]


def test_a_contest_in_error_is_found_by_operators_alone(any_web: Web, player_key: str) -> None:
    contest_id = contest_in(any_web.store, ContestStatus.ERROR).contest_id
    for ending in ("", "/configuration", "/field", "/leaderboard", "/entries"):
        answer = any_web.get(f"/v1/contests/{contest_id}{ending}", key=player_key)
        assert problem(answer) == (404, "CONTEST_NOT_FOUND"), ending

    seen = saved(any_web.get(f"/v1/contests/{contest_id}"), 200)
    assert seen["error"]["error_code"] == "BROKEN"
    assert seen["error"]["error_from_state"] == "SCHEDULED"
    assert seen["actions"]["can_resolve_error"] is True


def test_a_configuration_is_replaced_by_its_organizer_before_the_lock(
    any_web: Web, organizer_key: str
) -> None:
    contest = saved(any_web.post("/v1/contests", json=publication(), key=organizer_key), 201)
    path = f"/v1/contests/{contest['id']}/configuration"
    body = {"configuration": configuration(max_entries=7), **REASON}
    other_key = any_web.new_key("contests:organize", owner=NOOR)

    foreign = any_web.put(path, json=body, seq=contest["seq"], key=other_key)
    changed = saved(any_web.put(path, json=body, seq=contest["seq"], key=organizer_key), 200)
    stale = any_web.put(path, json=body, seq=contest["seq"], key=organizer_key)

    assert problem(foreign) == (404, "CONTEST_NOT_FOUND")
    assert problem(stale) == (412, "STALE")
    assert (changed["configuration_version"], changed["max_entries"]) == (2, 7)
    first = saved(any_web.get(f"{path}?version=1", key=organizer_key), 200)
    assert first["configuration"]["max_entries"] == 10
    assert first["configuration_digest"] == contest["configuration_digest"]
    missing = any_web.get(f"{path}?version=3", key=organizer_key)
    assert problem(missing) == (404, "CONFIGURATION_NOT_FOUND")

    locked = contest_in(any_web.store, ContestStatus.LOCKED)
    answer = any_web.put(
        f"/v1/contests/{locked.contest_id}/configuration",
        json={"configuration": configuration(max_entries=7), **REASON},
        seq=locked.saved.seq,
        key=organizer_key,
    )

    assert problem(answer) == (409, "CONFIG_IMMUTABLE")


def test_a_user_enters_and_sees_and_changes_only_their_own_entries(
    any_web: Web, player_key: str
) -> None:
    contest_id = new_contest(any_web.store).contest_id
    entry = enter(any_web, player_key, contest_id)
    bob_key = any_web.new_key("contests:read", "contests:write", owner=Actor.user("bob"))
    enter(any_web, bob_key, contest_id, OTHER_ROSTER)

    assert (entry["status"], entry["place_number"], entry["entry_number"]) == (
        "PENDING_PAYMENT",
        1,
        1,
    )
    assert entry["roster"]["player_ids"] == list(ROSTER)
    listed = saved(any_web.get(f"/v1/contests/{contest_id}/entries", key=player_key), 200)
    assert [item["id"] for item in listed["items"]] == [entry["id"]]
    seen = saved(any_web.get(f"/v1/contests/{contest_id}", key=player_key), 200)
    assert (seen["entry_count"], seen["user_has_entered"]) == (2, True)
    assert seen["actions"]["can_set_roster"] is True

    entry = enter(any_web, player_key, new_contest(any_web.store).contest_id)
    stranger = any_web.new_key("contests:read", "contests:write", owner=NOOR)
    path = f"/v1/entries/{entry['id']}"
    body = {"player_ids": list(OTHER_ROSTER), **REASON}

    assert problem(any_web.get(path, key=stranger)) == (404, "ENTRY_NOT_FOUND")
    foreign = any_web.put(f"{path}/roster", json=body, seq=1, key=stranger)
    assert problem(foreign) == (404, "ENTRY_NOT_FOUND")

    path = f"{path}/roster"
    body = {"player_ids": list(OTHER_ROSTER), "prediction": -9, **REASON}
    missing = any_web.put(path, json=body, key=player_key)
    changed = saved(any_web.put(path, json=body, seq=entry["seq"], key=player_key), 200)

    assert problem(missing) == (428, "IF_MATCH_MISSING")
    assert changed["roster"]["number"] == 2
    assert changed["roster"]["prediction"] == -9

    contest_id = new_contest(any_web.store).contest_id
    body = {"player_ids": [PLAYERS[0], PLAYERS[0], "nobody", PLAYERS[1]], **REASON}
    answer = any_web.post(f"/v1/contests/{contest_id}/entries", json=body, key=player_key)

    assert problem(answer) == (422, "ROSTER_INVALID")
    codes = {item["code"] for item in answer.get_json()["fields"]["violations"]}
    assert codes == {
        "ROSTER_SIZE_MISMATCH",
        "ROSTER_DUPLICATE_PLAYER",
        "ROSTER_PLAYER_NOT_IN_FIELD",
    }

    body = {"player_ids": list(ROSTER), **REASON}
    joined = new_contest(any_web.store, max_entries_per_user=1)
    joined.enter(ANN.id)
    full = new_contest(any_web.store, max_entries=2)
    for user_id in ("bob", "cem"):
        full.enter(user_id)
    for contest, code in [
        (joined, "ALREADY_JOINED"),
        (full, "CONTEST_FULL"),
        (publish(any_web.store), "FIELD_NOT_KNOWN"),
    ]:
        path = f"/v1/contests/{contest.contest_id}/entries"
        assert problem(any_web.post(path, json=body, key=player_key)) == (409, code)

    contest_id = contest_in(any_web.store, ContestStatus.LOCKED).contest_id
    answer = any_web.post(f"/v1/contests/{contest_id}/entries", json=body, key=player_key)

    assert problem(answer) == (403, "CONTEST_LOCKED")
    seen = saved(any_web.get(f"/v1/contests/{contest_id}", key=player_key), 200)
    assert seen["time_until_lock"] is None
    assert seen["actions"]["can_join"] is False

    contest_id = new_contest(any_web.store).contest_id
    field = saved(any_web.get(f"/v1/contests/{contest_id}/field", key=player_key), 200)

    assert field["primary"] == list(PLAYERS)
    assert (field["alternates"], field["event_number"]) == ([], 1)


def actions_of(web: Web, contest_id: str, key: str) -> Json:
    """Return the actions that a contest offers to a caller."""
    actions: Json = saved(web.get(f"/v1/contests/{contest_id}", key=key), 200)["actions"]
    return actions


def test_a_contest_offers_what_it_accepts(any_web: Web, player_key: str) -> None:
    contest = publish(any_web.store)
    without_field = actions_of(any_web, contest.contest_id, player_key)
    contest.import_field()
    system_key = any_web.new_key("contests:read", owner=Actor.system("importer"))

    assert without_field["can_join"] is False
    assert actions_of(any_web, contest.contest_id, player_key)["can_join"] is True
    assert actions_of(any_web, contest.contest_id, system_key)["can_join"] is False

    contest = new_contest(any_web.store)
    entry = contest.paid_entry(ANN.id).entity
    paid = actions_of(any_web, contest.contest_id, player_key)
    contest.run(contests.void_entry, contests.VoidEntry(entry_id=entry.id))

    assert paid["can_set_roster"] is True
    assert actions_of(any_web, contest.contest_id, player_key)["can_set_roster"] is False


def test_from_the_lock_time_on_a_contest_offers_what_it_accepts(
    web: Web,
) -> None:
    contest = new_contest(web.store)
    contest.enter(MAYA.id)
    key = web.new_key("contests:read", "contests:organize", owner=MAYA)
    before = actions_of(web, contest.contest_id, key)
    while web.clock.now() < contest.contest.lock_time:
        pass
    after = actions_of(web, contest.contest_id, key)

    assert contest.contest.status is ContestStatus.SCHEDULED
    assert {name for name, can in before.items() if can} == {
        "can_join",
        "can_set_roster",
        "can_configure",
        "can_cancel",
    }
    assert set(after.values()) == {False}


def test_a_live_leaderboard_has_scores_and_no_payouts(any_web: Web, player_key: str) -> None:
    contest_id = live_contest(any_web.store).contest_id
    board = saved(any_web.get(f"/v1/contests/{contest_id}/leaderboard", key=player_key), 200)

    assert (board["contest_type"], board["leaderboard_state"]) == ("golf", "LIVE")
    assert [column["key"] for column in board["column_schema"]] == list(board["rows"][0])[:5]
    assert [row["user_id"] for row in board["rows"]] == ["ann", "bob"]
    assert {row["payout_amount"] for row in board["rows"]} == {None}
    assert board["pagination"] == {"limit": 50, "total": 2, "next": None}


def test_a_final_leaderboard_is_the_settlement_page_by_page(any_web: Web, player_key: str) -> None:
    contest = complete_contest(any_web.store)
    path = f"/v1/contests/{contest.contest_id}/leaderboard?limit=1"
    first = saved(any_web.get(path, key=player_key), 200)
    cursor = first["pagination"]["next"]
    second = saved(any_web.get(f"{path}&cursor={cursor}", key=player_key), 200)

    rows = [*first["rows"], *second["rows"]]
    assert first["leaderboard_state"] == "FINAL"
    assert second["pagination"]["next"] is None
    assert [row["rank"] for row in rows] == [1, 2]
    assert {row["settlement_run_id"] for row in rows} == {contest.contest.settlement_run_id}
    assert all(row["payout_amount"] > 0 for row in rows)
    seen = saved(any_web.get(f"/v1/contests/{contest.contest_id}", key=player_key), 200)
    assert seen["standings"] == rows
    assert seen["is_settled"] is True
    assert sum(item["payout_amount"] for item in seen["payout_table"]) <= 2 * 2501


def test_the_final_payout_table_is_that_of_the_ranked_entries(
    any_web: Web, player_key: str
) -> None:
    not_counted = {**configuration()["withdrawn"], "policy": "not_counted"}
    contest = live_contest(any_web.store, withdrawn=not_counted)
    # Two of the three players of bob's roster withdraw, so that it is not ranked.
    cards = {**strokes_of(2), "P03": (70,), "P04": (70,)}
    board = Board(cards=cards, left={"P03": "WD", "P04": "WD"}, status=FINAL)
    for minute in (1, 2):
        contest.observe(board, minute)
    contest.advance(contest.contest.start_time + timedelta(minutes=2, seconds=HOLD_SECONDS))
    contest.finish(contest.start_run())

    seen = saved(any_web.get(f"/v1/contests/{contest.contest_id}", key=player_key), 200)
    first, last = seen["standings"]
    assert (last["user_id"], last["score"], last["payout_amount"]) == ("bob", None, 0)
    payout = first["payout_amount"]
    assert seen["payout_table"] == [{"rank_min": 1, "rank_max": 1, "payout_amount": payout}]


def test_a_leaderboard_is_pending_and_has_1_to_200_rows(web: Web) -> None:
    for limit in ["0", "201", "1.5"]:
        contest_id = new_contest(web.store).contest_id
        path = f"/v1/contests/{contest_id}/leaderboard"

        answer = web.get(f"{path}?limit={limit}", key=web.new_key("contests:read"))
        assert answer.status_code == 422
        key = web.new_key("contests:read")
        assert web.get(f"{path}?limit=200", key=key).status_code == 200

    contest_id = new_contest(web.store).contest_id
    answer = web.get(f"/v1/contests/{contest_id}/leaderboard", key=web.new_key("contests:read"))

    assert saved(answer, 200)["leaderboard_state"] == "PENDING"
    assert answer.get_json()["rows"] == []


def test_no_route_marks_an_entry_as_paid() -> None:
    requests: set[type] = set()
    for context in CONTEXTS:
        for routes in (*context.routes, *context.admin_routes):
            requests.update(operation.request_type for operation in routes.operations)

    assert requests
    assert ActivateEntry not in requests
