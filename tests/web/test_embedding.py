"""Texts in the place of embeddings: embedded before the transaction, all of a batch at once."""

from collections.abc import Sequence

import pytest
from attrs import evolve
from tests.web.harness import problem, saved
from tests.web.reader import URL, Letters, Reader, reading

from indelible.captures import EmbeddingVector, errors
from indelible.testing.captures.scenarios import A

pytestmark = pytest.mark.slow


@pytest.fixture
def letters() -> Letters:
    return Letters()


@pytest.fixture
def reader(letters: Letters) -> Reader:
    return reading(embedder=letters)


def test_a_capture_s_title_and_content_are_embedded(reader: Reader, letters: Letters) -> None:
    found = saved(reader.capture(None, title="aa", content="b"), 201)
    shown = saved(reader.get(f"artifacts/{found['artifact_id']}"), 200)

    assert letters.asked == [["aa\n\nb"]]
    assert shown["vector"] == [3.0, 2.0, 1.0]


def test_what_brings_its_own_embedding_asks_no_embedder(reader: Reader, letters: Letters) -> None:
    reader.captured(A, title="aa")

    assert letters.asked == []


def test_a_search_and_a_preview_take_a_text(reader: Reader) -> None:
    near = saved(reader.capture(None, title="aaaa"), 201)
    reader.capture(None, title="cccc", url=f"{URL}/c")
    asked = {"space_id": reader.space_id, "text": "aaa"}
    found = saved(reader.post("search", asked), 200)["items"]

    assert found[0]["artifact"]["id"] == near["artifact_id"]
    assert saved(reader.post("margins/preview", asked), 200)["decision"] == "NO_CENTROID"


def test_the_texts_of_a_batch_are_embedded_at_once(reader: Reader, letters: Letters) -> None:
    found = reader.batch(
        reader.body(None, title="a"),
        "no object",
        reader.body(A),
        reader.body(None, content="b"),
        reader.body(None),
    )

    assert letters.asked == [["a", "b"]]
    assert [each["status"] for each in found] == [201, 422, 200, 200, 422]
    assert found[4]["problem"]["code"] == "EMBEDDING_MISSING"
    artifact = saved(reader.get(f"artifacts/{found[0]['result']['artifact_id']}"), 200)
    assert artifact["content"] == "b"


@pytest.mark.parametrize(
    "error", [OSError("the canary"), errors.EmbedderFailed("canary"), ZeroDivisionError("canary")]
)
def test_whatever_an_embedder_raises_is_one_refusal_that_wrote_nothing(
    reader: Reader, letters: Letters, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    letters.error = error
    asked = {"space_id": reader.space_id, "text": "a"}
    answers = [
        reader.capture(None, title="a"),
        reader.post("search", asked),
        reader.post("margins/preview", asked),
    ]

    assert [problem(each) for each in answers] == [(503, "EMBEDDER_FAILED")] * 3
    assert reader.items(f"spaces/{reader.space_id}/captures") == []
    assert "the embedder failed" in caplog.text
    assert "canary" not in caplog.text + "".join(each.text for each in answers)


def test_an_embedder_that_fails_fails_only_the_texts_of_a_batch(
    reader: Reader, letters: Letters
) -> None:
    letters.error = OSError("gone")
    found = reader.batch(reader.body(None, title="a"), reader.body(A), reader.body(None, title="b"))

    assert [each["status"] for each in found] == [503, 201, 503]
    assert {each["problem"]["code"] for each in (found[0], found[2])} == {"EMBEDDER_FAILED"}


def test_a_text_that_an_embedder_refuses_is_no_other_text_s_business(
    reader: Reader, letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = Letters.embed

    def embed(self: Letters, texts: list[str]) -> object:
        if "bad" in texts:
            raise errors.EmbedderFailed("no words")
        return counted(self, texts)

    monkeypatch.setattr(Letters, "embed", embed)
    found = reader.batch(
        *(reader.body(None, title=each, url=f"{URL}/{each}") for each in ("a", "bad", "b"))
    )

    assert [each["status"] for each in found] == [201, 503, 201]
    assert letters.asked == [["a"], ["b"]]


class Short:
    """An embedder that returns no embeddings."""

    def embed(self, texts: Sequence[str]) -> Sequence[EmbeddingVector]:  # noqa: ARG002 - of the port
        return ()


class Other:
    """An embedder of another model."""

    def embed(self, texts: list[str]) -> list[EmbeddingVector]:
        return [EmbeddingVector(values=A, model="model-2") for _ in texts]


def test_an_embedding_for_each_text_is_wanted() -> None:
    assert problem(reading(embedder=Short()).capture(None, title="a")) == (503, "EMBEDDER_FAILED")


def test_an_embedder_of_another_model_fits_no_space() -> None:
    reader = reading(embedder=Other())
    asked = {"space_id": reader.space_id, "text": "a"}

    assert problem(reader.capture(None, title="a")) == (422, "EMBEDDING_OF_OTHER_MODEL")
    assert problem(reader.post("search", asked)) == (422, "EMBEDDING_OF_OTHER_MODEL")


@pytest.mark.parametrize(
    ("sent", "missing"),
    [
        ({}, "a text"),
        ({"title": " ", "content": "\n"}, "a text"),
        ({"embedding": [1, 0, 0]}, "embedding_model"),
        ({"embedding": None, "embedding_model": "model-1"}, "a text"),
    ],
)
def test_nothing_to_embed_is_refused(reader: Reader, sent: dict[str, object], missing: str) -> None:
    answer = reader.post("captures", reader.body(None) | sent)

    assert problem(answer) == (422, "EMBEDDING_MISSING")
    assert answer.get_json()["fields"] == {"missing": missing}


def test_without_an_embedder_a_text_is_no_embedding(reader: Reader) -> None:
    bare = evolve(reading(), space_id=reader.space_id)
    answer = bare.capture(None, title="a")

    assert (problem(answer), answer.get_json()["fields"]) == (
        (422, "EMBEDDING_MISSING"),
        {"missing": "an embedder"},
    )
