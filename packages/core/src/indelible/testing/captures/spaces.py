"""Requirements on spaces, subspaces, algorithm versions and settings."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import attrs

from indelible import captures
from indelible.app import ReadTx
from indelible.captures import (
    ANNEALED,
    SPHERICAL,
    CaptureArtifactCommand,
    CaptureHandler,
    CaptureResult,
    EmbeddingVector,
)
from indelible.kernel.settings import setting_texts
from indelible.testing.captures.scenarios import (
    FAILING,
    HARSHER,
    MODEL,
    X1,
    A,
    B,
    C,
    CaptureScenario,
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
from indelible.testing.stores import MAYA, AnyStore, do


class SpacesConformance:
    """Subclass it, and give it fixtures `store` and `install` as for CapturesConformance."""

    def test_a_foreign_space_is_not_found(self, store: AnyStore) -> None:
        place, own = place_in(store), space_of(store, user_id="noor")
        foreign = CaptureScenario(store, own.space_id)

        assert code(lambda: foreign.capture(X1)) == "SPACE_NOT_FOUND"
        assert code(lambda: CaptureScenario(store, "nowhere").capture(X1)) == "SPACE_NOT_FOUND"
        assert code(lambda: place.read(captures.get_space, own.space_id)) == "SPACE_NOT_FOUND"
        assert (
            code(lambda: place.read(captures.preview_margin, own.space_id, X1)) == "SPACE_NOT_FOUND"
        )
        assert (
            code(lambda: place.read(captures.search_artifacts, own.space_id, X1))
            == "SPACE_NOT_FOUND"
        )
        assert [each.space.id for each in place.read(captures.list_spaces)] == [place.space_id]

    def test_a_foreign_artifact_and_subspace_are_not_found(self, store: AnyStore) -> None:
        place = place_in(store)
        artifact, subspace = place.capture(X1).artifact_id, place.subspace(A)

        assert (
            code(lambda: store.read(captures.get_artifact, "noor", artifact))
            == "ARTIFACT_NOT_FOUND"
        )
        assert (
            code(lambda: store.read(captures.get_artifact, "maya", "nowhere"))
            == "ARTIFACT_NOT_FOUND"
        )
        assert (
            code(lambda: store.read(captures.get_subspace, "noor", subspace))
            == "SUBSPACE_NOT_FOUND"
        )

    def test_nothing_of_another_user_is_found_whichever_seq_is_guessed(
        self, store: AnyStore
    ) -> None:
        place = place_in(store)
        part, seed = place.subspace(None), EmbeddingVector(values=A, model=MODEL)

        for seq in (1, 2):
            space: dict[str, Any] = {
                "user_id": "noor",
                "space_id": place.space_id,
                "expected_seq": seq,
            }
            of_part: dict[str, Any] = {"user_id": "noor", "subspace_id": part, "expected_seq": seq}
            attempts: list[tuple[Any, Any, str]] = [
                (
                    captures.rename_space,
                    captures.RenameSpace(**space, name="Mine"),
                    "SPACE_NOT_FOUND",
                ),
                (captures.retire_space, captures.RetireSpace(**space), "SPACE_NOT_FOUND"),
                (
                    captures.rename_subspace,
                    captures.RenameSubspace(**of_part, name="Mine"),
                    "SUBSPACE_NOT_FOUND",
                ),
                (
                    captures.seed_subspace,
                    captures.SeedSubspace(**of_part, seed=seed),
                    "SUBSPACE_NOT_FOUND",
                ),
                (
                    captures.retire_subspace,
                    captures.RetireSubspace(**of_part),
                    "SUBSPACE_NOT_FOUND",
                ),
            ]
            for handler, command, missing in attempts:
                assert code(partial(do, store, handler, command)) == missing

    def test_a_retired_space_takes_nothing(self, store: AnyStore) -> None:
        place = place_in(store)
        command = captures.RetireSpace(user_id="maya", space_id=place.space_id, expected_seq=1)
        do(store, captures.retire_space, command)

        assert code(lambda: place.capture(X1)) == "SPACE_RETIRED"
        assert code(lambda: place.subspace(A)) == "SPACE_RETIRED"

    def test_an_embedding_of_another_kind_is_refused(self, store: AnyStore) -> None:
        place = place_in(store)

        assert code(lambda: place.capture((1.0, 0.0))) == "EMBEDDING_OF_OTHER_MODEL"
        assert (
            code(lambda: place.capture(X1, embedding_model="model-2")) == "EMBEDDING_OF_OTHER_MODEL"
        )
        assert code(lambda: place.subspace((1.0, 0.0))) == "EMBEDDING_OF_OTHER_MODEL"
        assert place.read(captures.recent_captures, place.space_id) == ()

    def test_a_seed_comes_before_the_first_capture(self, store: AnyStore) -> None:
        place = place_in(store)
        empty, begun = place.subspace(None), place.subspace(None)
        place.capture(X1, subspace_id=begun)
        seed = EmbeddingVector(values=A, model=MODEL)
        first, again, late = (
            captures.SeedSubspace(user_id="maya", subspace_id=each, expected_seq=seq, seed=seed)
            for each, seq in ((empty, 1), (empty, 2), (begun, 1))
        )

        assert do(store, captures.seed_subspace, first).subspace.seed == seed.values
        assert code(lambda: do(store, captures.seed_subspace, again)) == "CENTROID_EXISTS"
        assert code(lambda: do(store, captures.seed_subspace, late)) == "CENTROID_EXISTS"
        assert place.read(captures.get_subspace, empty).saved.subspace.seed == seed.values

    def test_spaces_and_subspaces_are_renamed(self, store: AnyStore) -> None:
        place = place_in(store)
        part = place.subspace(A)
        named = captures.RenameSpace(
            user_id="maya", space_id=place.space_id, expected_seq=1, name="Other"
        )
        said = captures.RenameSubspace(
            user_id="maya", subspace_id=part, expected_seq=1, name="Part", description="x"
        )
        do(store, captures.rename_space, named)
        do(store, captures.rename_subspace, said)

        assert place.read(captures.get_space, place.space_id).space.name == "Other"
        (saved,) = place.read(captures.list_subspaces, place.space_id)
        assert (saved.subspace.name, saved.subspace.description, saved.seq) == ("Part", "x", 2)
        assert code(lambda: do(store, captures.rename_space, named)) == "STALE"

    def test_without_an_active_algorithm_nothing_is_computed(self, store: AnyStore) -> None:
        place = space_of(store)

        assert code(lambda: place.capture(X1)) == "NO_ACTIVE_ALGORITHM"
        assert (
            code(lambda: place.read(captures.preview_margin, place.space_id, X1))
            == "NO_ACTIVE_ALGORITHM"
        )

    def test_an_algorithm_is_replaced_and_activated_again(
        self, store: AnyStore, install: Install
    ) -> None:
        place = place_in(store)
        first = place.capture(X1, reading_depth=0.5)
        activate_algorithm_for(store, "oscl-2", HARSHER, install)
        second = place.capture(X1, reading_depth=0.5)
        old = next(
            each for each in store.read(captures.list_algorithms) if each.algorithm.id == "oscl-1"
        )
        activate(store, old)
        third = place.capture(X1, reading_depth=0.5)

        assert [each.algorithm_version for each in (first, second, third)] == [
            "oscl-1",
            "oscl-2",
            "oscl-1",
        ]
        assert is_close(
            (each.magnitude for each in (first, second, third)), (0.1875, 0.125, 0.1875)
        )
        assert code(lambda: activate(store, old)) == "STALE"
        assert [each.algorithm.status for each in store.read(captures.list_algorithms)] == [
            "ACTIVE",
            "REPLACED",
        ]

    def test_a_version_of_the_algorithm_is_registered_once(self, store: AnyStore) -> None:
        activate_algorithm_for(store)
        command = captures.RegisterAlgorithm(algorithm_id="oscl-1", formulas=HARSHER)

        assert code(lambda: do(store, captures.register_algorithm, command)) == "ALGORITHM_EXISTS"
        (saved,) = store.read(captures.list_algorithms)
        assert saved.algorithm.formulas == SPHERICAL

    def test_an_algorithm_that_raises_keeps_nothing(
        self, store: AnyStore, install: Install
    ) -> None:
        place = place_in(store)
        assert (
            code(lambda: activate_algorithm_for(store, "oscl-x", FAILING, install))
            == "ALGORITHM_FAILED"
        )  # its own test finds it out
        late = FAILING.replace("3.0", "1.0")
        activate_algorithm_for(store, "oscl-late", late, install)
        only = place.subspace(A)
        place.capture(X1)

        assert code(lambda: place.capture(X1)) == "ALGORITHM_FAILED"
        assert place.read(captures.get_subspace, only).centroid.seq == 1
        assert len(place.read(captures.recent_captures, place.space_id)) == 1

    def test_an_annealed_centroid_follows_its_first_captures_faster(
        self, store: AnyStore, install: Install
    ) -> None:
        activate_algorithm_for(store, "oscl-2", ANNEALED, install)
        place = space_of(store)
        only = place.subspace(A)
        place.capture(B)

        assert is_close(place.read(captures.get_subspace, only).centroid.vector, B)

    def test_a_centroid_is_replayed_to_its_last_bit_by_the_versions_that_its_captures_name(
        self, store: AnyStore, install: Install
    ) -> None:
        place, a, b, _ = worked(store)
        for number in range(6):
            place.capture((1.0, 0.1 * number, 0.03), url=f"https://example.org/{number}")
        first = place.read(captures.get_subspace, a).centroid
        activate_algorithm_for(store, "oscl-2", ANNEALED, install)
        for number in range(6):
            place.capture((0.9, -0.1 * number, 0.07), url=f"https://example.org/{number}")
        live = [place.read(captures.get_subspace, each).centroid for each in (a, b)]

        assert [place.read(captures.replay_centroid, each) for each in (a, b)] == live
        assert live[0].seq > first.seq
        assert place.read(captures.replay_centroid, a, algorithm_id="oscl-1") != live[0]

    def test_a_setting_is_one_that_is_known_and_in_its_range(self, store: AnyStore) -> None:
        saved = change(store, "assignment_margin_threshold", "0.25")
        again = change(store, "assignment_margin_threshold", "0.5", seq=saved.seq)

        assert (again.setting.value, again.seq) == ("0.5", 2)
        assert store.read(lambda tx: setting_texts(tx.settings)) == {
            "assignment_margin_threshold": "0.5"
        }
        assert code(lambda: change(store, "assignment_margin_threshold", "0.1", seq=1)) == "STALE"
        assert code(lambda: change(store, "assignment_margin_threshold", "0.1")) == "STALE"
        assert code(lambda: change(store, "margin", "0.1")) == "SETTING_NOT_FOUND"
        for value in ('"0.1"', "NaN", "-0.1", "2.1", "true", "[]", "x", "[" * 5_000):
            refused = code(
                partial(change, store, "assignment_margin_threshold", value[:1_000], seq=2)
            )
            assert refused == "SETTING_INVALID"

    def test_a_space_takes_its_model_from_the_settings_or_is_refused(self, store: AnyStore) -> None:
        command = captures.CreateSpace(user_id="maya", name="reading")
        assert code(lambda: do(store, captures.create_space, command)) == "CONFIG_UNAVAILABLE"
        change(store, "embedding_model", '"model-2"')
        change(store, "embedding_dimension", "8")
        space = do(store, captures.create_space, command).space

        assert (space.model, space.dimension) == ("model-2", 8)

    def test_the_nearest_artifacts_come_first(self, store: AnyStore) -> None:
        place = place_in(store)
        pages = {
            name: place.capture(each, url=f"https://example.org/{name}").artifact_id
            for name, each in (("a", A), ("b", B), ("c", C))
        }
        found = place.read(captures.search_artifacts, place.space_id, B, limit=2)

        assert [each.artifact.id for each in found] == [pages["b"], pages["a"]]
        assert is_close((each.distance for each in found), (0.0, 0.4))
        assert (
            code(lambda: place.read(captures.search_artifacts, place.space_id, (1.0,)))
            == "EMBEDDING_OF_OTHER_MODEL"
        )

    def test_lists_are_read_a_page_at_a_time(self, store: AnyStore) -> None:
        place = place_in(store)
        for number in range(5):
            place.capture(A, url=f"https://example.org/{number}")
        first = place.read(captures.list_artifacts, place.space_id, limit=3)
        rest = place.read(captures.list_artifacts, place.space_id, after=first[-1].id)
        recent = place.read(captures.recent_captures, place.space_id, limit=2)

        assert [len(first), len(rest), len({each.id for each in (*first, *rest)})] == [3, 2, 5]
        assert [each.normalized_url[-1] for each in recent] == ["4", "3"]

    def test_the_seed_s_handler_opens_the_transaction_in_the_user_s_name(
        self, store: AnyStore
    ) -> None:
        place = place_in(store)
        result = CaptureHandler(store).handle(place.command(X1))
        (signal,) = place.read(captures.list_signals, result.artifact_id)

        assert (signal.actor, signal.reason) == (MAYA, "captured")

    def test_a_refused_capture_in_a_transaction_takes_the_others_with_it(
        self, store: AnyStore
    ) -> None:
        place = place_in(store)

        def twice(tx: Any, command: CaptureArtifactCommand) -> None:  # noqa: ANN401 - any store's
            captures.capture_artifact(tx, command)
            captures.capture_artifact(tx, attrs.evolve(command, embedding_model="model-2"))

        assert code(lambda: do(store, twice, place.command(X1))) == "EMBEDDING_OF_OTHER_MODEL"
        assert place.read(captures.list_artifacts, place.space_id) == ()

    def test_the_same_key_twice_at_once_is_one_write_and_one_answer(self, store: AnyStore) -> None:
        place, start = place_in(store), Barrier(2)

        def session(_: int) -> CaptureResult:
            start.wait()
            return place.capture(X1, capture_key="k-1")

        with ThreadPoolExecutor(2) as sessions:
            results = list(sessions.map(session, range(2)))

        assert len({each.signal_id for each in results}) == 1
        assert sorted(each.replayed for each in results) == [False, True]

    def test_the_look_ahead_is_the_algorithm_s(self, store: AnyStore) -> None:
        place_in(store)

        def ask(tx: ReadTx) -> tuple[float, float, bool, bool]:
            margins = tx.captures.margins
            value = margins.calculate_margin_value(0.25, 0.5)
            return (
                value,
                margins.get_threshold(),
                margins.should_update_centroid(0.0),
                margins.should_update_centroid(0.1),
            )

        assert store.read(ask) == (0.25, 0.05, False, True)
