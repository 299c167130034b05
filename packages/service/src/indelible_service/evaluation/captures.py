"""Evaluate captures on a folder of texts: what its topics allow, and how to seed subspaces."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Final, NamedTuple

from attrs import frozen

from indelible.captures import ANCHORED, ANNEALED, SPHERICAL, Embedder, Vector
from indelible.captures.errors import EmbedderFailed
from indelible.captures.rules.trials import (
    Centroids,
    Outcome,
    Sample,
    assign_all,
    draw_on,
    mean_direction,
)
from indelible.captures.rules.vectors import vec_unit
from indelible.kernel import Invalid
from indelible_service.demos.texts import Text, chance
from indelible_service.evaluation.lexical_baseline import LexicalBaseline, count_words

ALGORITHMS: Final[Mapping[str, str]] = {
    "spherical": SPHERICAL,
    "annealed": ANNEALED,
    "anchored": ANCHORED,
}
FROZEN: Final = "frozen seeds"
SEED_COUNTS: Final = (1, 2, 4, 8)
MARGINS: Final = (0.02, 0.05, 0.1)
HELD_OUT_SHARE: Final = 0.3  # half of it chooses, the other half reports
MIN_TEXTS: Final = 8  # of a topic: at least one each to choose, to report, to seed and to capture
ENOUGH: Final = 0.02  # a gain of accuracy that is worth twice as many seed texts


@frozen
class TooFewTopics(Invalid):
    """A folder has too few topics with enough texts to be evaluated."""

    message: ClassVar[str] = (
        "The folder has {topics} topics of at least {texts} texts: at least 2 are expected."
    )
    topics: int
    texts: int


@frozen(kw_only=True)
class Trial:
    """One way to assign texts, with its accuracy on the texts that choose and on those held out.

    `updates` is the share of captures that moved a centroid, `right_updates` the share of these
    that moved their own topic's.
    """

    way: str
    seed_texts: int
    margin: float | None
    choosing_accuracy: float
    accuracy: float
    updates: float
    right_updates: float


@frozen(kw_only=True)
class TopicConfusion:
    """A topic, the share of its texts that was assigned to it, and the topic that took the most."""

    topic: str
    texts: int
    accuracy: float
    mistaken_for: str
    mistaken: int


@frozen(kw_only=True)
class Evaluation:
    """The accuracy that the topics of a folder allow.

    `possible_accuracy` is that of the centroids of all texts that are not held out, whose topics
    are known: what the embedder reaches. `lexical_accuracy` is what the words of the same texts
    reach without an embedder. If it is higher, the embedder is the limit, and not the topics.
    """

    topics: int
    texts: int
    unusable_texts: int
    possible_accuracy: float
    lexical_accuracy: float
    trials: tuple[Trial, ...]
    recommended: Trial
    confusion: tuple[TopicConfusion, ...]


class _Item(NamedTuple):
    """A text of a topic: its vector of length 1, and its words."""

    topic: str
    vector: Vector
    words: Counter[str]


@frozen(kw_only=True)
class _Split:
    """The texts of one round: those that seed and are captured, that choose, and that report."""

    known: Mapping[str, Sequence[_Item]]
    choosing: Sequence[_Item]
    held_out: Sequence[_Item]
    round_number: int

    def seeds(self, count: int) -> Centroids:
        """Return the centroids of the first texts of each topic."""
        return {topic: _centroid(items[:count]) for topic, items in self.known.items()}

    def captures(self, count: int) -> Sequence[Sample]:
        """Return the other texts in a mixed order that depends on nothing but the round."""
        captures: list[tuple[float, Sample]] = []
        for topic, items in self.known.items():
            for number, item in enumerate(items[count:]):
                order = chance("order", self.round_number, topic, number)
                captures.append((order, Sample(topic, item.vector)))

        return [sample for _, sample in sorted(captures)]


@frozen(kw_only=True)
class _Result:
    """One way in one round."""

    choosing: Outcome
    held_out: Outcome
    updates: float = 0.0
    right_updates: float = 0.0


Way = tuple[str, int, float | None]  # the name, the number of seed texts, the margin


def evaluate(embedder: Embedder, texts: Sequence[Text], *, rounds: int) -> Evaluation:
    """Assign held-out texts in several ways, in rounds with other texts held out.

    Raises: TooFewTopics.
    """
    items, unusable = _embed(embedder, texts)
    topics = {topic: known for topic, known in items.items() if len(known) >= MIN_TEXTS}
    if len(topics) < 2:  # noqa: PLR2004 - one topic leaves nothing to decide
        raise TooFewTopics(len(topics), MIN_TEXTS)

    results = defaultdict[Way, list[_Result]](list)
    possible: list[Outcome] = []
    lexical: list[Outcome] = []
    for round_number in range(rounds):
        split = _split(topics, round_number)
        possible.append(_assign_items(_known_centroids(split), split.held_out))
        lexical.append(_assign_words(split))
        for way, result in _try_ways(split):
            results[way].append(result)

    trials = tuple(_trial(way, way_results) for way, way_results in results.items())
    recommended = recommend(trials)
    chosen_way = recommended.way, recommended.seed_texts, recommended.margin
    return Evaluation(
        topics=len(topics),
        texts=sum(len(known) for known in topics.values()),
        unusable_texts=unusable,
        possible_accuracy=_mean([outcome.accuracy for outcome in possible]),
        lexical_accuracy=_mean([outcome.accuracy for outcome in lexical]),
        trials=trials,
        recommended=recommended,
        confusion=confusion([result.held_out for result in results[chosen_way]]),
    )


def recommend(trials: Sequence[Trial]) -> Trial:
    """Return the most accurate trial of the fewest seed texts after which twice as many gain less.

    Only the texts that choose decide, so that the accuracy on the others is not a chosen one. A
    tie goes to frozen seeds, and then to the larger margin.
    """
    best_by_count: dict[int, Trial] = {}
    for trial in trials:
        best = best_by_count.get(trial.seed_texts)
        if best is None or _preference(trial) > _preference(best):
            best_by_count[trial.seed_texts] = trial

    counts = sorted(best_by_count)
    recommended = best_by_count[counts[0]]
    for count in counts[1:]:
        candidate = best_by_count[count]
        if candidate.choosing_accuracy >= recommended.choosing_accuracy + ENOUGH:
            recommended = candidate

    return recommended


def _preference(trial: Trial) -> tuple[float, bool, float]:
    return trial.choosing_accuracy, trial.margin is None, trial.margin or 0.0


def confusion(outcomes: Sequence[Outcome]) -> tuple[TopicConfusion, ...]:
    """Return every topic with its accuracy, the worst first."""
    counts = Counter[tuple[str, str]]()
    for outcome in outcomes:
        counts.update(outcome.counts)

    rows: list[TopicConfusion] = []
    for topic in sorted({own for own, _ in counts}):
        assigned = {other: count for (own, other), count in counts.items() if own == topic}
        texts = sum(assigned.values())
        right = assigned.pop(topic, 0)
        mistaken_for = max(sorted(assigned), key=assigned.__getitem__, default="")
        rows.append(
            TopicConfusion(
                topic=topic,
                texts=texts,
                accuracy=right / texts,
                mistaken_for=mistaken_for,
                mistaken=assigned.get(mistaken_for, 0),
            )
        )

    return tuple(sorted(rows, key=lambda row: (row.accuracy, row.topic)))


def _embed(embedder: Embedder, texts: Sequence[Text]) -> tuple[dict[str, list[_Item]], int]:
    """Return the items of each topic, and the number of texts without an embedding."""
    items = defaultdict[str, list[_Item]](list)
    unusable = 0
    for text in texts:
        try:
            (embedding,) = embedder.embed([text.content])
        except EmbedderFailed:
            unusable += 1
            continue
        item = _Item(text.topic, vec_unit(embedding.values), count_words(text.content))
        items[text.topic].append(item)

    return dict(items), unusable


def _split(topics: Mapping[str, Sequence[_Item]], round_number: int) -> _Split:
    """Divide the texts of each topic in an order that depends on nothing but the round."""
    known: dict[str, Sequence[_Item]] = {}
    choosing: list[_Item] = []
    held_out: list[_Item] = []
    for topic, items in topics.items():
        orders = [chance("split", round_number, topic, number) for number in range(len(items))]
        mixed = [items[number] for number in sorted(range(len(items)), key=orders.__getitem__)]
        half = max(1, round(len(mixed) * HELD_OUT_SHARE / 2))
        choosing += mixed[:half]
        held_out += mixed[half : 2 * half]
        known[topic] = mixed[2 * half :]

    return _Split(known=known, choosing=choosing, held_out=held_out, round_number=round_number)


def _known_centroids(split: _Split) -> Centroids:
    return {topic: _centroid(items) for topic, items in split.known.items()}


def _centroid(items: Sequence[_Item]) -> Vector:
    return mean_direction(item.vector for item in items)


def _assign_items(centroids: Centroids, items: Sequence[_Item]) -> Outcome:
    return assign_all(centroids, [Sample(item.topic, item.vector) for item in items])


def _assign_words(split: _Split) -> Outcome:
    """Assign the words of the texts that report."""
    known: dict[str, list[Counter[str]]] = {}
    for topic, items in split.known.items():
        known[topic] = [item.words for item in items]
    samples = [(item.topic, item.words) for item in split.held_out]
    return LexicalBaseline.over(known).assign_all(samples)


def _try_ways(split: _Split) -> Iterator[tuple[Way, _Result]]:
    for count in SEED_COUNTS:
        seeds = split.seeds(count)
        yield (FROZEN, count, None), _result(split, seeds)

        captures = split.captures(count)
        if not captures:
            continue
        for name, formulas in ALGORITHMS.items():
            for margin in MARGINS:
                drawing = draw_on(formulas, seeds, captures, margin)
                result = _result(
                    split,
                    drawing.centroids,
                    updates=drawing.updates / drawing.captures,
                    right_updates=drawing.right_updates / max(1, drawing.updates),
                )
                yield (name, count, margin), result


def _result(
    split: _Split, centroids: Centroids, *, updates: float = 0.0, right_updates: float = 0.0
) -> _Result:
    return _Result(
        choosing=_assign_items(centroids, split.choosing),
        held_out=_assign_items(centroids, split.held_out),
        updates=updates,
        right_updates=right_updates,
    )


def _trial(way: Way, results: Sequence[_Result]) -> Trial:
    name, seed_texts, margin = way
    return Trial(
        way=name,
        seed_texts=seed_texts,
        margin=margin,
        choosing_accuracy=_mean([result.choosing.accuracy for result in results]),
        accuracy=_mean([result.held_out.accuracy for result in results]),
        updates=_mean([result.updates for result in results]),
        right_updates=_mean([result.right_updates for result in results]),
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
