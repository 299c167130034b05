"""Test that several processes of a server count and remember together through Redis."""

import time
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from limits.storage import RedisStorage
from tests.conftest import folder
from tests.stopped import stopped
from tests.web.harness import problem

from indelible.kernel import Actor
from indelible.kernel.keys import CreateKey, create_key
from indelible_service.composition import build_web_settings, create_app
from indelible_service.database import open_configured_store, upgrade
from indelible_service.embedded import redis
from indelible_service.settings.service import Settings
from indelible_web.http.rates import MEMORY, REDIS_SECONDS, RETRY_SECONDS

LIMIT = 3
MARGIN_SECONDS = 15


def configured(directory: Path, redis_url: str) -> Settings:
    return Settings(
        data_dir=directory,
        secret=b"a secret of a test, which is long enough",
        redis_url=redis_url,
        requests_per_minute=LIMIT,
    )


def clients_of(settings: Settings, count: int) -> tuple[list[Any], str]:
    """Return clients of applications as each process has one, and a key."""
    upgrade(settings)
    with open_configured_store(settings, needs_key_secret=True) as store:
        command = CreateKey(owner=Actor.user("maya"), scopes=("admin",))
        key = store.run(create_key, command, actor=Actor.system("test"), reason="a test").text

    return [create_app(settings).test_client() for _ in range(count)], key


@pytest.mark.slow
def test_processes_count_the_requests_of_a_caller_together(redis_url: str, tmp_path: Path) -> None:
    clients, key = clients_of(configured(tmp_path, redis_url), 2)
    headers = {"Authorization": f"Bearer {key}"}

    answers = [clients[number % 2].get("/v1/spaces", headers=headers) for number in range(LIMIT)]
    refused = [client.get("/v1/spaces", headers=headers) for client in clients]

    assert [answer.status_code for answer in answers] == [200] * LIMIT
    assert [problem(answer) for answer in refused] == [(429, "TOO_MANY_REQUESTS")] * 2


def test_processes_count_in_memory_unless_others_may_use_their_redis(tmp_path: Path) -> None:
    with_redis = configured(tmp_path, "redis://127.0.0.1:1/0")
    without = configured(tmp_path, "")

    assert build_web_settings(without).limiter_storage == MEMORY
    assert isinstance(build_web_settings(with_redis).limiter_storage, RedisStorage)
    alone = evolve(with_redis, is_redis_embedded=True)
    assert build_web_settings(alone).limiter_storage == MEMORY


@pytest.mark.slow
def test_a_redis_that_hangs_costs_a_request_its_limit_and_counts_again_afterwards(
    tmp_path: Path,
) -> None:
    with folder() as directory, redis(directory) as server:
        (client,), key = clients_of(configured(tmp_path, server.url), 1)
        headers = {"Authorization": f"Bearer {key}"}
        with stopped(server.child):
            start = time.monotonic()
            answers = [client.get("/v1/spaces", headers=headers) for _ in range(LIMIT)]
            refused = client.get("/v1/spaces", headers=headers)
            assert client.get("/health").status_code == 200
            assert time.monotonic() - start < REDIS_SECONDS + MARGIN_SECONDS

        # Redis has counted no request of the caller, and this process has counted too many.
        deadline = time.monotonic() + RETRY_SECONDS + MARGIN_SECONDS
        while client.get("/v1/spaces", headers=headers).status_code != 200:
            assert time.monotonic() < deadline
            time.sleep(0.1)

    assert [answer.status_code for answer in answers] == [200] * LIMIT
    assert problem(refused) == (429, "TOO_MANY_REQUESTS")
