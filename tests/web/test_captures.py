"""Test captures over HTTP: their results, their idempotency keys and their refusals."""

import json
from functools import partial

import pytest
from attrs import evolve
from tests.web.harness import Json, Web, problem, saved
from tests.web.reader import (
    URL,
    Reader,
    create_example_subspaces,
    reader_of,
    reader_over,
)

from indelible.kernel import Actor
from indelible.testing.captures.scenarios import X1, X2, is_close
from indelible.testing.stores import NOOR

pytestmark = pytest.mark.slow

RESULT_FIELDS = {
    "algorithm_version",
    "artifact_id",
    "decision",
    "engagement_level",
    "ignored",
    "is_new",
    "magnitude",
    "margin",
    "replayed",
    "signal_id",
    "subspace_id",
    "updates_centroid",
    "warnings",
}


@pytest.fixture
def reader(web: Web) -> Reader:
    return reader_over(web)


def capture_keys(reader: Reader) -> list[str]:
    """Return the idempotency keys of the stored captures."""
    return [item["capture_key"] for item in reader.items(f"spaces/{reader.space_id}/captures")]


def test_the_worked_example_has_its_documented_results(reader: Reader) -> None:
    first_id, second_id, _ = create_example_subspaces(reader)

    first = reader.captured(X1)
    second = reader.captured(X2, url="https://example.org/other")
    details = saved(reader.get(f"subspaces/{first_id}"), 200)

    assert set(first) == RESULT_FIELDS
    assert first["decision"] == "UPDATED"
    assert first["subspace_id"] == first_id
    assert first["algorithm_version"] == "oscl-1"
    assert is_close((first["margin"],), (0.120605,))
    assert second["decision"] == "AMBIGUOUS"
    assert second["subspace_id"] == second_id
    assert details["subspace"]["seed"] == [1.0, 0.0, 0.0]
    assert details["centroid"]["seq"] == 1
    assert is_close(details["centroid"]["vector"], (0.999075, 0.030414, 0.030414))


def test_a_new_page_is_201_and_a_known_page_or_a_repeated_key_is_200(reader: Reader) -> None:
    first = reader.capture()
    merged = reader.capture(X2, engagement_level="engaged")

    assert first.status_code == 201
    assert merged.status_code == 200
    result = merged.get_json()
    assert result["is_new"] is False
    assert result["replayed"] is False
    assert result["artifact_id"] == first.get_json()["artifact_id"]
    assert result["engagement_level"] == "engaged"

    reader.post("captures", reader.body(capture_key="mine"), once="k-1")

    assert capture_keys(reader)[0] == "mine"


@pytest.mark.parametrize("has_header", [True, False])
def test_a_repeated_idempotency_key_returns_the_first_result_and_writes_once(
    reader: Reader,
    has_header: bool,  # noqa: FBT001 - pytest passes a parameter by its name
) -> None:
    body = reader.body() if has_header else reader.body(capture_key="k-1")
    options = {"once": "k-1"} if has_header else {}

    first = reader.post("captures", body, **options)
    repeated = reader.post("captures", body, **options)
    changed = reader.post("captures", {**body, "title": "Another"}, **options)

    assert first.status_code == 201
    assert repeated.status_code == 200
    assert repeated.get_json() == {**first.get_json(), "replayed": True}
    assert problem(changed) == (409, "CAPTURE_KEY_REUSED")
    assert capture_keys(reader) == ["k-1"]


def test_a_capture_has_its_caller_its_reason_and_no_other_fields(reader: Reader) -> None:
    body = reader.body(reason="for the course")
    reader.post("captures", body, headers={"X-Request-Id": "trace-7"})
    reader.captured(X2)

    last, first = reader.items(f"spaces/{reader.space_id}/captures")

    assert first["actor"] == "user:maya"
    assert first["reason"] == "for the course"
    assert first["artifact_seq"] == 1
    assert last["reason"] == "captured"
    assert last["artifact_seq"] == 2

    for name in ["user_id", "subspace", "decision", "algorithm_id", "signal_type", "Margin"]:
        answer = reader.capture(X1, **{name: "noor"})

        assert problem(answer) == (422, "INVALID_FIELDS")
        wrong = answer.get_json()["fields"]["wrong"]
        assert list(wrong) == [name]
        assert wrong[name].startswith("Unknown field: expected one of ")
        assert " url" in wrong[name]

    create_example_subspaces(reader)
    computed_fields: Json = {
        "margin": 99,
        "magnitude": "much",
        "signal_magnitude": {"a": []},
        "updates_centroid": False,
    }

    without = reader.captured(url=f"{URL}/1")
    with_fields = reader.captured(X1, url=f"{URL}/2", **computed_fields)

    assert without["warnings"] == []
    assert without["ignored"] == []
    assert with_fields["warnings"] == ["CLIENT_VALUE_IGNORED"]
    assert with_fields["ignored"] == list(computed_fields)
    assert with_fields["magnitude"] == without["magnitude"]
    assert with_fields["updates_centroid"] is True


def long_embedding(path: str, length: int) -> bytes:
    """Return a body with this many zeros in its embedding."""
    url = b'"url": "https://a.b", ' if "captures" in path else b""
    embedding = b'"embedding": [' + b"0," * (length - 1) + b'0], "embedding_model": "m"'
    body = b'{"space_id": "x", ' + url + embedding + b"}"
    if path == "captures/batch":
        return b'{"items": [' + body + b"]}"
    return body


def refusal(web: Web, path: str, body: bytes) -> tuple[int, str]:
    """Send the body and return the status and the code of its refusal, or of its only item's."""
    answer = web.post(f"/v1/{path}", data=body)
    items = answer.get_json().get("items")
    if items:
        return items[0]["status"], items[0]["problem"]["code"]
    return problem(answer)


def test_a_long_embedding_is_refused(reader: Reader) -> None:
    for path in ["captures", "search", "margins/preview", "captures/batch"]:
        refuse = partial(refusal, reader.web, path)

        assert refuse(long_embedding(path, 400_000)) == (422, "LIST_TOO_LONG")
        assert refuse(long_embedding(path, 1_000_000)) == (413, "BODY_TOO_LARGE")


def test_without_an_active_algorithm_a_capture_is_unavailable(web: Web) -> None:
    answer = reader_of(web).capture()

    assert problem(answer) == (503, "NO_ACTIVE_ALGORITHM")
    assert json.loads(answer.text)["fields"] == {}


def test_each_user_sees_only_their_own_spaces_and_others_have_none(reader: Reader) -> None:
    key = reader.web.new_key("captures:read", "captures:write", owner=NOOR)
    noor = reader_of(reader.web, key)

    for user in (reader, noor):
        assert [item["space"]["id"] for item in user.items("spaces")] == [user.space_id]

    for owner in [Actor.system("maya"), Actor.parse("key:maya")]:
        robot = evolve(reader, key=reader.web.new_key("admin", owner=owner))

        for answer in (
            robot.get("spaces"),
            robot.get(f"spaces/{reader.space_id}"),
            robot.capture(),
            robot.post("captures/batch", {"items": [reader.body()]}),
        ):
            assert problem(answer) == (403, "NOT_A_USER")
        assert robot.get("algorithms").status_code == 200
