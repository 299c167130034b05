"""Test spaces, subspaces, algorithms and settings over HTTP."""

import pytest
from tests.web.harness import Json, Sent, Web, memory, problem, saved
from tests.web.reader import create_example_subspaces, new_reader, reader_of
from tests.web.test_system import counted

from indelible.captures import ANNEALED, SPHERICAL
from indelible.testing.captures.scenarios import MODEL, X1, A, activate_algorithm_for
from indelible.testing.stores import NOOR

REASON: Json = {"reason": "a test"}
RENAMING: Json = {"name": "x", **REASON}
SPACE: Json = {"name": "reading", "model": MODEL, "dimension": 3, **REASON}
SEED: Json = {"seed": {"values": A, "model": MODEL}, **REASON}
MARGIN_THRESHOLD = "/v1/settings/assignment_margin_threshold"


def test_a_space_is_created_renamed_and_retired(web: Web) -> None:
    created = web.post("/v1/spaces", json=SPACE)
    url = f"/v1/spaces/{saved(created, 201)['space']['id']}"
    renamed = saved(web.put(url, json={"name": "maths", **REASON}, seq=1), 200)
    retired = saved(web.post(f"{url}/retire", json=REASON, seq=2), 200)

    assert created.headers["Location"] == url
    assert created.headers["ETag"] == '"1"'
    assert renamed["space"]["name"] == "maths"
    assert renamed["seq"] == 2
    assert retired["space"]["status"] == "RETIRED"
    assert retired["seq"] == 3
    assert web.get(url).get_json() == retired
    assert web.get("/v1/spaces").get_json() == {"items": [retired], "next": None}

    retired_again = web.post(f"{url}/retire", json=REASON, seq=3)
    assert problem(retired_again) == (409, "INVALID_TRANSITION")
    assert problem(web.put(url, json=RENAMING, seq=2)) == (412, "STALE")
    assert problem(web.put(url, json=RENAMING)) == (428, "IF_MATCH_MISSING")


def test_a_subspace_is_seeded_once_renamed_and_retired(web: Web) -> None:
    reader = reader_of(web)
    url = f"/v1/subspaces/{reader.subspace(None)}"
    renaming = {"name": "Parts", "description": "of it", **REASON}

    seeded = saved(web.post(f"{url}/seed", json=SEED, seq=1), 200)
    renamed = saved(web.put(url, json=renaming, seq=2), 200)
    [listed] = reader.items(f"spaces/{reader.space_id}/subspaces")
    retired = saved(web.post(f"{url}/retire", json=REASON, seq=3), 200)
    seeded_again = web.post(f"{url}/seed", json=SEED, seq=4)

    assert seeded["subspace"]["seed"] == [1.0, 0.0, 0.0]
    assert seeded["seq"] == 2
    assert renamed["subspace"]["name"] == "Parts"
    assert listed["name"] == "Parts"
    assert listed["description"] == "of it"
    assert listed["seq"] == 3
    assert "seed" not in listed
    assert retired["subspace"]["status"] == "RETIRED"
    assert web.get(url).headers["ETag"] == '"4"'
    assert problem(seeded_again) == (409, "CENTROID_EXISTS")

    reader = reader_of(web)
    body = {"space_id": reader.space_id, "name": "part", **SEED}

    first = web.post("/v1/subspaces", json=body, once="part-1")
    repeated = web.post("/v1/subspaces", json=body, once="part-1")

    assert repeated.status_code == 201
    assert repeated.get_json() == first.get_json()
    assert len(reader.items(f"spaces/{reader.space_id}/subspaces")) == 1


def requests_of_a_space(space_id: str, subspace_id: str) -> list[tuple[str, str, Json | None]]:
    """Return (method, path, body) of every request about the space and its subspace."""
    space = f"/v1/spaces/{space_id}"
    subspace = f"/v1/subspaces/{subspace_id}"
    return [
        ("GET", space, None),
        ("GET", f"{space}/subspaces", None),
        ("GET", f"{space}/captures", None),
        ("GET", f"{space}/centroids", None),
        ("PUT", space, RENAMING),
        ("POST", f"{space}/retire", REASON),
        ("POST", "/v1/subspaces", {"space_id": space_id, **RENAMING}),
        ("GET", subspace, None),
        ("GET", f"{subspace}/drift", None),
        ("PUT", subspace, RENAMING),
        ("POST", f"{subspace}/seed", SEED),
        ("POST", f"{subspace}/retire", REASON),
    ]


def test_a_space_of_another_user_is_answered_like_a_missing_one(web: Web) -> None:
    reader = reader_of(web)
    key = web.new_key("captures:read", "captures:write", owner=NOOR)

    for method, path, body in requests_of_a_space(reader.space_id, reader.subspace()):
        options: Sent = {"key": key}
        if body is not None:
            options = {"key": key, "json": body, "seq": 1}
        foreign = web.send(method, path, **options)
        missing = web.send(method, path.replace("id-", "no-"), **options)

        assert foreign.status_code == 404, (method, path)
        if body is None:
            assert foreign.get_json()["code"] == missing.get_json()["code"], path


def test_a_space_without_a_model_needs_the_settings_of_the_model(web: Web) -> None:
    body = {"name": "reading", **REASON}
    refused = web.post("/v1/spaces", json={**body, "model": None})
    assert problem(refused) == (422, "EMBEDDING_NOT_NAMED")
    assert "setting embedding_model" in refused.get_json()["detail"]

    for key, value in (("embedding_model", '"model-1"'), ("embedding_dimension", "3")):
        saved(web.put(f"/v1/settings/{key}", json={"value": value, **REASON}, seq=0), 200)

    space = saved(web.post("/v1/spaces", json=body), 201)["space"]
    assert space["model"] == "model-1"
    assert space["dimension"] == 3


