"""Test the routes of concepts: their answers and their refusals."""

import pytest
from attrs import evolve
from tests.web.harness import Web, body_of, concept_url, memory, problem, saved

from indelible.concepts import ConceptContent, ConceptPolicy
from indelible.testing.stores import CLEARER, MAYA, NOOR, RATIO

NOWHERE = "/v1/concepts/nowhere"
READS = (
    "",
    "/versions",
    "/versions/1",
    "/diff?from=1&to=1",
    "/history",
    "/as-of",
    "/warnings",
    "/graph",
    "/learning-order",
)


def test_a_new_concept_is_a_draft_at_version_1_with_a_location(web: Web) -> None:
    answer = web.post(
        "/v1/concepts", json={"content": {"name": "Ratio"}, "reason": "a first draft"}
    )
    saved = answer.get_json()

    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    assert answer.headers["Location"] == concept_url(saved)
    assert (saved["concept"]["status"], saved["version"]["version_number"], saved["seq"]) == (
        "DRAFT",
        1,
        1,
    )
    assert saved["version"]["created_by"] == "user:maya"
    assert saved["version"]["content"] == body_of(ConceptContent(name="Ratio"))
    assert web.get(answer.headers["Location"]).get_json()["version"] == saved["version"]

    answer = web.post("/v1/concepts", json={"content": {}})

    assert problem(answer) == (422, "INVALID_FIELDS")
    assert set(answer.get_json()["fields"]["wrong"]) == {"content.name", "reason"}
    assert answer.get_json()["detail"] == (
        "Some fields are missing, unknown or invalid: content.name: Missing data for required "
        "field, reason: Missing data for required field."
    )

    saved = web.edit(web.create())
    answer = web.get(concept_url(saved))

    assert (answer.headers["ETag"], answer.get_json()["seq"]) == ('"2"', 2)
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_edit_saves_the_next_version_with_its_note_as_reason(web: Web) -> None:
    concept = web.create()
    body = {"content": body_of(CLEARER), "change_note": "says it more plainly"}
    answer = web.put(concept_url(concept), json=body, seq=1)
    change = web.get(f"{concept_url(concept)}/history").get_json()["items"][-1]

    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert answer.get_json()["version"]["content"] == body_of(CLEARER)
    assert answer.get_json()["version"]["change_note"] == change["reason"] == "says it more plainly"

    concept = web.create(evolve(RATIO, scope_boundaries="Whole numbers only."))
    body = {"content": {"name": "Ratio"}, "change_note": "start over again"}

    content = web.put(concept_url(concept), json=body, seq=1).get_json()["version"]["content"]

    assert content == body_of(ConceptContent(name="Ratio"))

    edited = web.edit(web.create(), evolve(CLEARER, prerequisites=("Division",)))

    assert "EXPL_EMPTY" in {warning["code"] for warning in edited["warnings"]}
    assert {warning["code"] for warning in edited["current_warnings"]} == {"PREREQ_DANGLING"}

    for words, reason, note in [
        ({"reason": "a clearer text"}, "a clearer text", "a clearer text"),
        ({"change_note": "clearer"}, "clearer", "clearer"),
        ({"reason": "asked by Noor", "change_note": "clearer"}, "asked by Noor", "clearer"),
    ]:
        concept = web.create()
        body = {"content": {"name": "Ratio", "definition": "A comparison."}, **words}

        edited = saved(web.put(concept_url(concept), json=body, seq=1), 200)
        [*_, change] = web.get(f"{concept_url(concept)}/history").get_json()["items"]

        assert change["reason"] == reason
        assert edited["version"]["change_note"] == note

    body = {"content": {"name": "Ratio"}}
    answer = web.put(concept_url(web.create()), json=body, seq=1)

    assert problem(answer) == (422, "INVALID_FIELDS")
    assert "reason" in answer.get_json()["fields"]["wrong"]


