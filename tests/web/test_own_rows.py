"""The rows that a host's actions append, over HTTP: a page at a time, with their requests."""

from typing import Any

import pytest
from tests.conftest import POLICY
from tests.examples.shipments import shipments
from tests.web.harness import Web, problem, saved

from indelible.memory.store import MemoryStore
from indelible_web.contexts import CONTEXTS
from indelible_web.own import own_context


@pytest.fixture
def web() -> Web:
    store: Any = MemoryStore(contexts=(shipments,), policy=POLICY)
    return Web(store, contexts=(*CONTEXTS, own_context(shipments)))


def test_an_action_takes_the_fields_of_the_row_and_a_list_has_it(web: Web) -> None:
    key = web.new_key("shipments:read", "shipments:write")
    body = {"number": "S-1", "labels": ["red", "blue"], "reason": "sent"}
    made = saved(web.post("/v1/shipments", json=body, key=key), 201)
    path = f"/v1/shipments/{made['id']}"
    for seq, place in enumerate(("Rome", "Bern", "Oslo"), start=1):
        scan = {"place": place, "condition": "good", "reason": "a scan"}
        headers = {"If-Match": f'"{seq}"'}
        saved(web.post(f"{path}/scan", json=scan, key=key, headers=headers), 200)

    first: Any = web.get(f"{path}/scans?limit=2", key=key).json
    second: Any = web.get(f"{path}/scans?limit=2&cursor={first['next']}", key=key).json
    assert [row["place"] for row in first["items"]] == ["Rome", "Bern"]
    assert [(row["seq"], row["number"], row["place"]) for row in second["items"]] == [
        (4, 1, "Oslo")
    ]
    assert second["next"] is None
    assert second["items"][0]["scanned_by"] == "user:maya"
    parcels: Any = web.get(f"{path}/parcels", key=key).json
    assert [row["label"] for row in parcels["items"]] == ["red", "blue"]


def test_only_an_action_that_appends_alone_needs_no_tag(web: Web) -> None:
    key = web.new_key("shipments:read", "shipments:write")
    body = {"number": "S-1", "labels": ["red"], "reason": "sent"}
    path = f"/v1/shipments/{saved(web.post('/v1/shipments', json=body, key=key), 201)['id']}"
    scan = {"place": "Rome", "condition": "good", "reason": "a scan"}
    assert saved(web.post(f"{path}/scan", json=scan, key=key), 200)["seq"] == 2
    assert saved(web.post(f"{path}/scan", json=scan, key=key), 200)["seq"] == 3

    stale = web.post(f"{path}/scan", json=scan, key=key, headers={"If-Match": '"2"'})
    assert problem(stale) == (412, "STALE")
    wrong = web.post(f"{path}/scan", json=scan, key=key, headers={"If-Match": "*"})
    assert problem(wrong) == (400, "INVALID_IF_MATCH")
    deliver = web.post(f"{path}/deliver", json={**scan, "receiver": "ann"}, key=key)
    assert problem(deliver) == (428, "IF_MATCH_MISSING")
    assert len(saved(web.get(f"{path}/scans", key=key), 200)["items"]) == 2

    document: Any = web.get("/openapi.json").json
    for action, is_required in (("scan", False), ("deliver", True)):
        operation: Any = document["paths"][f"/v1/shipments/{{shipment_id}}/{action}"]["post"]
        is_tag_required: dict[str, bool] = {
            one["name"]: one["required"] for one in operation["parameters"]
        }
        assert is_tag_required["If-Match"] is is_required
        assert "412" in operation["responses"]
        assert ("428" in operation["responses"]) == is_required


def test_bad_requests_for_rows_get_an_error_each(web: Web) -> None:
    key = web.new_key("shipments:read", "shipments:write")
    assert web.get("/v1/shipments/unknown/scans", key=key).status_code == 404
    assert web.get("/v1/shipments/unknown/scans?cursor=x", key=key).status_code == 400
    assert web.get("/v1/shipments/unknown/scans?limit=0", key=key).status_code == 422
    body = {"number": "S-1", "labels": ["x"] * 51, "reason": "sent"}
    refused = web.post("/v1/shipments", json=body, key=key)
    problem: Any = refused.json
    assert (refused.status_code, problem["code"]) == (422, "TOO_MANY_ROWS")