def test_an_algorithm_is_registered_activated_and_replaced(web: Web) -> None:
    for algorithm_id, formulas in (("oscl-1", SPHERICAL), ("oscl-2", ANNEALED)):
        body = {"algorithm_id": algorithm_id, "formulas": formulas, **REASON}
        registered = web.post("/v1/algorithms", json=body)
        url = f"/v1/algorithms/{algorithm_id}"
        activated = web.post(f"{url}/activate", json=REASON, seq=1)

        assert registered.headers["Location"] == url
        assert saved(registered, 201)["algorithm"]["status"] == "REGISTERED"
        assert saved(activated, 200)["algorithm"]["status"] == "ACTIVE"

    items = saved(web.get("/v1/algorithms"), 200)["items"]
    assert [item["algorithm"]["status"] for item in items] == ["REPLACED", "ACTIVE"]
    assert web.get("/v1/algorithms/oscl-1").headers["ETag"] == '"3"'

    body = {"algorithm_id": "oscl-1", "formulas": SPHERICAL, **REASON}

    existing = web.post("/v1/algorithms", json=body)
    missing = web.get("/v1/algorithms/oscl-3")
    stale = web.post("/v1/algorithms/oscl-1/activate", json=REASON, seq=1)
    invalid = web.post("/v1/algorithms", json={**body, "formulas": "margin = exec(1)"})

    assert problem(existing) == (409, "ALGORITHM_EXISTS")
    assert problem(missing) == (404, "ALGORITHM_NOT_FOUND")
    assert problem(stale) == (412, "STALE")
    assert problem(invalid) == (422, "FORMULA_INVALID")


def test_a_setting_is_set_at_seq_0_and_changed_at_its_seq(web: Web) -> None:
    first = web.put(MARGIN_THRESHOLD, json={"value": "0.1", **REASON}, seq=0)
    second = web.put(MARGIN_THRESHOLD, json={"value": "0.2", **REASON}, seq=1)

    [setting] = web.get("/v1/settings").get_json()["items"]
    assert first.headers["ETag"] == '"1"'
    assert second.headers["ETag"] == '"2"'
    assert setting["setting"]["value"] == "0.2"
    assert setting["seq"] == 2

    body = {"value": "0.3", **REASON}
    for stale_seq in (0, 1):
        stale = web.put(MARGIN_THRESHOLD, json=body, seq=stale_seq)
        assert problem(stale) == (412, "STALE")
    assert problem(web.put(MARGIN_THRESHOLD, json=body)) == (428, "IF_MATCH_MISSING")

    invalid = web.put(MARGIN_THRESHOLD, json={"value": '"0.3"', **REASON}, seq=0)
    unknown = web.put("/v1/settings/colour", json={"value": "1", **REASON}, seq=0)

    assert problem(invalid) == (422, "SETTING_INVALID")
    assert problem(unknown) == (404, "SETTING_NOT_FOUND")

    reader = reader_of(web)

    answer = web.put(f"/v1/spaces/{reader.space_id}", json=RENAMING, seq=0)

    assert problem(answer) == (400, "INVALID_IF_MATCH")


@pytest.mark.slow
def test_a_changed_threshold_applies_to_the_next_captures() -> None:
    reader = new_reader()
    create_example_subspaces(reader)

    saved(reader.web.put(MARGIN_THRESHOLD, json={"value": "0.5", **REASON}, seq=0), 200)

    assert reader.captured(X1)["decision"] == "AMBIGUOUS"

    reader = new_reader()
    nearest_id, *_ = create_example_subspaces(reader)
    for number in range(7):
        reader.captured(X1, title=str(number))

    [centroid] = reader.items(f"spaces/{reader.space_id}/centroids")

    assert centroid["id"] == nearest_id
    assert centroid["seq"] == 7
    assert "vector" not in centroid
    assert len(reader.items(f"subspaces/{nearest_id}/drift")) == 7


class FailingSettings:
    """Settings that can be read until `error` is set."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error

    def fetch(self) -> dict[str, str]:
        if self.error:
            raise self.error
        return {"assignment_margin_threshold": "0.1"}


@pytest.mark.slow
def test_a_process_that_cannot_read_its_settings_is_ready_but_degraded() -> None:
    store = memory()
    settings = FailingSettings()
    store.config.fetch = settings.fetch
    activate_algorithm_for(store)
    web = Web(store, config=store.config)

    assert web.get("/health/ready", key=None).get_json() == {"status": "ready"}
    metrics = counted(web)
    assert metrics["indelible_config_age_seconds"] >= 0
    assert not [name for name in metrics if "fallback_total" in name]

    settings.error = OSError("gone")
    store.config.invalidate()

    ready = web.get("/health/ready", key=None)
    assert ready.status_code == 200
    assert ready.get_json() == {"status": "ready", "degraded": ["settings"]}
    reader = reader_of(web)
    create_example_subspaces(reader)
    reader.captured()
    stale = 'indelible_config_fallback_total{key="assignment_margin_threshold",reason="stale"}'
    assert counted(web)[stale] >= 1


@pytest.mark.slow
def test_the_age_of_settings_is_left_out_where_there_is_none(web: Web) -> None:
    store = memory()
    store.config.fetch = FailingSettings(OSError("gone")).fetch

    metrics = counted(Web(store, config=store.config))

    assert not [name for name in metrics if "config_age" in name]

    assert "indelible_config" not in web.get("/metrics", key=None).text
