"""Requirements on algorithm versions, settings and the margin service."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

from indelible import captures
from indelible.app import ReadTx
from indelible.captures import ANCHORED, ANNEALED, SPHERICAL, CaptureResult
from indelible.captures.entities.vectors import as_float32
from indelible.captures.rules.vectors import vec_dist
from indelible.testing.captures.scenarios import (
    FAILING,
    HARSHER,
    X1,
    A,
    B,
    Install,
    activate,
    activate_algorithm_for,
    change,
    code,
    is_close,
    place_in,
    space_of,
    worked,
)
from indelible.testing.stores import AnyStore, do
from indelible.testing.suite import Suite

THRESHOLD = "assignment_margin_threshold"
NEIGHBOUR_CAPTURES = 20


class AlgorithmsConformance(Suite):
    """Subclass it, and give it fixtures `store` and `install` as for CapturesConformance."""

    def test_without_an_active_algorithm_nothing_is_computed(self, store: AnyStore) -> None:
        scenario = space_of(store)
        preview = partial(scenario.read, captures.preview_margin, scenario.space_id, X1)

        assert code(lambda: scenario.capture(X1)) == "NO_ACTIVE_ALGORITHM"
        assert code(preview) == "NO_ACTIVE_ALGORITHM"

    def test_an_algorithm_is_replaced_and_activated_again(
        self, store: AnyStore, install: Install
    ) -> None:
        scenario = place_in(store)
        first = scenario.capture(X1, reading_depth=0.5)
        activate_algorithm_for(store, "oscl-2", HARSHER, install)
        second = scenario.capture(X1, reading_depth=0.5)
        replaced, _ = store.read(captures.list_algorithms)
        activate(store, replaced)
        third = scenario.capture(X1, reading_depth=0.5)

        results = (first, second, third)
        assert [result.algorithm_version for result in results] == ["oscl-1", "oscl-2", "oscl-1"]
        assert is_close((result.magnitude for result in results), (0.1875, 0.125, 0.1875))
        assert code(lambda: activate(store, replaced)) == "STALE"
        statuses = [saved.algorithm.status for saved in store.read(captures.list_algorithms)]
        assert statuses == ["ACTIVE", "REPLACED"]

    def test_a_version_of_the_algorithm_is_registered_once(self, store: AnyStore) -> None:
        activate_algorithm_for(store)
        command = captures.RegisterAlgorithm(algorithm_id="oscl-1", formulas=HARSHER)

        assert code(lambda: do(store, captures.register_algorithm, command)) == "ALGORITHM_EXISTS"
        (saved,) = store.read(captures.list_algorithms)
        assert saved.algorithm.formulas == SPHERICAL

    def test_an_algorithm_that_fails_saves_nothing(self, store: AnyStore, install: Install) -> None:
        scenario = place_in(store)
        # The self-test, with three updates, finds the division by zero before the activation.
        attempt = partial(activate_algorithm_for, store, "oscl-x", FAILING, install)
        assert code(attempt) == "ALGORITHM_FAILED"

        late = FAILING.replace("3.0", "1.0")
        activate_algorithm_for(store, "oscl-late", late, install)
        only_id = scenario.subspace(A)
        scenario.capture(X1)
        assert code(lambda: scenario.capture(X1)) == "ALGORITHM_FAILED"
        assert scenario.read(captures.get_subspace, only_id).centroid.seq == 1
        assert len(scenario.read(captures.recent_captures, scenario.space_id)) == 1

    def test_an_annealed_centroid_follows_its_first_captures_faster(
        self, store: AnyStore, install: Install
    ) -> None:
        activate_algorithm_for(store, "oscl-2", ANNEALED, install)
        scenario = space_of(store)
        only_id = scenario.subspace(A)
        scenario.capture(B)

        assert is_close(scenario.read(captures.get_subspace, only_id).centroid.vector, B)

    def test_an_anchored_centroid_stays_near_its_seed_under_the_captures_of_a_neighbour(
        self, store: AnyStore, install: Install
    ) -> None:
        # All of these captures are nearest to A, and each is halfway to a neighbour.
        moved: dict[str, float] = {}
        for algorithm_id, formulas in (("oscl-1", SPHERICAL), ("oscl-3", ANCHORED)):
            activate_algorithm_for(store, algorithm_id, formulas, install)
            scenario = space_of(store)
            anchored_id = scenario.subspace(A)
            for number in range(NEIGHBOUR_CAPTURES):
                url = f"https://example.org/{algorithm_id}/{number}"
                scenario.capture((0.6, 0.8, 0.0), url=url)
            centroid = scenario.read(captures.get_subspace, anchored_id).centroid
            assert centroid.seq == NEIGHBOUR_CAPTURES
            moved[algorithm_id] = vec_dist(as_float32(A), centroid.vector)

        assert moved["oscl-3"] < moved["oscl-1"] / 2

    def test_a_centroid_is_replayed_to_its_last_bit_by_the_versions_that_its_captures_name(
        self, store: AnyStore, install: Install
    ) -> None:
        scenario, first_id, second_id, _ = worked(store)
        for number in range(6):
            scenario.capture((1.0, 0.1 * number, 0.03), url=f"https://example.org/{number}")
        before = scenario.read(captures.get_subspace, first_id).centroid
        activate_algorithm_for(store, "oscl-2", ANNEALED, install)
        for number in range(6):
            scenario.capture((0.9, -0.1 * number, 0.07), url=f"https://example.org/{number}")

        for subspace_id in (first_id, second_id):
            centroid = scenario.read(captures.get_subspace, subspace_id).centroid
            assert scenario.read(captures.replay_centroid, subspace_id) == centroid
        centroid = scenario.read(captures.get_subspace, first_id).centroid
        other = scenario.read(captures.replay_centroid, first_id, algorithm_id="oscl-1")
        assert centroid.seq > before.seq
        assert other != centroid

    def test_a_setting_is_one_that_is_known_and_in_its_range(self, store: AnyStore) -> None:
        saved = change(store, THRESHOLD, "0.25")
        again = change(store, THRESHOLD, "0.5", seq=saved.seq)

        assert (again.setting.value, again.seq) == ("0.5", 2)
        (stored,) = store.read(captures.list_settings)
        assert (stored.setting.id, stored.setting.value) == (THRESHOLD, "0.5")
        assert code(lambda: change(store, THRESHOLD, "0.1", seq=1)) == "STALE"
        assert code(lambda: change(store, THRESHOLD, "0.1")) == "STALE"
        assert code(lambda: change(store, "margin", "0.1")) == "SETTING_NOT_FOUND"
        for value in ('"0.1"', "NaN", "-0.1", "2.1", "true", "[]", "x", "[" * 1_000):
            attempt = partial(change, store, THRESHOLD, value, seq=2)
            assert code(attempt) == "SETTING_INVALID"

    def test_the_same_key_twice_at_once_is_one_write_and_one_answer(self, store: AnyStore) -> None:
        scenario = place_in(store)
        start = Barrier(2)

        def capture(_: int) -> CaptureResult:
            start.wait()
            return scenario.capture(X1, capture_key="k-1")

        with ThreadPoolExecutor(2) as pool:
            results = list(pool.map(capture, range(2)))
        assert len({result.signal_id for result in results}) == 1
        assert sorted(result.replayed for result in results) == [False, True]

    def test_the_look_ahead_is_the_algorithm_s(self, store: AnyStore) -> None:
        place_in(store)

        default_threshold = 0.05
        nearest_distance = 0.25
        second_distance = 0.5
        margin = second_distance - nearest_distance

        def use_service(tx: ReadTx) -> None:
            margins = tx.captures.margins
            assert margins.calculate_margin_value(nearest_distance, second_distance) == margin
            assert margins.get_threshold() == default_threshold
            assert not margins.should_update_centroid(0.0)
            assert margins.should_update_centroid(0.1)

        store.read(use_service)
