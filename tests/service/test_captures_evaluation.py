"""The evaluation of a folder says what its topics allow, and recommends a margin and seeds."""

import json
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from attrs import frozen
from tests.service.commands import error_code, run

from indelible.captures import EmbeddingVector
from indelible.captures.errors import EmbedderFailed
from indelible.captures.rules.trials import Outcome
from indelible_service.demos.texts import Text
from indelible_service.evaluation.captures import (
    FROZEN,
    SEED_COUNTS,
    TooFewTopics,
    Trial,
    confusion,
    evaluate,
    recommend,
)

WIDTH = 8
NEAR, FAR = 0.2, 1.5  # the spread of a topic's texts


@frozen
class SpreadEmbedder:
    """An embedder whose texts lie around the axis of their topic, at random distances."""

    spread: float

    def embed(self, texts: Sequence[str]) -> Sequence[EmbeddingVector]:
        """Return a vector for each text such as `2 17`: the topic, and the number of the text."""
        vectors: list[EmbeddingVector] = []
        for text in texts:
            if text == "unknown words":
                raise EmbedderFailed("no words")
            random = Random(text)  # noqa: S311 - vectors and no secrets
            values = [random.gauss(0, self.spread) for _ in range(WIDTH)]
            values[int(text.split()[0])] += 1
            vectors.append(EmbeddingVector(values=tuple(values), model="spread"))
        return vectors


def texts_of(topics: int, number: int) -> list[Text]:
    """Return so many texts of each topic."""
    texts: list[Text] = []
    for topic in range(topics):
        for index in range(number):
            content = f"{topic} {index}"
            texts.append(Text(path=content, topic=f"topic {topic}", title=content, content=content))
    return texts


def test_topics_that_are_far_apart_need_one_seed_text() -> None:
    evaluation = evaluate(SpreadEmbedder(NEAR), texts_of(4, 20), rounds=2)

    assert evaluation.possible_accuracy > 0.95
    assert evaluation.recommended.accuracy > 0.9
    assert evaluation.recommended.seed_texts <= 2
    assert (evaluation.topics, evaluation.texts, evaluation.unusable_texts) == (4, 80, 0)


@pytest.mark.slow
def test_topics_that_overlap_need_more_seed_texts_and_are_confused() -> None:
    evaluation = evaluate(SpreadEmbedder(FAR), texts_of(4, 40), rounds=2)
    best = max(trial.accuracy for trial in evaluation.trials)

    assert 0.25 < evaluation.possible_accuracy < 0.95
    assert best <= evaluation.possible_accuracy + 0.15
    assert {trial.seed_texts for trial in evaluation.trials} == set(SEED_COUNTS)
    assert sum(row.mistaken for row in evaluation.confusion) > 0
    accuracies = [row.accuracy for row in evaluation.confusion]
    assert accuracies == sorted(accuracies)


@pytest.mark.slow
def test_the_words_alone_show_what_the_embedder_misses() -> None:
    shared = [
        Text(path=text.path, topic=text.topic, title=text.title, content=f"{text.content} word")
        for text in texts_of(4, 20)
    ]
    named = [
        Text(path=text.path, topic=text.topic, title=text.title, content=f"{text.content} {name}")
        for text in texts_of(4, 20)
        for name in [text.topic.replace(" ", "")]
    ]

    by_shared_words = evaluate(SpreadEmbedder(FAR), shared, rounds=2)
    by_own_words = evaluate(SpreadEmbedder(FAR), named, rounds=2)

    assert by_shared_words.lexical_accuracy < 0.5
    assert by_own_words.lexical_accuracy == 1.0
    assert by_own_words.possible_accuracy < 0.95


def test_an_evaluation_is_the_same_again() -> None:
    texts = texts_of(3, 12)

    first = evaluate(SpreadEmbedder(FAR), texts, rounds=2)
    assert evaluate(SpreadEmbedder(FAR), texts, rounds=2) == first
    assert evaluate(SpreadEmbedder(FAR), texts, rounds=1).trials != first.trials


