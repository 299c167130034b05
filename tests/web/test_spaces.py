"""Spaces, subspaces, algorithms and settings over HTTP."""

import pytest
from tests.web.harness import Json, Sent, Web, memory, problem, saved
from tests.web.reader import reader_of, reading, worked
from tests.web.test_system import counted

from indelible.captures import ANNEALED, SPHERICAL
from indelible.testing.captures.scenarios import MODEL, X1, A, activate_algorithm_for
from indelible.testing.stores import NOOR

pytestmark = pytest.mark.slow

SPACE = {"name": "reading", "model": MODEL, "dimension": 3, "reason": "a test"}
WHY = {"reason": "a test"}


def test_a_space_lives(web: Web) -> None:
    answer = web.post("/v1/spaces", json=SPACE)
    born = saved(answer, 201)
    place = f"/v1/spaces/{born['space']['id']}"
    renamed = saved(web.put(place, json={"name": "maths", **WHY}, seq=1), 200)
    retired = saved(web.post(f"{place}/retire", json=WHY, seq=2), 200)

    assert (answer.headers["Location"], answer.headers["ETag"]) == (place, '"1"')
    assert (renamed["space"]["name"], renamed["seq"]) == ("maths", 2)
    assert (retired["space"]["status"], retired["seq"]) == ("RETIRED", 3)
    assert web.get(place).get_json() == retired
    assert web.get("/v1/spaces").get_json() == {"items": [retired], "next": None}
    assert problem(web.post(f"{place}/retire", json=WHY, seq=3)) == (409, "INVALID_TRANSITION")
    assert problem(web.put(place, json={"name": "x", **WHY}, seq=2)) == (412, "STALE")
    assert problem(web.put(place, json={"name": "x", **WHY})) == (428, "IF_MATCH_MISSING")


def test_a_subspace_lives(web: Web) -> None:
    reader = reader_of(web)
    part = reader.subspace(None)
    place = f"/v1/subspaces/{part}"
    seed = {"seed": {"values": [1, 0, 0], "model": MODEL}, **WHY}
    seeded = saved(web.post(f"{place}/seed", json=seed, seq=1), 200)
    named = saved(web.put(place, json={"name": "Parts", "description": "of it", **WHY}, seq=2), 200)
    (listed,) = reader.items(f"spaces/{reader.space_id}/subspaces")
    retired = saved(web.post(f"{place}/retire", json=WHY, seq=3), 200)

    assert (seeded["subspace"]["seed"], seeded["seq"]) == ([1.0, 0.0, 0.0], 2)
    assert (named["subspace"]["name"], listed["name"], listed["description"]) == (
        "Parts",
        "Parts",
        "of it",
    )
    assert (listed["seq"], "seed" in listed) == (3, False)
    assert problem(web.post(f"{place}/seed", json=seed, seq=4)) == (409, "CENTROID_EXISTS")
    assert retired["subspace"]["status"] == "RETIRED"
    assert web.get(place).headers["ETag"] == '"4"'


def test_a_birth_with_a_seed_sent_twice_is_answered_twice_and_done_once(web: Web) -> None:
    reader = reader_of(web)
    body = {
        "space_id": reader.space_id,
        "name": "part",
        "seed": {"values": A, "model": MODEL},
        **WHY,
    }
    first, again = (web.post("/v1/subspaces", json=body, once="part-1") for _ in range(2))

    assert (again.status_code, again.get_json()) == (201, first.get_json())
    assert len(reader.items(f"spaces/{reader.space_id}/subspaces")) == 1


def test_the_centroids_of_a_space_are_those_that_captures_drew_on() -> None:
    reader = reading()
    a, *_ = worked(reader)
    for number in range(7):
        reader.captured(X1, title=str(number))
    found = reader.items(f"spaces/{reader.space_id}/centroids")

    assert [(each["id"], each["seq"], "vector" in each) for each in found] == [(a, 7, False)]
    assert len(reader.items(f"subspaces/{a}/drift")) == 7


def test_a_foreign_space_and_subspace_are_not_found_whatever_is_asked(web: Web) -> None:
    reader = reader_of(web)
    space, part = f"/v1/spaces/{reader.space_id}", f"/v1/subspaces/{reader.subspace()}"
    noor = web.new_key("captures:read", "captures:write", owner=NOOR)
    seed = {"values": A, "model": MODEL}
    asked: list[tuple[str, str, Json | None]] = [
        *(
            ("GET", f"{space}{rest}", None)
            for rest in ("", "/subspaces", "/captures", "/centroids")
        ),
        ("PUT", space, {"name": "x", **WHY}),
        ("POST", f"{space}/retire", WHY),
        ("POST", "/v1/subspaces", {"space_id": reader.space_id, "name": "x", **WHY}),
        *(("GET", f"{part}{rest}", None) for rest in ("", "/drift")),
        ("PUT", part, {"name": "x", **WHY}),
        ("POST", f"{part}/seed", {"seed": seed, **WHY}),
        ("POST", f"{part}/retire", WHY),
    ]
    for method, path, body in asked:
        sent: Sent = {"key": noor} if body is None else {"key": noor, "json": body, "seq": 1}
        foreign = web.send(method, path, **sent)
        missing = web.send(method, path.replace("id-", "no-"), **sent)
        assert foreign.status_code == 404, (method, path)
        if body is None:
            assert foreign.get_json()["code"] == missing.get_json()["code"]


