"""The feed of all changes: complete, in order, and open at its end."""

from tests.web.harness import Json, Web, concept_url, problem


def changes_after(web: Web, cursor: str | None, limit: int = 100) -> Json:
    found: Json = web.get(
        f"/v1/history?limit={limit}" + (f"&cursor={cursor}" if cursor else "")
    ).get_json()
    return found


def test_the_feed_returns_every_change_once(web: Web) -> None:
    saved = web.create()
    first = changes_after(web, None)
    web.edit(saved)
    second = changes_after(web, first["next"])
    third = changes_after(web, second["next"])

    assert [each["action"] for each in first["items"][-1:] + second["items"]] == ["create", "edit"]
    assert third["items"] == []
    assert third["next"]


def test_small_pages_of_the_feed_have_the_same_changes(web: Web) -> None:
    web.at("PUBLISHED")
    whole, cursor, found = changes_after(web, None)["items"], None, list[Json]()
    for _ in whole:
        page = changes_after(web, cursor, limit=1)
        found, cursor = [*found, *page["items"]], page["next"]

    assert found == whole
    assert [each["to_state"] for each in whole if each["lifecycle"] == "concept"] == [
        "DRAFT",
        "REVIEW",
        "APPROVED",
        "PUBLISHED",
    ]


def test_a_change_records_its_request_id(web: Web) -> None:
    saved = web.create()
    body = {"status": "REVIEW", "reason": "ready for review"}
    web.post(
        f"{concept_url(saved)}/status", json=body, seq=1, headers={"X-Request-Id": "trace-7/ratio"}
    )

    assert changes_after(web, None)["items"][-1]["request_id"] == "trace-7/ratio"
    assert (
        web.get(f"{concept_url(saved)}/history").get_json()["items"][-1]["request_id"]
        == "trace-7/ratio"
    )


def test_the_feed_redacts_the_digest_of_a_key(web: Web) -> None:
    change = changes_after(web, None)["items"][0]

    assert (change["lifecycle"], change["action"]) == ("key", "create")
    assert change["data"]["owner"] == "user:maya"
    assert "secret_digest" not in change["data"]


def test_the_feed_requires_its_own_scope(web: Web) -> None:
    reader, watcher = web.new_key("concepts:read"), web.new_key("history:read")

    assert problem(web.get("/v1/history", key=reader)) == (403, "SCOPE_MISSING")
    assert web.get("/v1/history", key=watcher).status_code == 200
    assert problem(web.get("/v1/concepts", key=watcher)) == (403, "SCOPE_MISSING")
