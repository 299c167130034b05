"""Captures over HTTP: what is kept, by which key, and what is answered."""

import json
from collections.abc import Generator
from functools import partial

import pytest
from attrs import evolve
from tests.costs import processor_seconds
from tests.web.harness import KEYS, Json, Web, problem, saved
from tests.web.reader import URL, Reader, fitted, reader_of, reading, worked
from tests.web.test_system import counted

from indelible.kernel import Actor
from indelible.policy import Policy
from indelible.testing.captures.scenarios import MODEL, X1, X2, A, is_close
from indelible.testing.stores import NOOR, CountedIds, TickingClock
from indelible_service.embedded import PostgresServer
from indelible_sql import open_store

pytestmark = pytest.mark.slow

CANARY = "what nobody may read"
RESULT = {
    *(
        "artifact_id",
        "signal_id",
        "is_new",
        "replayed",
        "subspace_id",
        "margin",
        "decision",
        "engagement_level",
    ),
    *("algorithm_version", "warnings", "magnitude", "updates_centroid", "ignored"),
}


@pytest.fixture
def reader() -> Reader:
    return reading()


def test_the_worked_example_comes_out_over_http(reader: Reader) -> None:
    a, b, _ = worked(reader)
    first, second = reader.captured(X1), reader.captured(X2, url="https://example.org/other")
    shown = saved(reader.get(f"subspaces/{a}"), 200)

    assert set(first) == RESULT
    assert (first["decision"], first["subspace_id"], first["algorithm_version"]) == (
        "UPDATED",
        a,
        "oscl-1",
    )
    assert (second["decision"], second["subspace_id"]) == ("AMBIGUOUS", b)
    assert is_close((first["margin"],), (0.120605,))
    assert is_close(shown["centroid"]["vector"], (0.999075, 0.030414, 0.030414))
    assert (shown["centroid"]["seq"], shown["subspace"]["seed"]) == (1, [1.0, 0.0, 0.0])


def test_a_new_page_is_201_and_a_page_that_was_met_before_is_200(reader: Reader) -> None:
    first, merged = reader.capture(), reader.capture(X2, engagement_level="engaged")

    assert (first.status_code, merged.status_code) == (201, 200)
    assert (merged.get_json()["is_new"], merged.get_json()["replayed"]) == (False, False)
    assert merged.get_json()["artifact_id"] == first.get_json()["artifact_id"]
    assert merged.get_json()["engagement_level"] == "engaged"


@pytest.mark.parametrize("by_header", [True, False])
def test_the_same_key_again_is_the_first_answer_and_one_write(
    reader: Reader,
    by_header: bool,  # noqa: FBT001 - pytest passes a parameter by its name
) -> None:
    body = reader.body() if by_header else reader.body(capture_key="k-1")
    sent = {"once": "k-1"} if by_header else {}
    first, again = (reader.post("captures", body, **sent) for _ in range(2))
    other = reader.post("captures", body | {"title": "Another"}, **sent)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.get_json() == first.get_json() | {"replayed": True}
    assert problem(other) == (409, "CAPTURE_KEY_REUSED")
    assert [each["capture_key"] for each in reader.items(f"spaces/{reader.space_id}/captures")] == [
        "k-1"
    ]


def test_the_body_s_own_key_stands_before_the_header_s(reader: Reader) -> None:
    reader.post("captures", reader.body(capture_key="mine"), once="k-1")

    assert [each["capture_key"] for each in reader.items(f"spaces/{reader.space_id}/captures")] == [
        "mine"
    ]


def test_a_replayed_capture_is_a_command_and_no_change(reader: Reader) -> None:
    for _ in range(3):
        reader.captured(capture_key="k-1")
    found = counted(reader.web)

    assert found['indelible_commands_total{action="capture",code="OK",lifecycle="artifact"}'] == 3
    assert found['indelible_transitions_total{action="capture",lifecycle="artifact"}'] == 1


