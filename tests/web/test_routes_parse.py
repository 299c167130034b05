"""Test that work of a route is done once, and that threads may share its result."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import marshmallow
import pytest
from tests.web.harness import Web

THREADS = 8
REQUESTS = 80


def send_one_of_each_kind(web: Web) -> None:
    """Send a command, a query of one, a page, and requests that are refused."""
    created = web.create()
    concept_id = created["concept"]["id"]
    web.get(f"/v1/concepts/{concept_id}")
    web.get("/v1/concepts?limit=1")
    web.send("GET", "/v1/concepts?limit=none")
    web.send("PUT", f"/v1/concepts/{concept_id}", json={})


def test_no_request_creates_a_schema(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    send_one_of_each_kind(web)
    created = Counter[str]()
    create_schema = marshmallow.Schema.__init__

    def count_schema(schema: marshmallow.Schema, *args: Any, **options: Any) -> None:  # noqa: ANN401 - marshmallow's own
        created[type(schema).__name__] += 1
        create_schema(schema, *args, **options)

    monkeypatch.setattr(marshmallow.Schema, "__init__", count_schema)
    send_one_of_each_kind(web)

    assert not created


@pytest.mark.slow
def test_threads_that_share_a_schema_get_their_own_errors(web: Web) -> None:
    headers = {"Authorization": f"Bearer {web.key}"}

    def refused_fields(number: int) -> list[str]:
        path = f"/v1/concepts?unknown_{number}=1"
        answer = web.app.test_client().get(path, headers=headers)
        return sorted(answer.get_json()["fields"]["wrong"])

    with ThreadPoolExecutor(THREADS) as threads:
        fields = list(threads.map(refused_fields, range(REQUESTS)))

    assert fields == [[f"unknown_{number}"] for number in range(REQUESTS)]
