"""Requirements on what no store may accept: results out of range, and changes of fixed fields."""

from functools import partial
from typing import Any

from attrs import evolve

from indelible import captures
from indelible.captures import SPHERICAL
from indelible.captures.entities.aggregates import AlgorithmVersion
from indelible.captures.entities.vectors import Vector, as_float32
from indelible.kernel.aggregates import save_change
from indelible.testing.captures.scenarios import (
    X1,
    A,
    B,
    C,
    Install,
    activate_algorithm_for,
    code,
    place_in,
    space_of,
)
from indelible.testing.stores import AnyStore, within
from indelible.testing.suite import Suite

# Formulas that pass the self-test and then compute values that no signal or centroid may have.
UNUSABLE = {
    "a distance above 2": ("distance = vec_dist(", "distance = 3.0 + vec_dist("),
    "a negative distance": ("distance = vec_dist(", "distance = 0.0 - 1.5 * vec_dist("),
    "a drift above 2": ("drift = vec_dist(", "drift = 3.0 + vec_dist("),
    "a confidence above 1": ("least(1.0, applied / 20.0)", "applied / 5.0 + 0.5"),
    "a negative confidence": ("least(1.0, applied / 20.0)", "applied / 20.0 - 1.0"),
}


class CaptureIntegrityConformance(Suite):
    """Subclass it, and give it fixtures `store` and `install` as for CapturesConformance."""

    def test_an_algorithm_with_results_out_of_range_saves_nothing(
        self, store: AnyStore, install: Install
    ) -> None:
        activate_algorithm_for(store)
        for number, (problem, (formula, replacement)) in enumerate(UNUSABLE.items()):
            scenario = space_of(store)
            only = scenario.subspace(A)
            scenario.subspace(C)
            formulas = SPHERICAL.replace(formula, replacement)
            activate_algorithm_for(store, f"oscl-bad-{number}", formulas, install)

            refused = [code(partial(scenario.capture, B)) for _ in range(4)]
            signals = scenario.read(captures.recent_captures, scenario.space_id)
            centroid = scenario.read(captures.get_subspace, only).centroid
            assert "ALGORITHM_FAILED" in refused, problem
            assert set(refused) <= {"", "ALGORITHM_FAILED"}, problem
            assert len(signals) == refused.count(""), problem
            assert centroid is None or 0 <= centroid.confidence <= 1, problem

    def test_a_space_keeps_its_user_model_and_dimension(self, store: AnyStore) -> None:
        scenario = space_of(store)

        for changes in ({"user_id": "noor"}, {"model": "model-2"}, {"dimension": 4}):
            save = partial(self._save_space, scenario.space_id, **changes)
            assert code(partial(within, store, save)) == "FIELD_FIXED"
        assert scenario.read(captures.get_space, scenario.space_id).seq == 1

    def test_a_subspace_keeps_its_user_and_its_space(self, store: AnyStore) -> None:
        scenario, other = space_of(store), space_of(store)
        subspace_id = scenario.subspace(None)

        for changes in ({"user_id": "noor"}, {"space_id": other.space_id}):
            save = partial(self._save_subspace, subspace_id, "rename", **changes)
            assert code(partial(within, store, save)) == "FIELD_FIXED"
        assert scenario.read(captures.get_subspace, subspace_id).saved.seq == 1

    def test_a_seed_is_never_replaced(self, store: AnyStore) -> None:
        scenario = space_of(store)
        subspace_id = scenario.subspace(A)

        for action in ("rename", "seed"):
            save = partial(self._save_subspace, subspace_id, action, seed=as_float32(B))
            assert code(partial(within, store, save)) == "FIELD_FIXED"
        assert scenario.read(captures.get_subspace, subspace_id).saved.subspace.seed == A

    def test_a_seed_is_a_vector_that_an_embedding_may_have(self, store: AnyStore) -> None:
        scenario = space_of(store)
        subspace_id = scenario.subspace(None)

        for numbers in ((), (0.0, 0.0, 0.0), (1.0, float("nan"), 0.0)):
            save = partial(self._save_subspace, subspace_id, "seed", seed=Vector(numbers))
            assert code(partial(within, store, save)) == "EMBEDDING_UNUSABLE", numbers

    def test_an_algorithm_has_formulas_and_their_checksum(self, store: AnyStore) -> None:
        def register(tx: Any, **fields: str) -> None:  # noqa: ANN401 - the transaction of any store
            now = tx.clock.now()
            algorithm = AlgorithmVersion.create("register", now=now, id="oscl-1", **fields)
            save_change(tx, tx.captures.algorithms, None, algorithm, "register")

        blank = partial(register, formulas=" \n", checksum="0" * 64)
        unsigned = partial(register, formulas=SPHERICAL, checksum="none")
        assert code(partial(within, store, blank)) == "TEXT_BLANK"
        assert code(partial(within, store, unsigned)) == "INVALID_DIGEST"

    def test_registered_formulas_never_change(self, store: AnyStore) -> None:
        place_in(store)

        def save(tx: Any) -> None:  # noqa: ANN401 - the transaction of any store
            head = tx.captures.algorithms.get("oscl-1")
            replaced = head.entity.transition("replace", now=tx.clock.now())
            changed = evolve(replaced, formulas=captures.ANNEALED)
            save_change(tx, tx.captures.algorithms, head, changed, "replace")

        assert code(partial(within, store, save)) == "FIELD_FIXED"

    def test_a_capture_moves_the_centroid_that_it_names(self, store: AnyStore) -> None:
        scenario = place_in(store)
        subspace_id = scenario.subspace(None)
        result = scenario.capture(X1, subspace_id=subspace_id)
        centroid = scenario.read(captures.get_subspace, subspace_id).centroid
        (signal,) = scenario.read(captures.list_drift, subspace_id)

        assert result.updates_centroid
        assert (centroid.hash, centroid.updated_at) == (signal.hash, signal.recorded_at)
        assert (centroid.seq, centroid.space_id) == (signal.applied_seq, signal.space_id)

    @staticmethod
    def _save_space(
        space_id: str,
        tx: Any,  # noqa: ANN401 - any store's transaction
        **changes: object,
    ) -> None:
        head = tx.captures.spaces.get(space_id)
        space = head.entity.transition("rename", now=tx.clock.now(), **changes)
        save_change(tx, tx.captures.spaces, head, space, "rename")

    @staticmethod
    def _save_subspace(
        subspace_id: str,
        action: str,
        tx: Any,  # noqa: ANN401 - any store's transaction
        **changes: object,
    ) -> None:
        head = tx.captures.subspaces.get(subspace_id)
        subspace = head.entity.transition(action, now=tx.clock.now(), **changes)
        save_change(tx, tx.captures.subspaces, head, subspace, action)