def test_what_only_the_store_computes_is_ignored_and_the_answer_says_so(reader: Reader) -> None:
    worked(reader)
    sent: Json = {
        "margin": 99,
        "magnitude": "much",
        "signal_magnitude": {"a": []},
        "updates_centroid": False,
    }
    plain, loud = reader.captured(url=f"{URL}/1"), reader.captured(X1, url=f"{URL}/2", **sent)

    assert plain["warnings"] == plain["ignored"] == []
    assert (loud["warnings"], loud["ignored"]) == (["CLIENT_VALUE_IGNORED"], list(sent))
    assert (loud["magnitude"], loud["updates_centroid"]) == (plain["magnitude"], True)


@pytest.mark.parametrize(
    "name", ["user_id", "subspace", "decision", "algorithm_id", "signal_type", "Margin"]
)
def test_any_other_field_is_refused(reader: Reader, name: str) -> None:
    answer = reader.capture(X1, **{name: "noor"})

    assert problem(answer) == (422, "INVALID_FIELDS")
    assert answer.get_json()["fields"]["wrong"] == {name: "Unknown field."}


def test_a_capture_is_the_caller_s_own_with_its_reason_and_its_request(reader: Reader) -> None:
    reader.post(
        "captures", reader.body(reason="for the course"), headers={"X-Request-Id": "trace-7"}
    )
    reader.captured(X2)
    last, first = reader.items(f"spaces/{reader.space_id}/captures")

    assert (first["actor"], first["reason"]) == ("user:maya", "for the course")
    assert (last["reason"], first["artifact_seq"], last["artifact_seq"]) == ("captured", 1, 2)


def test_an_artifact_is_listed_without_its_vector_and_shown_with_it(reader: Reader) -> None:
    found = reader.captured(
        A, title="Ratio", content="one to two", reading_depth=1, session_id="s-1"
    )
    shown = saved(reader.get(f"artifacts/{found['artifact_id']}"), 200)
    (listed,) = reader.items(f"artifacts?space_id={reader.space_id}")
    (signal,) = reader.items(f"artifacts/{found['artifact_id']}/signals")

    assert (shown["vector"], shown["content"], shown["title"]) == (
        [1.0, 0.0, 0.0],
        "one to two",
        "Ratio",
    )
    assert listed == {
        name: each for name, each in shown.items() if name not in {"vector", "content"}
    }
    assert (signal["id"], signal["reading_depth"], signal["session_id"]) == (
        found["signal_id"],
        1.0,
        "s-1",
    )
    assert not {"vector", "content", "user_id", "fingerprint"} & {*signal, *listed}


def test_an_artifact_s_etag_counts_its_captures(reader: Reader) -> None:
    place = f"/v1/artifacts/{reader.captured()['artifact_id']}"
    tag = reader.web.get(place).headers["ETag"]

    assert (tag, reader.web.get(place, headers={"If-None-Match": tag}).status_code) == ('"1"', 304)
    reader.captured(X2)
    assert reader.web.get(place, headers={"If-None-Match": tag}).headers["ETag"] == '"2"'


def test_lists_come_page_by_page(reader: Reader) -> None:
    part = reader.subspace(A)
    artifacts = {reader.captured(A, url=f"{URL}/{number}")["artifact_id"] for number in range(3)}
    for number in range(2):
        reader.captured(A, url=f"{URL}/0", title=str(number))
    first = next(
        each for each in sorted(artifacts) if reader.get(f"artifacts/{each}").get_json()["seq"] == 3
    )
    lists = (
        (f"artifacts?space_id={reader.space_id}", "id", 3),
        (f"artifacts/{first}/signals?", "artifact_seq", 3),
        (f"subspaces/{part}/drift?", "applied_seq", 5),
    )
    for path, name, number in lists:
        page = saved(reader.get(f"{path}&limit=2"), 200)
        found = [each[name] for each in page["items"]]
        while page["next"]:
            page = saved(reader.get(f"{path}&limit=2&cursor={page['next']}"), 200)
            found += [each[name] for each in page["items"]]
        assert found == sorted(set(found), key=str)
        assert len(found) == number


