"""A trial of an algorithm assigns and moves centroids as ingests do."""

from random import Random

import pytest

from indelible import captures
from indelible.captures import ANCHORED, ANNEALED, SPHERICAL
from indelible.captures.entities.vectors import Vector, as_float32
from indelible.captures.rules.trials import (
    Outcome,
    Sample,
    assign,
    assign_all,
    draw_on,
    mean_direction,
)
from indelible.captures.rules.vectors import vec_dist, vec_unit
from indelible.memory import MemoryStore
from indelible.testing.captures.scenarios import activate_algorithm_for, change, space_of

WIDTH = 6
TOPICS = ("a", "b", "c")


def directions(number: int, seed: int) -> list[Vector]:
    """Return vectors of length 1 in random directions."""
    random = Random(seed)  # noqa: S311 - vectors and no secrets
    vectors: list[Vector] = []
    for _ in range(number):
        vectors.append(vec_unit(as_float32([random.gauss(0, 1) for _ in range(WIDTH)])))
    return vectors


@pytest.mark.parametrize("formulas", [SPHERICAL, ANNEALED, ANCHORED])
@pytest.mark.parametrize("threshold", [0.02, 0.1])
def test_a_trial_moves_the_centroids_of_real_captures(formulas: str, threshold: float) -> None:
    seeds: dict[str, Vector] = dict(zip(TOPICS, directions(3, seed=1), strict=True))
    stream = [Sample("a", vector) for vector in directions(60, seed=2)]
    drawing = draw_on(formulas, seeds, stream, threshold)

    store = MemoryStore()
    activate_algorithm_for(store, formulas=formulas)
    change(store, "assignment_margin_threshold", str(threshold))
    scenario = space_of(store, dimension=WIDTH)
    topic_by_id = {scenario.subspace(seed, topic): topic for topic, seed in seeds.items()}
    right_updates = 0
    for number, sample in enumerate(stream):
        url = f"https://example.org/{number}"
        result = scenario.capture(sample.vector, url=url)
        if result.decision == "UPDATED" and result.subspace_id is not None:
            right_updates += topic_by_id[result.subspace_id] == "a"

    centroids = scenario.read(captures.list_centroids, scenario.space_id)
    assert drawing.captures == len(stream)
    assert drawing.updates == sum(centroid.seq for centroid in centroids) > 0
    assert drawing.right_updates == right_updates
    for centroid in centroids:
        topic = topic_by_id[centroid.id]
        assert vec_dist(drawing.centroids[topic], centroid.vector) < 1e-6


def test_the_first_topic_wins_a_tie_and_no_tie_is_clear() -> None:
    vector = Vector((1.0, 0.0))

    assert assign({"b": vector, "a": vector}, vector) == ("a", 0.0)
    drawing = draw_on(SPHERICAL, {"b": vector, "a": vector}, [Sample("a", vector)], 0.0)
    assert drawing.updates == 0


def test_an_outcome_counts_topics_and_their_assignments() -> None:
    centroids = {"a": Vector((1.0, 0.0)), "b": Vector((0.0, 1.0))}
    samples = [
        Sample("a", Vector((1.0, 0.0))),
        Sample("a", Vector((0.0, 1.0))),
        Sample("b", Vector((0.0, 1.0))),
        Sample("c", Vector((0.0, 1.0))),
    ]
    outcome = assign_all(centroids, samples)

    assert dict(outcome.counts) == {
        ("a", "a"): 1,
        ("a", "b"): 1,
        ("b", "b"): 1,
        ("c", "b"): 1,
    }
    assert (outcome.total, outcome.accuracy) == (4, 0.5)
    assert Outcome().accuracy == 0.0


def test_the_mean_direction_has_length_one() -> None:
    assert mean_direction([Vector((1.0, 0.0)), Vector((0.0, 1.0))]) == pytest.approx(
        (0.5**0.5, 0.5**0.5)
    )