def test_texts_without_an_embedding_are_counted_and_small_topics_left_out() -> None:
    unknown = Text(path="x", topic="topic 0", title="x", content="unknown words")
    texts = [*texts_of(2, 8), *texts_of(3, 7)[14:], unknown]
    evaluation = evaluate(SpreadEmbedder(NEAR), texts, rounds=1)

    assert (evaluation.topics, evaluation.texts, evaluation.unusable_texts) == (2, 16, 1)


@pytest.mark.parametrize("number", [0, 1])
def test_fewer_than_two_topics_are_refused(number: int) -> None:
    with pytest.raises(TooFewTopics) as caught:
        evaluate(SpreadEmbedder(NEAR), texts_of(number, 30), rounds=1)

    assert caught.value.topics == number


def trial(way: str, seed_texts: int, margin: float | None, choosing: float) -> Trial:
    """Return a trial that is best where it does not choose."""
    return Trial(
        way=way,
        seed_texts=seed_texts,
        margin=margin,
        choosing_accuracy=choosing,
        accuracy=1 - choosing,
        updates=0.0,
        right_updates=0.0,
    )


@pytest.mark.parametrize(
    ("trials", "expected"),
    [
        ([trial(FROZEN, 1, None, 0.5), trial("x", 1, 0.1, 0.6)], ("x", 1, 0.1)),
        ([trial("x", 1, 0.1, 0.5), trial(FROZEN, 1, None, 0.5)], (FROZEN, 1, None)),
        ([trial("x", 1, 0.1, 0.5), trial("x", 1, 0.2, 0.5)], ("x", 1, 0.2)),
        ([trial(FROZEN, 1, None, 0.5), trial(FROZEN, 2, None, 0.51)], (FROZEN, 1, None)),
        ([trial(FROZEN, 1, None, 0.5), trial(FROZEN, 2, None, 0.53)], (FROZEN, 2, None)),
    ],
)
def test_the_recommendation_follows_the_texts_that_choose(
    trials: list[Trial], expected: tuple[str, int, float | None]
) -> None:
    best = recommend(trials)

    assert (best.way, best.seed_texts, best.margin) == expected


def test_the_confusion_names_the_topic_that_took_the_most_texts() -> None:
    first = Outcome(counts={("a", "b"): 2, ("a", "a"): 1, ("b", "b"): 3})
    second = Outcome(counts={("a", "c"): 1})
    worst, best = confusion([first, second])

    assert (worst.topic, worst.texts, worst.accuracy) == ("a", 4, 0.25)
    assert (worst.mistaken_for, worst.mistaken) == ("b", 2)
    assert (best.topic, best.accuracy, best.mistaken_for, best.mistaken) == ("b", 1.0, "", 0)


def write_texts(folder: Path, words: dict[str, str]) -> Path:
    """Write ten short texts for each topic."""
    for topic, vocabulary in words.items():
        (folder / topic).mkdir(parents=True)
        for number in range(10):
            text = f"# Note {number}\n\n{vocabulary} {vocabulary.split()[number % 3]}\n"
            (folder / topic / f"{number}.md").write_text(text)
    return folder


@pytest.mark.slow
def test_the_command_prints_the_accuracy_and_a_recommendation(tmp_path: Path) -> None:
    words = {"animals": "cat dog mouse", "money": "bond stock interest"}
    folder = write_texts(tmp_path / "texts", words)

    text = run("captures", "evaluate", str(folder), "--rounds", "1").stdout
    # The model's package may warn on standard error.
    answer = run("captures", "evaluate", str(folder), "--rounds", "1", "--json").stdout
    document = json.loads(answer)

    assert "20 texts of 2 topics." in text
    assert "Recommended: frozen seeds, 1 seed texts for each topic." in text
    assert "Words alone, without an embedder: 100 %." in text
    assert "anchored" in text
    assert document["recommended"]["accuracy"] == 1.0
    assert document["lexical_accuracy"] == 1.0
    # After eight seeds of ten texts, of which four are held out, there is nothing to capture.
    assert len(document["trials"]) == 3 * 10 + 1


@pytest.mark.slow
def test_the_command_refuses_a_folder_without_topics(tmp_path: Path) -> None:
    folder = write_texts(tmp_path / "texts", {"animals": "cat dog mouse"})

    assert error_code("captures", "evaluate", str(folder)) == "TOO_FEW_TOPICS"