def test_search_gives_the_nearest_by_an_embedding(reader: Reader) -> None:
    near, far = reader.captured(A), reader.captured((0, 0, 1), url=f"{URL}/far")
    asked = {"space_id": reader.space_id, "embedding": [0.9, 0.1, 0], "embedding_model": MODEL}
    found = saved(reader.post("search", asked), 200)["items"]
    one = saved(reader.post("search", asked | {"limit": 1}), 200)["items"]

    assert [each["artifact"]["id"] for each in found] == [near["artifact_id"], far["artifact_id"]]
    assert found[0]["distance"] < found[1]["distance"] == 1.0
    assert one == found[:1]
    for limit in (0, 101, 2**70):
        assert problem(reader.post("search", asked | {"limit": limit})) == (
            422,
            "NUMBER_OUT_OF_RANGE",
        )


def test_a_preview_says_what_a_capture_then_does_and_keeps_nothing(reader: Reader) -> None:
    worked(reader)
    asked = {"space_id": reader.space_id, "embedding": X1, "embedding_model": MODEL}
    preview = saved(reader.post("margins/preview", asked), 200)
    assert reader.items(f"spaces/{reader.space_id}/captures") == []
    result = reader.captured(X1)

    assert (preview["decision"], preview["margin"]) == (result["decision"], result["margin"])
    assert preview["nearest_subspace_id"] == result["subspace_id"]


@pytest.mark.parametrize("path", ["margins/preview", "search"])
def test_what_is_asked_for_fits_the_space(reader: Reader, path: str) -> None:
    def asked(**said: object) -> tuple[int, str]:
        return problem(
            reader.post(path, {"space_id": reader.space_id, "embedding_model": MODEL, **said})
        )

    assert asked(embedding=[1, 0]) == (422, "EMBEDDING_OF_OTHER_MODEL")
    assert asked(embedding=X1, embedding_model="model-2") == (422, "EMBEDDING_OF_OTHER_MODEL")
    assert asked(embedding=X1, embedding_model=None) == (422, "EMBEDDING_MISSING")
    assert asked(embedding=X1, space_id="nowhere") == (404, "SPACE_NOT_FOUND")
    assert asked(embedding=X1, reason="why") == (422, "INVALID_FIELDS")


def test_nothing_of_another_user_is_found(reader: Reader) -> None:
    artifact, part = reader.captured()["artifact_id"], reader.subspace()
    noor = evolve(reader, key=reader.web.new_key("captures:read", "captures:write", owner=NOOR))
    asked = {"embedding": X1, "embedding_model": MODEL}

    for path in (f"spaces/{reader.space_id}/captures", f"artifacts?space_id={reader.space_id}"):
        assert problem(noor.get(path)) == (404, "SPACE_NOT_FOUND")
    for path in (f"artifacts/{artifact}", f"artifacts/{artifact}/signals"):
        assert problem(noor.get(path)) == (404, "ARTIFACT_NOT_FOUND")
    assert problem(noor.get(f"subspaces/{part}/drift")) == (404, "SUBSPACE_NOT_FOUND")
    assert problem(noor.capture()) == (404, "SPACE_NOT_FOUND")
    for path in ("margins/preview", "search"):
        assert problem(noor.post(path, {"space_id": reader.space_id, **asked})) == (
            404,
            "SPACE_NOT_FOUND",
        )
    assert [each["problem"]["code"] for each in noor.batch(reader.body())] == ["SPACE_NOT_FOUND"]
    assert "maya" not in noor.get("spaces").text


@pytest.mark.parametrize("owner", [Actor.system("maya"), Actor.parse("key:maya")])
def test_a_key_that_stands_for_no_user_has_no_spaces(reader: Reader, owner: Actor) -> None:
    robot = evolve(reader, key=reader.web.new_key("admin", owner=owner))

    assert problem(robot.get("spaces")) == (403, "NOT_A_USER")
    assert problem(robot.get(f"spaces/{reader.space_id}")) == (403, "NOT_A_USER")
    assert problem(robot.capture()) == (403, "NOT_A_USER")
    assert problem(robot.post("captures/batch", {"items": [reader.body()]})) == (403, "NOT_A_USER")
    assert robot.get("algorithms").status_code == 200


