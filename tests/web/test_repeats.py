"""A request that is sent again under the same name has no second effect."""

import pytest
from tests.web.harness import SCOPES, Web, body_of, concept_url, problem

from indelible.testing.stores import CLEARER, NOOR, RATIO

BIRTH = {"content": body_of(RATIO), "reason": "a first draft"}


@pytest.mark.slow
def test_a_repeated_create_edit_or_step_has_one_effect_and_the_same_answer(web: Web) -> None:
    first, again = (web.post("/v1/concepts", json=BIRTH, once="line-7") for _ in range(2))

    assert again.status_code == 201
    assert again.get_json() == first.get_json()
    assert (again.headers["ETag"], again.headers["Location"]) == (
        first.headers["ETag"],
        first.headers["Location"],
    )
    assert len(web.get("/v1/concepts").get_json()["items"]) == 1

    path, edit = (
        concept_url(web.create()),
        {"content": body_of(CLEARER), "change_note": "says it more plainly"},
    )
    edits = [web.put(path, json=edit, seq=1, once="edit-1").get_json() for _ in range(2)]
    step = {"status": "REVIEW", "reason": "ready for review"}
    steps = [
        web.post(f"{path}/status", json=step, seq=2, once="step-1").get_json() for _ in range(2)
    ]

    assert edits[0] == edits[1]
    assert steps[0] == steps[1]
    assert web.get(path).get_json()["seq"] == 3


def test_an_idempotency_key_is_of_its_owner_and_of_one_request(web: Web) -> None:
    for other in [
        BIRTH | {"reason": "another reason"},
        BIRTH | {"content": body_of(CLEARER)},
        BIRTH | {"change_note": "another note"},
    ]:
        web.post("/v1/concepts", json=BIRTH, once="line-7")

        assert problem(web.post("/v1/concepts", json=other, once="line-7")) == (
            409,
            "IDEMPOTENCY_KEY_CONFLICT",
        )

    first = web.post("/v1/concepts", json=BIRTH, once="line-7").get_json()
    other = web.post(
        "/v1/concepts", json=BIRTH, once="line-7", key=web.new_key(*SCOPES, owner=NOOR)
    ).get_json()

    assert first["concept"]["id"] != other["concept"]["id"]

    saved = web.create()
    body = {"content": body_of(CLEARER), "change_note": "says it more plainly"}

    assert problem(web.put(concept_url(saved), json=body, seq=7, once="edit-1")) == (412, "STALE")
    assert web.put(concept_url(saved), json=body, seq=1, once="edit-1").status_code == 200