def test_a_concept_goes_from_draft_to_published_step_by_step(web: Web) -> None:
    saved = web.create()
    seen: list[tuple[int, str, str]] = []
    for status in ("REVIEW", "APPROVED", "PUBLISHED"):
        answer = web.move(saved, status)
        saved = answer.get_json()
        seen.append((answer.status_code, answer.headers["ETag"], saved["concept"]["status"]))

    assert seen == [(200, '"2"', "REVIEW"), (200, '"3"', "APPROVED"), (200, '"4"', "PUBLISHED")]
    assert saved["concept"]["current_version"] == 1

    edited = web.edit(web.at("APPROVED"))
    again = web.move(edited, "APPROVED").get_json()

    assert "APPROVAL_STALE" in {warning["code"] for warning in edited["current_warnings"]}
    assert again["current_warnings"] == []


ILLEGAL: list[tuple[str, str, list[str]]] = [
    ("DRAFT", "DRAFT", ["submit"]),
    ("DRAFT", "APPROVED", ["submit"]),
    ("DRAFT", "PUBLISHED", ["submit"]),
    ("REVIEW", "DRAFT", ["approve"]),
    ("REVIEW", "REVIEW", ["approve"]),
    ("REVIEW", "PUBLISHED", ["approve"]),
    ("APPROVED", "DRAFT", ["approve", "publish"]),
    ("APPROVED", "REVIEW", ["approve", "publish"]),
    ("PUBLISHED", "DRAFT", []),
    ("PUBLISHED", "REVIEW", []),
    ("PUBLISHED", "APPROVED", []),
    ("PUBLISHED", "PUBLISHED", []),
]


def test_a_step_that_is_no_edge_is_refused_with_the_allowed_actions(web: Web) -> None:
    for status, wanted, allowed in ILLEGAL:
        saved = web.at(status)
        answer = web.move(saved, wanted)

        assert problem(answer) == (409, "INVALID_TRANSITION")
        assert answer.get_json()["allowed"] == allowed
        assert web.get(concept_url(saved)).get_json()["seq"] == saved["seq"]

    for status in ["edit", "create", "SUBMIT", "review", ""]:
        assert problem(web.move(web.create(), status)) == (422, "INVALID_FIELDS")

    for status in ["DRAFT", "REVIEW", "APPROVED"]:
        refusal = web.move(web.at(status), "DRAFT")
        allowed = refusal.get_json()["allowed"]
        assert allowed

        for action in allowed:
            moved = web.move(web.at(status), action)
            assert moved.status_code == 200
            [*_, change] = web.get(f"{concept_url(moved.get_json())}/history").get_json()["items"]
            assert change["action"] == action


def test_a_published_concept_is_corrected_by_a_new_one_and_not_edited(web: Web) -> None:
    saved = web.at("PUBLISHED")
    answer = web.put(
        concept_url(saved),
        json={"content": {"name": "Ratio"}, "change_note": "one more try"},
        seq=4,
    )

    assert problem(answer) == (409, "INVALID_TRANSITION")
    assert answer.get_json()["allowed"] == []

    wrong, draft = web.at("PUBLISHED"), web.create()
    body = {"content": {"name": "Ratio"}, "reason": "the definition was wrong"}

    assert (
        web.post("/v1/concepts", json=body | {"corrects": wrong["concept"]["id"]}).status_code
        == 201
    )
    answer = web.post("/v1/concepts", json=body | {"corrects": draft["concept"]["id"]})
    assert problem(answer) == (409, "CORRECTS_UNPUBLISHED")
    assert problem(web.post("/v1/concepts", json=body | {"corrects": "nowhere"})) == (
        404,
        "CONCEPT_NOT_FOUND",
    )


@pytest.mark.slow
def test_with_four_eyes_an_author_cannot_approve_their_own_version() -> None:
    web = Web(memory(concepts=ConceptPolicy(four_eyes=True)))
    saved = web.move(web.create(), "REVIEW").get_json()

    assert problem(web.move(saved, "APPROVED")) == (403, "OWN_WORK")
    assert (
        web.move(saved, "APPROVED", key=web.new_key("concepts:approve", owner=NOOR)).status_code
        == 200
    )