BAD: list[tuple[Json | str | None, int, str]] = [
    ({"reading_depth": "deep"}, 422, "INVALID_FIELDS"),
    ({"reading_depth": 1.5000001}, 422, "READING_DEPTH_OUT_OF_RANGE"),
    ({"space_id": "nowhere"}, 404, "SPACE_NOT_FOUND"),
    ({"embedding": [0, 0, 0]}, 422, "EMBEDDING_UNUSABLE"),
    ({"embedding": None}, 422, "EMBEDDING_MISSING"),
    ({"url": "ftp://example.org"}, 422, "URL_UNUSABLE"),
    ({"capture_key": "k-1", "title": "Another"}, 409, "CAPTURE_KEY_REUSED"),
    ({"reason": " "}, 422, "TEXT_BLANK"),
    ({"colour": "red"}, 422, "INVALID_FIELDS"),
    ("no object", 422, "INVALID_FIELDS"),
    (None, 422, "INVALID_FIELDS"),
]


def test_each_capture_of_a_batch_has_its_own_outcome(reader: Reader) -> None:
    good = [reader.body(url=f"{URL}/{number}") for number in range(len(BAD))]
    reader.captured(capture_key="k-1")
    bad = [reader.body() | each if isinstance(each, dict) else each for each, *_ in BAD]
    found = reader.batch(*(each for pair in zip(good, bad, strict=True) for each in pair), good[0])

    assert [(each["status"], each["result"]["is_new"]) for each in found[0:-1:2]] == [
        (201, True)
    ] * len(BAD)
    assert [(each["status"], each["problem"]["code"]) for each in found[1::2]] == [
        tuple(each) for _, *each in BAD
    ]
    assert all((each["result"] is None) != (each["problem"] is None) for each in found)
    assert found[-1]["status"] == 200
    assert len(reader.items(f"spaces/{reader.space_id}/captures")) == len(BAD) + 2


def test_a_batch_sent_again_is_answered_again(reader: Reader) -> None:
    items = [reader.body(url=f"{URL}/{number}", capture_key=f"k-{number}") for number in range(3)]
    first, again = reader.batch(*items), reader.batch(*items)

    assert [each["status"] for each in (*first, *again)] == [201, 201, 201, 200, 200, 200]
    assert [each["result"] | {"replayed": False} for each in again] == [
        each["result"] for each in first
    ]


def test_a_batch_sent_again_under_the_header_s_key_is_answered_again(reader: Reader) -> None:
    sent = {"items": [reader.body(), reader.body(), reader.body(capture_key="k-1")]}
    first, again = (
        saved(reader.post("captures/batch", sent, headers={"Idempotency-Key": "batch-1"}), 200)[
            "items"
        ]
        for _ in range(2)
    )

    assert [each["result"]["replayed"] for each in (*first, *again)] == [False] * 3 + [True] * 3
    assert len(reader.items(f"spaces/{reader.space_id}/captures")) == 3


@pytest.mark.parametrize(
    ("number", "found"), [(0, (422, "INVALID_FIELDS")), (101, (422, "LIST_TOO_LONG"))]
)
def test_a_batch_has_1_to_100_items(reader: Reader, number: int, found: tuple[int, str]) -> None:
    assert problem(reader.post("captures/batch", {"items": [reader.body()] * number})) == found
    assert len(reader.batch(*([reader.body(capture_key="k")] * 100))) == 100


