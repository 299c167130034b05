"""Test batches of captures over HTTP: every capture of a batch has an outcome of its own."""

import pytest
from tests.web.harness import Json, Web, problem, saved
from tests.web.reader import URL, Reader, new_reader, reader_over

pytestmark = pytest.mark.slow

CANARY = "a secret in the message of an error"
# (fields of a capture, or an item that is no capture; its status; its error code)
INVALID_ITEMS: list[tuple[Json | str | None, int, str]] = [
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


@pytest.fixture
def reader(web: Web) -> Reader:
    return reader_over(web)


def test_every_capture_of_a_batch_has_its_own_outcome(reader: Reader) -> None:
    reader.captured(capture_key="k-1")
    items: list[object] = []
    for number, (invalid, _, _) in enumerate(INVALID_ITEMS):
        items.append(reader.body(url=f"{URL}/{number}"))
        items.append({**reader.body(), **invalid} if isinstance(invalid, dict) else invalid)
    items.append(items[0])

    outcomes = reader.batch(*items)

    *pairs, repeated = outcomes
    assert repeated["status"] == 200
    for created in pairs[0::2]:
        assert created["status"] == 201
        assert created["result"]["is_new"] is True
        assert created["problem"] is None
    for refused, (_, status, code) in zip(pairs[1::2], INVALID_ITEMS, strict=True):
        assert refused["status"] == status
        assert refused["problem"]["code"] == code
        assert refused["result"] is None
    stored = reader.items(f"spaces/{reader.space_id}/captures")
    assert len(stored) == len(INVALID_ITEMS) + 2


def test_a_repeated_batch_returns_the_first_results(reader: Reader) -> None:
    body = {"items": [reader.body(), reader.body(), reader.body(capture_key="k")]}

    for is_repeated in (False, True):
        answer = reader.post("captures/batch", body, once="batch-1")
        for item in saved(answer, 200)["items"]:
            assert item["result"]["replayed"] is is_repeated

    assert len(reader.items(f"spaces/{reader.space_id}/captures")) == 3

    items: list[object] = []
    for number in range(3):
        items.append(reader.body(url=f"{URL}/{number}", capture_key=f"k-{number}"))

    first = reader.batch(*items)
    repeated = reader.batch(*items)

    assert [item["status"] for item in first] == [201, 201, 201]
    assert [item["status"] for item in repeated] == [200, 200, 200]
    for first_item, repeated_item in zip(first, repeated, strict=True):
        assert repeated_item["result"] == {**first_item["result"], "replayed": True}

    for count, code in [(0, "INVALID_FIELDS"), (101, "LIST_TOO_LONG")]:
        refused = reader.post("captures/batch", {"items": [reader.body()] * count})
        largest = reader.batch(*([reader.body(capture_key="l")] * 100))

        assert problem(refused) == (422, code)
        assert len(largest) == 100


def test_an_unexpected_error_fails_only_its_own_capture_of_a_batch(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    reader = new_reader()
    run = type(reader.web.store).run

    def run_or_fail(store: object, handler: object, command: object, **named: object) -> object:
        if getattr(command, "title", None) == "break":
            raise ZeroDivisionError(CANARY)
        return run(store, handler, command, **named)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(type(reader.web.store), "run", run_or_fail)
    items = reader.batch(reader.body(), reader.body(title="break"), reader.body(url=f"{URL}/2"))

    assert [item["status"] for item in items] == [201, 500, 201]
    assert items[1]["problem"]["code"] == "INTERNAL_ERROR"
    assert "ZeroDivisionError" in caplog.text
    assert CANARY not in caplog.text
