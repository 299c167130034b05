"""The model inside the wheel: it is there, it opens no socket, and one text has one embedding."""

import socket
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NoReturn

import pytest
import wordllama
from tests.architecture.sources import ROOT

from indelible.captures import Embedder, EmbeddingVector
from indelible.captures.errors import EmbedderFailed
from indelible_wordllama import MAX_CHARACTERS, WordLlamaEmbedder, WordLlamaWordsEmbedder
from indelible_wordllama.words import word_vector

PLACES = {66: 0.4884, 147: 0.1954, 406: -0.7741, 466: -0.1954, 558: -0.293}

NEARER = [
    ("a puppy in the garden", "a dog in the yard", "the price of a stock"),
    ("adding fractions with unlike denominators", "sums of fractions", "a migration of the schema"),
    ("the server was restarted", "a process is started again", "a poem about the sea"),
]


EMBEDDERS = (WordLlamaEmbedder, WordLlamaWordsEmbedder)
AnyEmbedder = WordLlamaEmbedder | WordLlamaWordsEmbedder


@pytest.fixture(params=EMBEDDERS)
def embedder(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> AnyEmbedder:
    def refuse(*_: object) -> NoReturn:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setenv("HOME", "/nowhere")
    created: AnyEmbedder = request.param()
    return created


def closeness(one: EmbeddingVector, other: EmbeddingVector) -> float:
    return sum(a * b for a, b in zip(one.values, other.values, strict=True))


@pytest.mark.parametrize("texts", NEARER)
def test_what_means_the_like_is_nearer_than_what_does_not(
    embedder: Embedder, texts: tuple[str, ...]
) -> None:
    first, like, unlike = embedder.embed(texts)

    assert closeness(first, like) > closeness(first, unlike) + 0.05


def test_texts_that_share_words_are_nearer_where_words_are_compared() -> None:
    texts = [
        "resolve merge conflicts quickly",
        "merge conflicts resolve",
        "settle disagreements between branches",
    ]
    by_meaning = WordLlamaEmbedder().embed(texts)
    by_words = WordLlamaWordsEmbedder().embed(texts)

    def advantage(vectors: Sequence[EmbeddingVector]) -> float:
        first, of_same_words, of_other_words = vectors
        return closeness(first, of_same_words) - closeness(first, of_other_words)

    assert advantage(by_words) > advantage(by_meaning) + 0.05


def test_the_places_of_words_are_those_of_the_first_release() -> None:
    vector = word_vector("Ratio, ratio: the whole of it")
    places = {place: round(number, 4) for place, number in enumerate(vector) if number}

    # Another place would make every stored embedding of this model useless.
    assert places == PLACES
    assert not any(word_vector("? ! a"))


@pytest.mark.parametrize("text", ["Ratio", "a b"])
def test_an_embedding_is_a_unit_vector_of_the_model(embedder: AnyEmbedder, text: str) -> None:
    (vector,) = embedder.embed([text])

    assert (vector.model, vector.dimension) == (embedder.model, embedder.dimension)
    assert len(vector.values) == embedder.dimension
    assert closeness(vector, vector) == pytest.approx(1, abs=1e-6)


@pytest.mark.slow
def test_one_text_has_one_embedding_whatever_it_is_asked_with_and_whoever_asks(
    embedder: Embedder,
) -> None:
    texts = ["Ratio", "a much longer text about ratios and proportions " * 30, "Ratio"]
    together = embedder.embed(texts)

    assert together[0] == together[2]
    alone = [type(embedder)().embed([text])[0] for text in texts[:2]]
    assert alone == list(together[:2])
    assert embedder.embed(["  Ratio\n"]) == (together[0],)
    assert embedder.embed([]) == ()


def test_the_rest_of_a_long_text_is_not_read(embedder: Embedder) -> None:
    begun = ("fractions and ratios " * MAX_CHARACTERS)[:MAX_CHARACTERS].strip()
    cut, whole = embedder.embed(
        [begun, begun + " " * (MAX_CHARACTERS - len(begun)) + "stocks " * 1_000]
    )

    assert cut == whole


@pytest.mark.parametrize("text", ["", "  ", "\n\t\u3000", "\ud800"])
def test_a_text_without_words_has_none(embedder: Embedder, text: str) -> None:
    with pytest.raises(EmbedderFailed):
        embedder.embed(["Ratio", text])


def test_a_model_that_is_not_there_is_a_failure_with_a_code(
    embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wordllama.WordLlama, "load", _missing)

    with pytest.raises(EmbedderFailed, match="cannot be loaded"):
        embedder.embed(["Ratio"])


def _missing(**_: object) -> NoReturn:
    raise FileNotFoundError


def test_it_is_loaded_once_however_many_ask_at_once(
    embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads, load = list[object](), wordllama.WordLlama.load

    def counted(**options: object) -> object:
        loads.append(options)
        return load(**options)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - passed on as they came

    monkeypatch.setattr(wordllama.WordLlama, "load", counted)
    with ThreadPoolExecutor(4) as pool:
        found = {tuple(each) for each in pool.map(embedder.embed, [["Ratio"]] * 8)}

    assert (len(loads), len(found)) == (1, 1)


@pytest.mark.slow
def test_a_process_of_its_own_opens_no_socket_and_its_log_stays_as_it_was() -> None:
    script = (ROOT / "tests" / "wheels" / "embedding.py",)
    done = subprocess.run(
        (sys.executable, "-I", *script), check=True, capture_output=True, text=True
    )

    assert done.stdout == "256 numbers; 'puppy' is nearer to 'dog' than to 'bond'; 0 handlers\n"
    assert not done.stderr