def test_a_defect_in_one_capture_of_a_batch_is_no_other_s_business(
    reader: Reader, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    run = type(reader.web.store).run

    def broken(store: object, handler: object, command: object, **named: object) -> object:
        if getattr(command, "title", None) == "break":
            raise ZeroDivisionError(CANARY)
        return run(store, handler, command, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(type(reader.web.store), "run", broken)
    found = reader.batch(reader.body(), reader.body(title="break"), reader.body(url=f"{URL}/2"))

    assert [each["status"] for each in found] == [201, 500, 201]
    assert found[1]["problem"]["code"] == "INTERNAL_ERROR"
    assert "ZeroDivisionError" in caplog.text
    assert CANARY not in caplog.text


@pytest.mark.parametrize("path", ["captures", "search", "margins/preview", "captures/batch"])
def test_an_endless_embedding_is_refused_for_little_more_than_it_takes_to_read_it(
    reader: Reader, path: str
) -> None:
    def body(numbers: int) -> bytes:
        place = b"" if "captures" not in path else b'"url": "https://a.b", '
        embedding = b'"embedding": [' + b"0," * (numbers - 1) + b'0], "embedding_model": "m"'
        one = b'{"space_id": "x", ' + place + embedding + b"}"
        return b'{"items": [' + one + b"]}" if "batch" in path else one

    def sent(body: bytes) -> tuple[int, str]:
        answer = reader.web.post(f"/v1/{path}", data=body)
        found = answer.get_json()
        return (
            (item["status"], item["problem"]["code"])
            if (item := found.get("items", [None])[0])
            else problem(answer)
        )

    long, longer = body(400_000), body(1_000_000)

    assert sent(long) == (422, "LIST_TOO_LONG")
    assert sent(longer) == (413, "BODY_TOO_LARGE")
    assert processor_seconds(partial(sent, long)) < 20 * processor_seconds(
        partial(json.loads, long)
    )
    assert processor_seconds(partial(sent, longer)) < processor_seconds(partial(json.loads, longer))


def test_an_answer_s_vector_is_the_one_that_was_sent_to_the_last_bit(reader: Reader) -> None:
    sent = [0.1, -1e-30, 3.4e38]
    shown = saved(reader.get(f"artifacts/{reader.captured(sent)['artifact_id']}"), 200)["vector"]
    again = reader.captured(shown, url=f"{URL}/2")

    assert saved(reader.get(f"artifacts/{again['artifact_id']}"), 200)["vector"] == shown
    assert is_close(shown[:2], sent[:2])


def test_a_user_s_readers_share_their_spaces_and_another_user_has_their_own(reader: Reader) -> None:
    noor = reader_of(reader.web, reader.web.new_key("captures:read", "captures:write", owner=NOOR))

    assert [each["space"]["id"] for each in noor.items("spaces")] == [noor.space_id]
    assert [each["space"]["id"] for each in reader.items("spaces")] == [reader.space_id]


def test_without_an_active_algorithm_a_capture_is_unavailable(web: Web) -> None:
    answer = reader_of(web).capture()

    assert problem(answer) == (503, "NO_ACTIVE_ALGORITHM")
    assert json.loads(answer.text)["fields"] == {}


@pytest.fixture(params=["sqlite_url", "database"])
def fitted_web(request: pytest.FixtureRequest) -> Generator[Web]:
    """An application over each real database, which computes captures."""
    found: str | PostgresServer = request.getfixturevalue(request.param)
    url, owner_url = (found, None) if isinstance(found, str) else (found.url, found.owner_url)
    store = open_store(url, policy=Policy(keys=KEYS), clock=TickingClock(), ids=CountedIds())
    yield Web(fitted(store, owner_url))
    store.dispose()


def test_a_real_database_answers_as_memory_does(fitted_web: Web) -> None:
    reader = reader_of(fitted_web)
    a, *_ = worked(reader)
    body = reader.body(X1, capture_key="k-1")
    first, again, other = (
        reader.post("captures", body | more) for more in ({}, {}, {"title": "Another"})
    )
    asked = {"space_id": reader.space_id, "embedding": X1, "embedding_model": MODEL}
    batch = reader.batch(body, reader.body(X2, reading_depth=9), reader.body(X2))

    assert (first.status_code, again.status_code, problem(other)) == (
        201,
        200,
        (409, "CAPTURE_KEY_REUSED"),
    )
    assert again.get_json() == first.get_json() | {"replayed": True}
    assert is_close((first.get_json()["margin"],), (0.120605,))
    assert [each["status"] for each in batch] == [200, 422, 200]
    assert [
        each["artifact"]["seq"] for each in saved(reader.post("search", asked), 200)["items"]
    ] == [2]
    assert saved(reader.post("margins/preview", asked), 200)["nearest_subspace_id"] == a
    assert [each["applied_seq"] for each in reader.items(f"subspaces/{a}/drift")] == [1]
    assert problem(reader.capture((1, 0))) == (422, "EMBEDDING_OF_OTHER_MODEL")
