"""Test that the requests of many users at once do not share the last place of a contest."""

import json
import socket
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from threading import Barrier, Thread
from typing import Any

import pytest
from tests.web.harness import Json, Web

from indelible.kernel import Actor
from indelible.testing.contests.scenarios import ROSTER, ContestScenario, new_contest
from indelible_service.serving.single_process import create_api_server
from indelible_service.settings.service import Settings
from indelible_sql import SqlStore, verify

pytestmark = pytest.mark.slow

HOST = "127.0.0.1"
TIMEOUT_SECONDS = 60
PLACES = 3
USERS = 10


@pytest.fixture(params=["sqlite", "postgresql"])
def web(request: pytest.FixtureRequest) -> Web:
    """Return an application over a database."""
    store: SqlStore = request.getfixturevalue(request.param)
    return Web(store)


@pytest.fixture
def port(web: Web) -> Generator[int]:
    """Serve the application as `indelible up` does, and yield the port."""
    listener = socket.create_server((HOST, 0))
    server: Any = create_api_server(Settings.read({}), web.app, listener)
    thread = Thread(target=server.run)
    thread.start()
    yield listener.getsockname()[1]
    # The server's own thread closes it, and ends when nothing is left open.
    server.trigger.pull_trigger(server.close)
    thread.join()
    server.task_dispatcher.shutdown()


def enter_all_at_once(port: int, contest_id: str, keys: list[str]) -> list[tuple[int, Json]]:
    """Send a request to enter the contest with each key, at one moment; return the answers."""
    start = Barrier(len(keys))
    body = json.dumps({"player_ids": ROSTER, "reason": "a test"})

    def enter(key: str) -> tuple[int, Json]:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        with closing(HTTPConnection(HOST, port, timeout=TIMEOUT_SECONDS)) as connection:
            connection.connect()
            start.wait(TIMEOUT_SECONDS)
            connection.request("POST", f"/v1/contests/{contest_id}/entries", body, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

    with ThreadPoolExecutor(len(keys)) as threads:
        return list(threads.map(enter, keys))


def taken_places(scenario: ContestScenario) -> list[int]:
    """Return the place of each entry of a contest, lowest first; 0 for an entry without one."""
    return sorted(saved.entity.place_number or 0 for saved in scenario.entries)


def test_ten_requests_at_once_for_the_last_place_create_one_entry(web: Web, port: int) -> None:
    scenario = new_contest(web.store, max_entries=PLACES)
    for number in range(1, PLACES):
        scenario.enter(f"early-{number}")
    scopes = ("contests:read", "contests:write")
    keys = [web.new_key(*scopes, owner=Actor.user(f"late-{number}")) for number in range(USERS)]

    answers = enter_all_at_once(port, scenario.contest_id, keys)

    entered = [answer for status, answer in answers if status == 201]
    refused = [(status, answer.get("code")) for status, answer in answers if status != 201]
    assert [answer["place_number"] for answer in entered] == [PLACES], answers
    assert refused == [(409, "CONTEST_FULL")] * (USERS - 1)
    assert taken_places(scenario) == list(range(1, PLACES + 1))
    assert isinstance(web.store, SqlStore)
    assert verify(web.store) == ()
