"""Test the feed of all changes over HTTP."""

from urllib.parse import quote

import pytest
from tests.web.harness import Json, Web, concept_url, problem, saved

from indelible.testing.stores import NOOR


def changes_after(web: Web, cursor: str | None, limit: int = 100) -> Json:
    """Return the page of the feed after the cursor, or its first page."""
    path = f"/v1/history?limit={limit}"
    if cursor:
        path += f"&cursor={cursor}"

    return saved(web.get(path), 200)


def test_the_feed_returns_every_change_once_in_pages_of_any_size(web: Web) -> None:
    concept = web.create()
    first = changes_after(web, None)
    web.edit(concept)
    second = changes_after(web, first["next"])
    third = changes_after(web, second["next"])

    assert first["items"][-1]["action"] == "create"
    assert [change["action"] for change in second["items"]] == ["edit"]
    assert third["items"] == []
    assert third["next"]

    web.at("PUBLISHED")
    all_changes = changes_after(web, None)["items"]

    changes: list[Json] = []
    cursor = None
    for _ in all_changes:
        page = changes_after(web, cursor, limit=1)
        changes += page["items"]
        cursor = page["next"]

    assert changes == all_changes
    states = [change["to_state"] for change in changes if change["lifecycle"] == "concept"]
    assert states[2:] == ["DRAFT", "REVIEW", "APPROVED", "PUBLISHED"]


def test_the_feed_requires_its_scope_and_redacts_the_digest_of_a_key(web: Web) -> None:
    admin_key = web.new_key("admin")
    change = saved(web.get("/v1/history?lifecycle=key", key=admin_key), 200)["items"][0]

    assert change["lifecycle"] == "key"
    assert change["action"] == "create"
    assert change["data"]["owner"] == "user:maya"
    assert "secret_digest" not in change["data"]

    concept_key = web.new_key("concepts:read")
    history_key = web.new_key("history:read")

    assert problem(web.get("/v1/history", key=concept_key)) == (403, "SCOPE_MISSING")
    assert web.get("/v1/history", key=history_key).status_code == 200
    assert problem(web.get("/v1/concepts", key=history_key)) == (403, "SCOPE_MISSING")

    url = concept_url(web.create())
    body = {"status": "REVIEW", "reason": "ready for review"}
    headers = {"X-Request-Id": "trace-7/ratio"}
    web.post(f"{url}/status", json=body, seq=1, headers=headers)

    feed = changes_after(web, None)["items"]
    history = web.get(f"{url}/history").get_json()["items"]

    assert feed[-1]["request_id"] == "trace-7/ratio"
    assert history[-1]["request_id"] == "trace-7/ratio"


def ids_of(web: Web, **filters: str) -> list[tuple[str, int]]:
    """Return the entity and seq of each change that matches the filters, read in pages of two."""
    query = "&".join(f"{name}={quote(value)}" for name, value in filters.items())
    ids: list[tuple[str, int]] = []
    cursor = ""
    while True:
        page = saved(web.get(f"/v1/history?limit=2&{query}{cursor}"), 200)
        if not page["items"]:
            return ids
        ids += [(change["entity_id"], change["seq"]) for change in page["items"]]
        cursor = f"&cursor={page['next']}"


@pytest.mark.slow
def test_each_filter_of_the_feed_lists_the_matching_changes(web: Web) -> None:
    web.at("APPROVED")
    web.key = web.new_key("history:read", "concepts:write", owner=NOOR)
    web.edit(web.create())
    changes = changes_after(web, None)["items"]
    assert {change["actor"] for change in changes} >= {"user:maya", "user:noor"}

    for field in ("lifecycle", "entity_id", "actor", "action"):
        for value in {change[field] for change in changes}:
            expected = [change for change in changes if change[field] == value]
            assert ids_of(web, **{field: value}) == [
                (change["entity_id"], change["seq"]) for change in expected
            ]

    start, end = changes[2]["at"], changes[-2]["at"]
    between = [change for change in changes if start <= change["at"] < end]
    assert ids_of(web, since=start, until=end, lifecycle="concept") == [
        (change["entity_id"], change["seq"])
        for change in between
        if change["lifecycle"] == "concept"
    ]


def test_a_cursor_of_the_feed_belongs_to_its_filters(web: Web) -> None:
    for name, value in [
        ("actor", "maya"),
        ("since", "yesterday"),
        ("until", "2026-01-01T00:00:00"),
        ("lifecycle", ""),
        ("entity_id", "a" * 201),
        ("seq", "1"),
    ]:
        assert web.get(f"/v1/history?{name}={value}").status_code == 422

    path = "/v1/history?action=edit"
    concept = web.create()
    empty = saved(web.get(path), 200)
    web.edit(concept)

    page = saved(web.get(f"{path}&cursor={empty['next']}"), 200)

    assert empty["items"] == []
    assert [change["action"] for change in page["items"]] == ["edit"]

    web.create()
    cursor = saved(web.get("/v1/history?action=create"), 200)["next"]

    for query in ("action=edit", "actor=user:maya", ""):
        answer = web.get(f"/v1/history?{query}&cursor={cursor}")
        assert problem(answer) == (400, "INVALID_CURSOR")
