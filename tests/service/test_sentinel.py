"""The API answers while Redis Sentinel fails over, and counts for all processes afterwards."""

import time
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import folder
from tests.sentinels import TIMEOUT_SECONDS, sentinel_group
from tests.service.test_shared_state import LIMIT, clients_of, configured

from indelible.kernel import Actor
from indelible.kernel.keys import CreateKey, create_key
from indelible_service.database import open_configured_store
from indelible_service.settings.service import Settings

pytestmark = pytest.mark.slow


def new_key(settings: Settings) -> str:
    """Return a key whose requests nobody has counted yet."""
    with open_configured_store(settings, needs_key_secret=True) as store:
        command = CreateKey(owner=Actor.user("maya"), scopes=("admin",))
        return store.run(create_key, command, actor=Actor.system("test"), reason="a test").text


def statuses(clients: list[Any], key: str, count: int = LIMIT + 1) -> list[int]:
    """Return the statuses of requests of the key, sent to all in turn."""
    headers = {"Authorization": f"Bearer {key}"}
    answers: list[int] = []
    for number in range(count):
        client = clients[number % len(clients)]
        answers.append(client.get("/v1/spaces", headers=headers).status_code)

    return answers


def test_requests_are_answered_during_a_failover_and_counted_together_afterwards(
    tmp_path: Path,
) -> None:
    counted_together = [200] * LIMIT + [429]
    counted_alone = [200] * (2 * LIMIT) + [429] * 2
    with folder() as directory, sentinel_group(directory) as group:
        settings = configured(tmp_path, group.url)
        clients, _ = clients_of(settings, 2)
        assert statuses(clients, new_key(settings)) == counted_together

        killed = group.primary()
        killed.child.kill()
        killed.child.wait()
        assert statuses(clients, new_key(settings), 2 * LIMIT + 2) == counted_alone

        group.restore(killed)
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while statuses(clients, new_key(settings)) != counted_together:
            assert time.monotonic() < deadline