def test_a_space_without_a_model_has_the_settings_one_or_is_unavailable(web: Web) -> None:
    body = {"name": "reading", **WHY}

    assert problem(web.post("/v1/spaces", json=body)) == (503, "CONFIG_UNAVAILABLE")
    for key, value in (("embedding_model", '"model-1"'), ("embedding_dimension", "3")):
        saved(web.put(f"/v1/settings/{key}", json={"value": value, **WHY}, seq=0), 200)
    born = saved(web.post("/v1/spaces", json=body), 201)["space"]
    assert (born["model"], born["dimension"]) == ("model-1", 3)


def test_an_algorithm_is_registered_activated_and_replaced(web: Web) -> None:
    for number, formulas in ((1, SPHERICAL), (2, ANNEALED)):
        body = {"algorithm_id": f"oscl-{number}", "formulas": formulas, **WHY}
        answer = web.post("/v1/algorithms", json=body)
        assert answer.headers["Location"] == f"/v1/algorithms/oscl-{number}"
        assert saved(answer, 201)["algorithm"]["status"] == "REGISTERED"
        activated = web.post(f"/v1/algorithms/oscl-{number}/activate", json=WHY, seq=1)
        assert saved(activated, 200)["algorithm"]["status"] == "ACTIVE"
    listed = saved(web.get("/v1/algorithms"), 200)["items"]

    assert [each["algorithm"]["status"] for each in listed] == ["REPLACED", "ACTIVE"]
    assert web.get("/v1/algorithms/oscl-1").headers["ETag"] == '"3"'
    assert problem(web.post("/v1/algorithms", json=body)) == (409, "ALGORITHM_EXISTS")
    assert problem(web.get("/v1/algorithms/oscl-3")) == (404, "ALGORITHM_NOT_FOUND")
    assert problem(web.post("/v1/algorithms/oscl-1/activate", json=WHY, seq=2)) == (412, "STALE")
    assert problem(web.post("/v1/algorithms", json=body | {"formulas": "margin = exec(1)"})) == (
        422,
        "FORMULA_INVALID",
    )


def test_a_setting_is_chosen_for_nothing_and_changed_for_what_was_seen(web: Web) -> None:
    place = "/v1/settings/assignment_margin_threshold"
    first = web.put(place, json={"value": "0.1", **WHY}, seq=0)
    second = web.put(place, json={"value": "0.2", **WHY}, seq=1)

    assert (first.headers["ETag"], second.headers["ETag"]) == ('"1"', '"2"')
    assert [
        (each["setting"]["value"], each["seq"])
        for each in web.get("/v1/settings").get_json()["items"]
    ] == [("0.2", 2)]
    for seq in (0, 1):
        assert problem(web.put(place, json={"value": "0.3", **WHY}, seq=seq)) == (412, "STALE")
    assert problem(web.put(place, json={"value": "0.3", **WHY})) == (428, "IF_MATCH_MISSING")
    assert problem(web.put(place, json={"value": '"0.3"', **WHY}, seq=2)) == (
        422,
        "SETTING_INVALID",
    )
    assert problem(web.put("/v1/settings/colour", json={"value": "1", **WHY}, seq=0)) == (
        404,
        "SETTING_NOT_FOUND",
    )


def test_only_what_may_never_have_been_there_is_changed_for_nothing(web: Web) -> None:
    reader = reader_of(web)

    answer = web.put(f"/v1/spaces/{reader.space_id}", json={"name": "x", **WHY}, seq=0)
    assert problem(answer) == (400, "INVALID_IF_MATCH")


def test_commands_on_spaces_are_counted_by_their_lifecycles() -> None:
    web = Web(memory())
    reader = reader_of(web)
    reader.subspace()
    found = counted(web)

    for name in ("space", "subspace"):
        assert found[f'indelible_transitions_total{{action="create",lifecycle="{name}"}}'] == 1


def test_a_threshold_holds_for_the_next_capture() -> None:
    reader = reading()
    worked(reader)
    place = "/v1/settings/assignment_margin_threshold"
    saved(reader.web.put(place, json={"value": "0.5", **WHY}, seq=0), 200)

    assert reader.captured(X1)["decision"] == "AMBIGUOUS"


class Broken:
    """Settings that can be read, until they cannot."""

    def __init__(self) -> None:
        self.error: Exception | None = None

    def fetch(self) -> dict[str, str]:
        if self.error:
            raise self.error
        return {"assignment_margin_threshold": "0.1"}


def test_a_process_without_its_settings_is_ready_and_says_what_it_lacks() -> None:
    store, settings = memory(), Broken()
    store.config.fetch = settings.fetch
    activate_algorithm_for(store)
    web = Web(store, config=store.config)
    assert web.get("/health/ready", key=None).get_json() == {"status": "ready"}
    young = counted(web)
    settings.error = OSError("gone")
    store.config.invalidate()
    answer = web.get("/health/ready", key=None)
    reader = reader_of(web)
    worked(reader)
    reader.captured()
    old = counted(web)

    assert (answer.status_code, answer.get_json()) == (
        200,
        {"status": "ready", "degraded": ["settings"]},
    )
    assert not [name for name in young if "fallback_total" in name]
    assert young["indelible_config_age_seconds"] >= 0
    stale = 'indelible_config_fallback_total{key="assignment_margin_threshold",reason="stale"}'
    assert old[stale] >= 1


def test_settings_that_were_never_read_have_no_age() -> None:
    store, settings = memory(), Broken()
    settings.error = OSError("gone")
    store.config.fetch = settings.fetch
    found = counted(Web(store, config=store.config))

    assert not [name for name in found if "config_age" in name]


@pytest.mark.parametrize("name", ["config", "embedder"])
def test_a_host_may_wire_neither(web: Web, name: str) -> None:
    assert name not in web.get("/metrics", key=None).text
