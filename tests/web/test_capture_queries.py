"""Test queries of captures over HTTP: artifacts, lists, search and previews."""

import pytest
from attrs import evolve
from tests.web.harness import Json, Web, problem, saved
from tests.web.reader import URL, Reader, create_example_subspaces, reader_over

from indelible.testing.captures.scenarios import MODEL, X1, X2, A, is_close
from indelible.testing.stores import NOOR

pytestmark = pytest.mark.slow


WRONG_QUERIES: list[tuple[Json, int, str]] = [
    ({"embedding": [1, 0]}, 422, "EMBEDDING_OF_OTHER_MODEL"),
    ({"embedding_model": "model-2"}, 422, "EMBEDDING_OF_OTHER_MODEL"),
    ({"embedding_model": None}, 422, "EMBEDDING_MISSING"),
    ({"space_id": "nowhere"}, 404, "SPACE_NOT_FOUND"),
    ({"reason": "why"}, 422, "INVALID_FIELDS"),
]


@pytest.fixture
def reader(web: Web) -> Reader:
    return reader_over(web)


def query(reader: Reader, **fields: object) -> Json:
    """Return the body of a search or of a preview."""
    body: Json = {"space_id": reader.space_id, "embedding": X1, "embedding_model": MODEL}
    return {**body, **fields}


def test_an_artifact_is_listed_without_its_vector_and_its_content(reader: Reader) -> None:
    result = reader.captured(
        A, title="Ratio", content="one to two", reading_depth=1, session_id="s-1"
    )
    path = f"artifacts/{result['artifact_id']}"

    artifact = saved(reader.get(path), 200)
    [listed] = reader.items(f"artifacts?space_id={reader.space_id}")
    [signal] = reader.items(f"{path}/signals")

    assert artifact["vector"] == [1.0, 0.0, 0.0]
    assert artifact["content"] == "one to two"
    assert artifact["title"] == "Ratio"
    assert {**artifact, **listed} == artifact
    assert set(artifact) - set(listed) == {"vector", "content"}
    assert signal["id"] == result["signal_id"]
    assert signal["reading_depth"] == 1.0
    assert signal["session_id"] == "s-1"
    private_fields = {"vector", "content", "user_id", "fingerprint"}
    assert private_fields.isdisjoint(signal)
    assert private_fields.isdisjoint(listed)

    path = f"/v1/artifacts/{reader.captured(url=f'{URL}/1')['artifact_id']}"

    first_tag = reader.web.get(path).headers["ETag"]
    unchanged = reader.web.get(path, headers={"If-None-Match": first_tag})
    reader.captured(X2, url=f"{URL}/1")
    changed = reader.web.get(path, headers={"If-None-Match": first_tag})

    assert first_tag == '"1"'
    assert unchanged.status_code == 304
    assert changed.headers["ETag"] == '"2"'

    embedding = [0.1, -1e-30, 3.4e38]

    first = reader.captured(embedding, url=f"{URL}/3")
    vector = saved(reader.get(f"artifacts/{first['artifact_id']}"), 200)["vector"]
    second = reader.captured(vector, url=f"{URL}/2")

    assert saved(reader.get(f"artifacts/{second['artifact_id']}"), 200)["vector"] == vector
    assert is_close(vector[:2], embedding[:2])


def read_pages(reader: Reader, path: str) -> list[Json]:
    """Return all items of a list, read in pages of two."""
    items: list[Json] = []
    cursor = ""
    while True:
        page = saved(reader.get(f"{path}limit=2{cursor}"), 200)
        assert len(page["items"]) <= 2
        items += page["items"]
        if not page["next"]:
            return items
        cursor = f"&cursor={page['next']}"


def test_lists_are_paged_in_a_stable_order(reader: Reader) -> None:
    subspace_id = reader.subspace(A)
    for number in range(3):
        reader.captured(A, url=f"{URL}/{number}")
    reader.captured(A, url=f"{URL}/0", title="0")
    artifact_id = reader.captured(A, url=f"{URL}/0", title="1")["artifact_id"]

    artifacts = read_pages(reader, f"artifacts?space_id={reader.space_id}&")
    signals = read_pages(reader, f"artifacts/{artifact_id}/signals?")
    drift = read_pages(reader, f"subspaces/{subspace_id}/drift?")

    artifact_ids = [item["id"] for item in artifacts]
    assert len(set(artifact_ids)) == 3
    assert artifact_ids == sorted(artifact_ids)
    assert [item["artifact_seq"] for item in signals] == [1, 2, 3]
    assert [item["applied_seq"] for item in drift] == [1, 2, 3, 4, 5]


def test_a_search_returns_the_nearest_artifacts_first(reader: Reader) -> None:
    near = reader.captured(A)
    far = reader.captured((0, 0, 1), url=f"{URL}/far")
    body = query(reader, embedding=[0.9, 0.1, 0])

    both = saved(reader.post("search", body), 200)["items"]
    nearest = saved(reader.post("search", {**body, "limit": 1}), 200)["items"]

    ids = [item["artifact"]["id"] for item in both]
    assert ids == [near["artifact_id"], far["artifact_id"]]
    assert both[0]["distance"] < 1.0
    assert both[1]["distance"] == 1.0
    assert nearest == both[:1]


def test_a_preview_predicts_the_decision_of_a_capture_and_stores_nothing(reader: Reader) -> None:
    create_example_subspaces(reader)

    preview = saved(reader.post("margins/preview", query(reader)), 200)
    assert reader.items(f"spaces/{reader.space_id}/captures") == []

    result = reader.captured(X1)
    assert preview["decision"] == result["decision"]
    assert preview["margin"] == result["margin"]
    assert preview["nearest_subspace_id"] == result["subspace_id"]


def test_a_query_must_fit_its_space_and_has_1_to_100_results(reader: Reader) -> None:
    for path in ["margins/preview", "search"]:
        for fields, status, code in WRONG_QUERIES:
            answer = reader.post(path, query(reader, **fields))
            assert problem(answer) == (status, code), (path, fields)

    for limit in [0, 101, 2**70]:
        answer = reader.post("search", query(reader, limit=limit))

        assert problem(answer) == (422, "NUMBER_OUT_OF_RANGE")


def test_nothing_of_another_user_is_found(reader: Reader) -> None:
    space_id = reader.space_id
    artifact_id = reader.captured()["artifact_id"]
    subspace_id = reader.subspace()
    key = reader.web.new_key("captures:read", "captures:write", owner=NOOR)
    noor = evolve(reader, key=key)

    for answer in (
        noor.get(f"spaces/{space_id}/captures"),
        noor.get(f"artifacts?space_id={space_id}"),
        noor.capture(),
        noor.post("margins/preview", query(reader)),
        noor.post("search", query(reader)),
    ):
        assert problem(answer) == (404, "SPACE_NOT_FOUND")
    for path in (f"artifacts/{artifact_id}", f"artifacts/{artifact_id}/signals"):
        assert problem(noor.get(path)) == (404, "ARTIFACT_NOT_FOUND")
    assert problem(noor.get(f"subspaces/{subspace_id}/drift")) == (404, "SUBSPACE_NOT_FOUND")
    [item] = noor.batch(reader.body())
    assert item["problem"]["code"] == "SPACE_NOT_FOUND"
    assert "maya" not in noor.get("spaces").text