def test_a_change_of_an_older_or_unknown_concept_is_refused(web: Web) -> None:
    saved = web.create()
    web.edit(saved)

    edit = web.put(
        concept_url(saved), json={"content": {"name": "x"}, "change_note": "too late"}, seq=1
    )
    assert (
        problem(edit)
        == problem(web.move(saved, "REVIEW"))
        == problem(web.move(saved, "DRAFT"))
        == (412, "STALE")
    )

    for path in READS:
        assert problem(web.get(NOWHERE + path)) == (404, "CONCEPT_NOT_FOUND")

    body = {"content": {"name": "Ratio"}, "change_note": "nobody will see"}

    assert problem(web.put(NOWHERE, json=body, seq=1)) == (404, "CONCEPT_NOT_FOUND")
    for status in ("REVIEW", "DRAFT"):
        answer = web.post(f"{NOWHERE}/status", json={"status": status, "reason": "a test"}, seq=1)
        assert problem(answer) == (404, "CONCEPT_NOT_FOUND")


def test_versions_are_listed_page_by_page_and_compared_by_word(web: Web) -> None:
    saved = web.create()
    for _ in range(4):
        saved = web.edit(saved)
    first = web.get(f"{concept_url(saved)}/versions?limit=3").get_json()
    rest = web.get(f"{concept_url(saved)}/versions?limit=3&cursor={first['next']}").get_json()

    assert [version["version_number"] for version in first["items"] + rest["items"]] == [
        1,
        2,
        3,
        4,
        5,
    ]
    assert rest["next"] is None
    assert web.get(f"{concept_url(saved)}/versions/2").get_json()["version"] == first["items"][1]
    assert problem(web.get(f"{concept_url(saved)}/versions/6")) == (404, "VERSION_NOT_FOUND")

    saved = web.edit(web.create())

    assert web.get(f"{concept_url(saved)}/versions?limit=2").get_json()["next"] is None

    saved = web.edit(
        web.create(), evolve(RATIO, definition="A comparison of two numbers by division.")
    )
    body = web.get(f"{concept_url(saved)}/diff?from=1&to=2").get_json()
    back = web.get(f"{concept_url(saved)}/diff?from=2&to=1").get_json()

    assert [change["field"] for change in body["diff"]["fields"]] == ["definition"]
    assert {
        (op["old"], op["new"]) for op in body["diff"]["fields"][0]["ops"] if op["kind"] == "~"
    } == {("quantities ", "numbers ")}
    assert back["diff"]["fields"][0]["ops"][1]["new"] == "quantities "
    assert web.get(f"{concept_url(saved)}/diff?from=1&to=1").get_json()["diff"]["fields"] == []
    assert problem(web.get(f"{concept_url(saved)}/diff?from=1&to=3")) == (404, "VERSION_NOT_FOUND")


def test_history_lists_actor_reason_and_time_page_by_page(web: Web) -> None:
    saved = web.at("APPROVED")
    first = web.get(f"{concept_url(saved)}/history?limit=2").get_json()
    rest = web.get(f"{concept_url(saved)}/history?limit=2&cursor={first['next']}").get_json()
    changes = first["items"] + rest["items"]

    assert [change["action"] for change in changes] == ["create", "submit", "approve"]
    assert {(change["actor"], change["reason"]) for change in changes} == {(str(MAYA), "a test")}
    assert [change["prev_hash"] for change in changes[1:]] == [
        change["hash"] for change in changes[:-1]
    ]
    assert rest["next"] is None


def test_a_concept_is_shown_as_of_an_instant_or_a_seq(web: Web) -> None:
    saved = web.move(web.edit(web.create()), "REVIEW").get_json()
    path = f"{concept_url(saved)}/as-of"
    changes = web.get(f"{concept_url(saved)}/history").get_json()["items"]
    edited_at = changes[1]["at"].replace("+", "%2B")

    assert web.get(f"{path}?seq=1").get_json()["version"]["content"] == body_of(RATIO)
    assert web.get(f"{path}?at={edited_at}").get_json()["seq"] == 2
    assert web.get(f"{path}?at={edited_at}&seq=1").get_json()["seq"] == 1
    assert web.get(path).get_json()["concept"] == saved["concept"]
    assert web.get(f"{path}?seq=2").headers["ETag"] == '"2"'
    assert problem(web.get(f"{path}?at=2000-01-01T00:00:00Z")) == (404, "NOTHING_THEN")


