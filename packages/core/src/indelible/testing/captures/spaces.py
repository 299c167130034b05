"""Requirements on spaces and subspaces: owners, changes, search and lists."""

from collections.abc import Callable
from functools import partial
from typing import Any

from attrs import evolve

from indelible import captures
from indelible.app import WriteTx
from indelible.captures import CaptureArtifactCommand, CaptureHandler, EmbeddingVector
from indelible.testing.captures.scenarios import (
    MODEL,
    X1,
    A,
    B,
    C,
    CaptureScenario,
    change,
    code,
    is_close,
    place_in,
    space_of,
)
from indelible.testing.stores import MAYA, AnyStore, do
from indelible.testing.suite import Suite


class SpacesConformance(Suite):
    """Subclass it, and give it fixtures `store` and `install` as for CapturesConformance."""

    def test_a_foreign_space_is_not_found(self, store: AnyStore) -> None:
        scenario = place_in(store)
        foreign_id = space_of(store, user_id="noor").space_id
        foreign = CaptureScenario(store, foreign_id)
        missing = CaptureScenario(store, "nowhere")
        attempts: list[Callable[[], object]] = [
            lambda: foreign.capture(X1),
            lambda: missing.capture(X1),
            lambda: scenario.read(captures.get_space, foreign_id),
            lambda: scenario.read(captures.preview_margin, foreign_id, X1),
            lambda: scenario.read(captures.search_artifacts, foreign_id, X1),
        ]

        assert [code(attempt) for attempt in attempts] == ["SPACE_NOT_FOUND"] * len(attempts)
        spaces = scenario.read(captures.list_spaces)
        assert [saved.space.id for saved in spaces] == [scenario.space_id]

    def test_a_foreign_artifact_and_subspace_are_not_found(self, store: AnyStore) -> None:
        scenario = place_in(store)
        artifact_id = scenario.capture(X1).artifact_id
        subspace_id = scenario.subspace(A)

        def artifact_error(user_id: str, requested_id: str) -> str:
            return code(lambda: store.read(captures.get_artifact, user_id, requested_id))

        assert artifact_error("noor", artifact_id) == "ARTIFACT_NOT_FOUND"
        assert artifact_error("maya", "nowhere") == "ARTIFACT_NOT_FOUND"
        foreign_subspace = code(lambda: store.read(captures.get_subspace, "noor", subspace_id))
        assert foreign_subspace == "SUBSPACE_NOT_FOUND"

    def test_another_user_s_space_is_not_found_whatever_the_seq(self, store: AnyStore) -> None:
        space_id = place_in(store).space_id

        for seq in (1, 2):
            target: dict[str, Any] = {
                "user_id": "noor",
                "space_id": space_id,
                "expected_seq": seq,
            }
            rename = captures.RenameSpace(**target, name="Mine")
            retire = captures.RetireSpace(**target)
            assert code(partial(do, store, captures.rename_space, rename)) == "SPACE_NOT_FOUND"
            assert code(partial(do, store, captures.retire_space, retire)) == "SPACE_NOT_FOUND"

    def test_another_user_s_subspace_is_not_found_whatever_the_seq(self, store: AnyStore) -> None:
        subspace_id = place_in(store).subspace(None)
        seed = EmbeddingVector(values=A, model=MODEL)

        for seq in (1, 2):
            target: dict[str, Any] = {
                "user_id": "noor",
                "subspace_id": subspace_id,
                "expected_seq": seq,
            }
            attempts: list[tuple[Any, Any]] = [
                (captures.rename_subspace, captures.RenameSubspace(**target, name="Mine")),
                (captures.seed_subspace, captures.SeedSubspace(**target, seed=seed)),
                (captures.retire_subspace, captures.RetireSubspace(**target)),
            ]
            for handler, command in attempts:
                assert code(partial(do, store, handler, command)) == "SUBSPACE_NOT_FOUND"

    def test_a_retired_space_takes_nothing(self, store: AnyStore) -> None:
        scenario = place_in(store)
        command = captures.RetireSpace(user_id="maya", space_id=scenario.space_id, expected_seq=1)
        do(store, captures.retire_space, command)

        assert code(lambda: scenario.capture(X1)) == "SPACE_RETIRED"
        assert code(lambda: scenario.subspace(A)) == "SPACE_RETIRED"

    def test_an_embedding_of_another_model_is_refused(self, store: AnyStore) -> None:
        scenario = place_in(store)
        attempts: list[Callable[[], object]] = [
            lambda: scenario.capture((1.0, 0.0)),
            lambda: scenario.capture(X1, embedding_model="model-2"),
            lambda: scenario.subspace((1.0, 0.0)),
        ]

        for attempt in attempts:
            assert code(attempt) == "EMBEDDING_OF_OTHER_MODEL"
        assert scenario.read(captures.recent_captures, scenario.space_id) == ()

    def test_a_seed_comes_before_the_first_capture(self, store: AnyStore) -> None:
        scenario = place_in(store)
        empty_id = scenario.subspace(None)
        moved_id = scenario.subspace(None)
        scenario.capture(X1, subspace_id=moved_id)
        seed = EmbeddingVector(values=A, model=MODEL)
        command = partial(captures.SeedSubspace, user_id="maya", seed=seed)
        first = command(subspace_id=empty_id, expected_seq=1)
        second = command(subspace_id=empty_id, expected_seq=2)
        late = command(subspace_id=moved_id, expected_seq=1)

        assert do(store, captures.seed_subspace, first).subspace.seed == seed.values
        assert code(lambda: do(store, captures.seed_subspace, second)) == "CENTROID_EXISTS"
        assert code(lambda: do(store, captures.seed_subspace, late)) == "CENTROID_EXISTS"
        details = scenario.read(captures.get_subspace, empty_id)
        assert details.saved.subspace.seed == seed.values

    def test_spaces_and_subspaces_are_renamed(self, store: AnyStore) -> None:
        scenario = place_in(store)
        subspace_id = scenario.subspace(A)
        rename_space = captures.RenameSpace(
            user_id="maya", space_id=scenario.space_id, expected_seq=1, name="Other"
        )
        rename_subspace = captures.RenameSubspace(
            user_id="maya", subspace_id=subspace_id, expected_seq=1, name="Part", description="x"
        )
        do(store, captures.rename_space, rename_space)
        do(store, captures.rename_subspace, rename_subspace)

        assert scenario.read(captures.get_space, scenario.space_id).space.name == "Other"
        (saved,) = scenario.read(captures.list_subspaces, scenario.space_id)
        assert (saved.subspace.name, saved.subspace.description, saved.seq) == ("Part", "x", 2)
        assert code(lambda: do(store, captures.rename_space, rename_space)) == "STALE"

    def test_a_space_takes_its_model_from_the_settings_or_is_refused(self, store: AnyStore) -> None:
        command = captures.CreateSpace(user_id="maya", name="reading")
        assert code(lambda: do(store, captures.create_space, command)) == "EMBEDDING_NOT_NAMED"
        change(store, "embedding_model", '"model-2"')
        change(store, "embedding_dimension", "8")
        space = do(store, captures.create_space, command).space

        assert (space.model, space.dimension) == ("model-2", 8)

    def test_the_nearest_artifacts_come_first(self, store: AnyStore) -> None:
        scenario = place_in(store)
        ids: dict[str, str] = {}
        for name, vector in (("a", A), ("b", B), ("c", C)):
            result = scenario.capture(vector, url=f"https://example.org/{name}")
            ids[name] = result.artifact_id
        search = partial(scenario.read, captures.search_artifacts, scenario.space_id)
        matches = search(B, limit=2)

        assert [match.artifact.id for match in matches] == [ids["b"], ids["a"]]
        assert is_close((match.distance for match in matches), (0.0, 0.4))
        assert code(lambda: search((1.0,))) == "EMBEDDING_OF_OTHER_MODEL"

    def test_lists_are_read_a_page_at_a_time(self, store: AnyStore) -> None:
        scenario = place_in(store)
        captures_count = 5
        for number in range(captures_count):
            scenario.capture(A, url=f"https://example.org/{number}")
        first = scenario.read(captures.list_artifacts, scenario.space_id, limit=3)
        rest = scenario.read(captures.list_artifacts, scenario.space_id, after=first[-1].id)
        recent = scenario.read(captures.recent_captures, scenario.space_id, limit=2)

        assert (len(first), len(rest)) == (3, 2)
        assert len({artifact.id for artifact in (*first, *rest)}) == captures_count
        assert [signal.normalized_url[-1] for signal in recent] == ["4", "3"]

    def test_the_seed_s_handler_opens_the_transaction_in_the_user_s_name(
        self, store: AnyStore
    ) -> None:
        scenario = place_in(store)
        result = CaptureHandler(store).handle(scenario.command(X1))
        (signal,) = scenario.read(captures.list_signals, result.artifact_id)

        assert (signal.actor, signal.reason) == (MAYA, "captured")

    def test_a_refused_capture_in_a_transaction_takes_the_others_with_it(
        self, store: AnyStore
    ) -> None:
        scenario = place_in(store)

        def capture_twice(tx: WriteTx, command: CaptureArtifactCommand) -> None:
            captures.capture_artifact(tx, command)
            captures.capture_artifact(tx, evolve(command, embedding_model="model-2"))

        attempt = partial(do, store, capture_twice, scenario.command(X1))
        assert code(attempt) == "EMBEDDING_OF_OTHER_MODEL"
        assert scenario.read(captures.list_artifacts, scenario.space_id) == ()