def test_current_warnings_have_their_own_route_with_levels(web: Web) -> None:
    saved = web.create(evolve(RATIO, prerequisites=("Division",)))
    before = web.get(f"{concept_url(saved)}/warnings")
    web.create(ConceptContent(name="Division"))
    after = web.get(f"{concept_url(saved)}/warnings").get_json()

    assert {warning["code"] for warning in before.get_json()["current_warnings"]} == {
        "PREREQ_DANGLING"
    }
    assert after["current_warnings"] == []
    assert after["warnings"] == before.get_json()["warnings"] == saved["warnings"]
    assert "ETag" not in before.headers

    saved = web.create(ConceptContent(name="Ratio", definition="A number"))
    levels = "EX_NONE:off,DEF_SHORT:major"
    answer = web.get(f"{concept_url(saved)}/warnings?levels={levels}").get_json()
    everything = web.get(f"{concept_url(saved)}/warnings").get_json()

    severities = {warning["code"]: warning["severity"] for warning in answer["warnings"]}
    assert severities["DEF_SHORT"] == "major"
    assert "EX_NONE" not in severities
    assert len(severities) == len(everything["warnings"]) - 1

    answer = web.get(f"{concept_url(web.create())}/warnings?levels=EX_NONE:loud")

    assert (answer.status_code, answer.get_json()["code"]) == (422, "WARNING_LEVELS_INVALID")


def test_the_graph_and_the_learning_order_follow_the_prerequisites(web: Web) -> None:
    division = web.create(ConceptContent(name="Division", prerequisites=("Numbers", "Sharing")))[
        "concept"
    ]["id"]
    numbers = web.create(ConceptContent(name="Numbers"))["concept"]["id"]
    ratio = web.create(evolve(RATIO, prerequisites=("Division",)))["concept"]["id"]
    web.create(ConceptContent(name="Poetry"))
    graph = web.get(f"/v1/concepts/{ratio}/graph").get_json()
    order = web.get(f"/v1/concepts/{ratio}/learning-order").get_json()

    assert [node["name"] for node in graph["nodes"]] == ["Division", "Numbers", "Ratio"]
    assert {(edge["concept_id"], edge["needed_id"]) for edge in graph["edges"]} == {
        (ratio, division),
        (division, numbers),
    }
    assert graph["unresolved"] == [{"concept_id": division, "text": "Sharing", "matches": []}]
    assert order["layers"] == [[numbers], [division], [ratio]]
    assert len(web.get("/v1/graph/prerequisites").get_json()["nodes"]) == 4
    assert len(web.get("/v1/learning-order").get_json()["layers"][0]) == 2


def test_concepts_are_found_and_listed_page_by_page(web: Web) -> None:
    names = [
        web.create(ConceptContent(name=f"Concept {number}"))["version"]["content"]["name"]
        for number in range(5)
    ]
    first = web.get("/v1/concepts?limit=2").get_json()
    second = web.get(f"/v1/concepts?limit=2&cursor={first['next']}").get_json()
    third = web.get(f"/v1/concepts?limit=50&cursor={second['next']}").get_json()

    items = first["items"] + second["items"] + third["items"]
    assert [item["name"] for item in items] == names
    assert third["next"] is None

    web.create()
    web.create(ConceptContent(name="Fraction", definition="A part of a whole."))
    web.at("REVIEW", ConceptContent(name="Fractions, compared"))

    expected = {
        "text=FRACTION": ["Fraction", "Fractions, compared"],
        "text=whole": ["Fraction"],
        "text=fraction&status=REVIEW": ["Fractions, compared"],
        "status=PUBLISHED": [],
    }
    for query, found in expected.items():
        items = web.get(f"/v1/concepts?{query}").get_json()["items"]
        assert [item["name"] for item in items] == found, query


def test_concepts_are_listed_newest_first(web: Web) -> None:
    ids = [web.create()["concept"]["id"] for _ in range(3)]

    listed: list[str] = []
    cursor = ""
    for _ in range(2):
        page = web.get(f"/v1/concepts?order=newest&limit=2{cursor}").get_json()
        listed += [item["concept"]["id"] for item in page["items"]]
        cursor = f"&cursor={page['next']}"
    first_page = web.get("/v1/concepts?order=newest&limit=2").get_json()
    mixed = web.get(f"/v1/concepts?order=oldest&cursor={first_page['next']}")

    assert listed == ids[::-1]
    assert problem(mixed) == (400, "INVALID_CURSOR")
    assert web.get("/v1/concepts?order=upwards").status_code == 422
