"""What every store of captures must do."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import attrs
from attrs import frozen

from indelible import captures
from indelible.captures import (
    ANNEALED,
    SPHERICAL,
    CaptureArtifactCommand,
    CaptureHandler,
    CaptureResult,
    Decision,
    EmbeddingVector,
    EngagementLevel,
)
from indelible.kernel import IndelibleError
from indelible.testing.stores import BEGINNING, MAYA, AnyStore, do, refusal
from indelible.wiring import Reading

CLOSE = 1e-6
MODEL = "model-1"
A, B, C = (1.0, 0.0, 0.0), (0.6, 0.8, 0.0), (0.0, 0.0, 1.0)
X1, X2 = (0.9, 0.3, 0.3), (0.85, 0.5, 0.1)
HARSHER = SPHERICAL.replace("weight * (0.5 + 0.5 * least(1.0, depth))", "weight * depth")
FAILING = SPHERICAL.replace("rate = 0.1", "rate = 1.0 / (applied - 3.0) * (applied - 3.0) * 0.1")


@frozen
class Place:
    """A space of a store, and the commands of its user."""

    store: AnyStore
    space_id: str

    def capture(self, embedding: Iterable[float], **other: Any) -> CaptureResult:  # noqa: ANN401 - whatever a field takes
        """What becomes of a capture."""
        return do(self.store, captures.capture_artifact, self.command(embedding, **other))

    def command(self, embedding: Iterable[float], **other: Any) -> CaptureArtifactCommand:  # noqa: ANN401 - as above
        """A capture of the space's user."""
        said: dict[str, Any] = {"user_id": "maya", "space_id": self.space_id, "url": "https://example.org/page"}
        said |= {"embedding": tuple(embedding), "embedding_model": MODEL}
        return CaptureArtifactCommand(**(said | other))

    def subspace(self, seed: Iterable[float] | None, name: str = "a part") -> str:
        """The id of a new subspace."""
        vector = None if seed is None else EmbeddingVector(values=tuple(seed), model=MODEL)
        command = captures.CreateSubspace(user_id="maya", space_id=self.space_id, name=name, seed=vector)
        return do(self.store, captures.create_subspace, command).subspace.id

    def read(self, query: Callable[..., Any], *args: object, **kwargs: object) -> Any:  # noqa: ANN401 - whatever it answers
        """What a query says to the space's user."""
        return self.store.read(query, "maya", *args, **kwargs)


Install = Callable[[AnyStore, str], object]


def nothing_to_install(_: AnyStore, __: str) -> None:
    """Memory and SQLite compute by the registered text itself."""


def activated(
    store: AnyStore,
    algorithm_id: str = "oscl-1",
    formulas: str = SPHERICAL,
    install: Install = nothing_to_install,
) -> captures.AlgorithmSaved:
    """A version of the algorithm that is active."""
    command = captures.RegisterAlgorithm(algorithm_id=algorithm_id, formulas=formulas)
    saved = do(store, captures.register_algorithm, command)
    install(store, algorithm_id)
    return activate(store, saved)


def activate(store: AnyStore, saved: captures.AlgorithmSaved) -> captures.AlgorithmSaved:
    """The version, active."""
    command = captures.ActivateAlgorithm(algorithm_id=saved.algorithm.id, expected_seq=saved.seq)
    return do(store, captures.activate_algorithm, command)


def space_of(store: AnyStore, *, dimension: int = 3, user_id: str = "maya") -> Place:
    """A new space."""
    command = captures.CreateSpace(user_id=user_id, name="reading", model=MODEL, dimension=dimension)
    return Place(store, do(store, captures.create_space, command).space.id)


def place_in(store: AnyStore) -> Place:
    """A new space in a store whose algorithm is active."""
    activated(store)
    return space_of(store)


def worked(store: AnyStore) -> tuple[Place, str, str, str]:
    """The space of the worked example, with its three subspaces."""
    place = place_in(store)
    return place, place.subspace(A, "A"), place.subspace(B, "B"), place.subspace(C, "C")


def change(store: AnyStore, key: str, value: str, *, seq: int = 0) -> captures.SettingSaved:
    """A setting with another value."""
    return do(store, captures.change_setting, captures.ChangeSetting(key=key, value=value, expected_seq=seq))


def code(attempt: Callable[[], object]) -> str:
    """The code of the refusal, '' where there was none."""
    refused: IndelibleError | None = refusal(attempt)
    return refused.code if refused else ""


def is_close(found: Iterable[float | None], expected: Iterable[float]) -> bool:
    """Whether all the figures are as they were measured."""
    return all(one is not None and abs(one - other) < CLOSE for one, other in zip(found, expected, strict=True))


class CapturesConformance:
    """Subclass it, and give it a fixture `store` with an empty store.

    Its fixture `install` does what the store's owner does for a version of the algorithm before it is activated.
    """

    def test_the_first_golden_capture_draws_its_centroid_on(self, store: AnyStore) -> None:
        place, a, _, _ = worked(store)
        change(store, "assignment_margin_threshold", "0.1")
        result = place.capture(X1)
        (signal,) = place.read(captures.recent_captures, place.space_id)
        shown = place.read(captures.get_subspace, a)

        assert (result.decision, result.subspace_id, result.updates_centroid) == (Decision.UPDATED, a, True)
        assert is_close(
            (signal.nearest_distance, signal.second_distance, signal.margin), (0.095466, 0.216071, 0.120605)
        )
        assert is_close(shown.centroid.vector, (0.999075, 0.030414, 0.030414))
        assert is_close((signal.drift, shown.centroid.confidence), (0.000925, 0.05))
        assert (shown.centroid.seq, signal.logged_drift, signal.threshold) == (1, None, 0.1)

    def test_the_second_golden_capture_is_clear_at_the_lower_threshold_only(self, store: AnyStore) -> None:
        place, _, b, _ = worked(store)
        clear = place.read(captures.preview_margin, place.space_id, X2)
        change(store, "assignment_margin_threshold", "0.1")
        ambiguous = place.capture(X2)

        assert (clear.nearest_subspace_id, clear.updates_centroid) == (b, True)
        assert is_close((clear.nearest_distance, clear.second_distance, clear.margin), (0.081931, 0.142463, 0.060532))
        assert (ambiguous.decision, ambiguous.subspace_id) == (Decision.AMBIGUOUS, b)
        assert place.read(captures.get_subspace, b).centroid is None

    def test_a_capture_is_weighed_by_its_level_and_its_depth(self, store: AnyStore) -> None:
        place = place_in(store)
        read = {"word_count": 1_200, "dwell_time_ms": 42_000, "scroll_depth": 0.8, "reading_depth": 0.39}
        result = place.capture(X1, engagement_level=EngagementLevel.ENGAGED, **read)
        odd = place.capture(X1, **(read | {"reading_depth": 0.9}))

        assert is_close((result.magnitude,), (0.52125,))
        assert (result.warnings, odd.warnings) == ((), ("DEPTH_MISMATCH",))

    def test_a_capture_where_there_is_no_centroid_is_kept_and_belongs_nowhere(self, store: AnyStore) -> None:
        place = place_in(store)
        place.subspace(None)
        result = place.capture(X1)

        assert (result.decision, result.subspace_id, result.margin) == (Decision.NO_CENTROID, None, None)
        assert (result.is_new, result.replayed, result.updates_centroid) == (True, False, False)

    def test_a_capture_that_names_a_part_without_a_centroid_begins_it(self, store: AnyStore) -> None:
        place, *_ = worked(store)
        empty = place.subspace(None)
        result = place.capture(X1, subspace_id=empty)
        shown = place.read(captures.get_subspace, empty)

        assert (result.decision, result.subspace_id) == (Decision.NO_CENTROID, empty)
        assert is_close(shown.centroid.vector, (0.904534, 0.301511, 0.301511))

    def test_a_single_centroid_takes_what_is_near_enough(self, store: AnyStore) -> None:
        place = place_in(store)
        only = place.subspace(A)
        near, far = place.capture(X1), place.capture((-1, 0, 0))

        assert [(each.decision, each.subspace_id, each.updates_centroid) for each in (near, far)] == [
            (Decision.SINGLE, only, True),
            (Decision.SINGLE, only, False),
        ]
        assert near.margin is None

    def test_a_tie_goes_to_the_lower_id_and_moves_nothing(self, store: AnyStore) -> None:
        place = place_in(store)
        change(store, "assignment_margin_threshold", "0")
        twins = sorted(place.subspace(A) for _ in range(2))
        result = place.capture(X1)

        assert (result.decision, result.subspace_id, result.margin) == (Decision.AMBIGUOUS, twins[0], 0.0)
        assert not result.updates_centroid

    def test_a_named_part_that_is_not_the_nearest_is_overridden(self, store: AnyStore) -> None:
        place, a, b, _ = worked(store)
        other, own = place.capture(X1, subspace_id=b), place.capture(X1, subspace_id=a)

        assert (other.decision, other.subspace_id, other.updates_centroid) == (Decision.OVERRIDDEN, b, False)
        assert is_close((other.margin, own.margin), (-0.120605, 0.120605))
        assert (own.decision, own.subspace_id) == (Decision.UPDATED, a)

    def test_a_named_part_that_is_gone_leaves_a_warning(self, store: AnyStore) -> None:
        place = place_in(store)
        gone, elsewhere = place.subspace(A), space_of(store).subspace(A)
        command = captures.RetireSubspace(user_id="maya", subspace_id=gone, expected_seq=1)
        do(store, captures.retire_subspace, command)

        for named in (gone, elsewhere, "nowhere"):
            result = place.capture(X1, subspace_id=named)
            assert (result.subspace_id, result.warnings) == (None, ("SUBSPACE_GONE",))

    def test_the_same_key_again_is_the_first_answer_and_no_write(self, store: AnyStore) -> None:
        place, a, *_ = worked(store)
        first = place.capture(X1, capture_key="k-1", title="One")
        again = place.capture(X1, capture_key="k-1", title="One")

        assert again == attrs.evolve(first, replayed=True)
        assert place.read(captures.get_subspace, a).centroid.seq == 1
        assert len(place.read(captures.recent_captures, place.space_id)) == 1

    def test_the_same_key_with_another_capture_is_refused(self, store: AnyStore) -> None:
        place, *_ = worked(store)
        place.capture(X1, capture_key="k-1")

        for other in (
            {"title": "x"},
            {"captured_at": BEGINNING},
            {"word_count": 1},
            {"url": "https://example.org/page/"},
        ):
            assert code(partial(place.capture, X1, capture_key="k-1", **other)) == "CAPTURE_KEY_REUSED"
        assert code(lambda: place.capture(X2, capture_key="k-1")) == "CAPTURE_KEY_REUSED"
        assert len(place.read(captures.recent_captures, place.space_id)) == 1

    def test_without_a_key_the_same_capture_is_the_same(self, store: AnyStore) -> None:
        place = place_in(store)
        first = place.capture(X1, captured_at=BEGINNING)

        assert place.capture(X1, captured_at=BEGINNING).signal_id == first.signal_id
        assert place.capture(X1).signal_id != first.signal_id

    def test_captures_of_one_page_join_whatever_their_order(self, store: AnyStore) -> None:
        place, second, mirror = place_in(store), space_of(store), space_of(store)
        told: list[dict[str, Any]] = [
            {"engagement_level": EngagementLevel.ENGAGED, "dwell_time_ms": 5, "title": "Old", "content": "Kept"},
            {"engagement_level": EngagementLevel.DISCOVERED, "dwell_time_ms": 9, "title": "New"},
            {"reading_depth": 1.5, "scroll_depth": 0.25, "word_count": 7},
        ]
        shown = []
        for each, order in ((place, (0, 1, 2)), (second, (2, 1, 0)), (mirror, (1, 2, 0))):
            for number in order:
                at, key = BEGINNING.replace(second=number), f"{each.space_id} {number}".replace(" ", "-")
                each.capture(A if number else C, captured_at=at, capture_key=key, **told[number])
            (artifact,) = each.read(captures.list_artifacts, each.space_id)
            shown.append(artifact)

        for artifact in shown:
            assert (artifact.engagement_level, artifact.dwell_time_ms) == (EngagementLevel.ENGAGED, 9)
            assert (artifact.title, artifact.content, artifact.vector) == ("New", "Kept", A)
            assert (artifact.reading_depth, artifact.scroll_depth) == (1.5, 0.25)
            assert (artifact.word_count, artifact.seq) == (7, len(told))

    def test_engagement_never_falls(self, store: AnyStore) -> None:
        place = place_in(store)
        levels = list(EngagementLevel)
        reached = [place.capture(X1, engagement_level=each).engagement_level for each in (*levels, *levels[::-1])]

        assert reached == [*levels, *[EngagementLevel.SATURATED] * 4]

    def test_every_fifth_update_is_written_down(self, store: AnyStore) -> None:
        place = place_in(store)
        only = place.subspace(A)
        for _ in range(7):
            place.capture(A)
        signals = place.read(captures.list_drift, only)

        assert [each.applied_seq for each in signals] == [1, 2, 3, 4, 5, 6, 7]
        assert [each.applied_seq for each in signals if each.logged_drift is not None] == [5]
        assert [place.read(captures.get_subspace, only).centroid.logged_seq] == [5]

    def test_an_artifact_and_its_signals_read_back(self, store: AnyStore) -> None:
        place = place_in(store)
        odd = "\u202etab\t line\n é é \U0001f9ee '; DROP TABLE signals; -- %s :x {0} \\ \""
        result = place.capture(X1, title=odd, content=odd, session_id="session-1", url="https://EXAMPLE.org/?utm_x=1#y")
        artifact = place.read(captures.get_artifact, result.artifact_id)
        (signal,) = place.read(captures.list_signals, result.artifact_id)

        assert (artifact.title, artifact.content, artifact.normalized_url) == (odd, odd, "https://example.org/")
        assert (signal.url, signal.session_id) == ("https://EXAMPLE.org/?utm_x=1#y", "session-1")
        assert (signal.actor, signal.reason, signal.request_id) == (MAYA, "a test", "request-1")
        assert signal.vector == place.command(X1).embedding

    def test_a_foreign_space_is_not_found(self, store: AnyStore) -> None:
        place, own = place_in(store), space_of(store, user_id="noor")
        foreign = Place(store, own.space_id)

        assert code(lambda: foreign.capture(X1)) == "SPACE_NOT_FOUND"
        assert code(lambda: Place(store, "nowhere").capture(X1)) == "SPACE_NOT_FOUND"
        assert code(lambda: place.read(captures.get_space, own.space_id)) == "SPACE_NOT_FOUND"
        assert code(lambda: place.read(captures.preview_margin, own.space_id, X1)) == "SPACE_NOT_FOUND"
        assert code(lambda: place.read(captures.search_artifacts, own.space_id, X1)) == "SPACE_NOT_FOUND"
        assert [each.space.id for each in place.read(captures.list_spaces)] == [place.space_id]

    def test_a_foreign_artifact_and_subspace_are_not_found(self, store: AnyStore) -> None:
        place = place_in(store)
        artifact, subspace = place.capture(X1).artifact_id, place.subspace(A)

        assert code(lambda: store.read(captures.get_artifact, "noor", artifact)) == "ARTIFACT_NOT_FOUND"
        assert code(lambda: store.read(captures.get_artifact, "maya", "nowhere")) == "ARTIFACT_NOT_FOUND"
        assert code(lambda: store.read(captures.get_subspace, "noor", subspace)) == "SUBSPACE_NOT_FOUND"

    def test_a_retired_space_takes_nothing(self, store: AnyStore) -> None:
        place = place_in(store)
        command = captures.RetireSpace(user_id="maya", space_id=place.space_id, expected_seq=1)
        do(store, captures.retire_space, command)

        assert code(lambda: place.capture(X1)) == "SPACE_RETIRED"
        assert code(lambda: place.subspace(A)) == "SPACE_RETIRED"

    def test_an_embedding_of_another_kind_is_refused(self, store: AnyStore) -> None:
        place = place_in(store)

        assert code(lambda: place.capture((1.0, 0.0))) == "EMBEDDING_OF_OTHER_MODEL"
        assert code(lambda: place.capture(X1, embedding_model="model-2")) == "EMBEDDING_OF_OTHER_MODEL"
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
        named = captures.RenameSpace(user_id="maya", space_id=place.space_id, expected_seq=1, name="Other")
        said = captures.RenameSubspace(user_id="maya", subspace_id=part, expected_seq=1, name="Part", description="x")
        do(store, captures.rename_space, named)
        do(store, captures.rename_subspace, said)

        assert place.read(captures.get_space, place.space_id).space.name == "Other"
        (saved,) = place.read(captures.list_subspaces, place.space_id)
        assert (saved.subspace.name, saved.subspace.description, saved.seq) == ("Part", "x", 2)
        assert code(lambda: do(store, captures.rename_space, named)) == "STALE"

    def test_without_an_active_algorithm_nothing_is_computed(self, store: AnyStore) -> None:
        place = space_of(store)

        assert code(lambda: place.capture(X1)) == "NO_ACTIVE_ALGORITHM"
        assert code(lambda: place.read(captures.preview_margin, place.space_id, X1)) == "NO_ACTIVE_ALGORITHM"

    def test_an_algorithm_is_replaced_and_activated_again(self, store: AnyStore, install: Install) -> None:
        place = place_in(store)
        first = place.capture(X1, reading_depth=0.5)
        activated(store, "oscl-2", HARSHER, install)
        second = place.capture(X1, reading_depth=0.5)
        old = next(each for each in store.read(captures.list_algorithms) if each.algorithm.id == "oscl-1")
        activate(store, old)
        third = place.capture(X1, reading_depth=0.5)

        assert [each.algorithm_version for each in (first, second, third)] == ["oscl-1", "oscl-2", "oscl-1"]
        assert is_close((each.magnitude for each in (first, second, third)), (0.1875, 0.125, 0.1875))
        assert code(lambda: activate(store, old)) == "STALE"
        assert [each.algorithm.status for each in store.read(captures.list_algorithms)] == ["ACTIVE", "REPLACED"]

    def test_an_algorithm_that_raises_keeps_nothing(self, store: AnyStore, install: Install) -> None:
        place = place_in(store)
        assert (
            code(lambda: activated(store, "oscl-x", FAILING, install)) == "ALGORITHM_FAILED"
        )  # its own test finds it out
        late = FAILING.replace("3.0", "1.0")
        activated(store, "oscl-late", late, install)
        only = place.subspace(A)
        place.capture(X1)

        assert code(lambda: place.capture(X1)) == "ALGORITHM_FAILED"
        assert place.read(captures.get_subspace, only).centroid.seq == 1
        assert len(place.read(captures.recent_captures, place.space_id)) == 1

    def test_an_annealed_centroid_follows_its_first_captures_faster(self, store: AnyStore, install: Install) -> None:
        activated(store, "oscl-2", ANNEALED, install)
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
        activated(store, "oscl-2", ANNEALED, install)
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
        assert store.read(captures.settings_kept) == {"assignment_margin_threshold": "0.5"}
        assert code(lambda: change(store, "assignment_margin_threshold", "0.1", seq=1)) == "STALE"
        assert code(lambda: change(store, "assignment_margin_threshold", "0.1")) == "STALE"
        assert code(lambda: change(store, "margin", "0.1")) == "SETTING_NOT_FOUND"
        for value in ('"0.1"', "NaN", "-0.1", "2.1", "true", "[]", "x", "[" * 5_000):
            refused = code(partial(change, store, "assignment_margin_threshold", value[:1_000], seq=2))
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
        assert code(lambda: place.read(captures.search_artifacts, place.space_id, (1.0,))) == "EMBEDDING_OF_OTHER_MODEL"

    def test_lists_are_read_a_page_at_a_time(self, store: AnyStore) -> None:
        place = place_in(store)
        for number in range(5):
            place.capture(A, url=f"https://example.org/{number}")
        first = place.read(captures.list_artifacts, place.space_id, limit=3)
        rest = place.read(captures.list_artifacts, place.space_id, after=first[-1].id)
        recent = place.read(captures.recent_captures, place.space_id, limit=2)

        assert [len(first), len(rest), len({each.id for each in (*first, *rest)})] == [3, 2, 5]
        assert [each.normalized_url[-1] for each in recent] == ["4", "3"]

    def test_the_seed_s_handler_opens_the_transaction_in_the_user_s_name(self, store: AnyStore) -> None:
        place = place_in(store)
        result = CaptureHandler(store).handle(place.command(X1))
        (signal,) = place.read(captures.list_signals, result.artifact_id)

        assert (signal.actor, signal.reason) == (MAYA, "captured")

    def test_a_refused_capture_in_a_transaction_takes_the_others_with_it(self, store: AnyStore) -> None:
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

        def ask(tx: Reading) -> tuple[float, float, bool, bool]:
            margins = tx.margins
            value = margins.calculate_margin_value(0.25, 0.5)
            return (
                value,
                margins.get_threshold(),
                margins.should_update_centroid(0.0),
                margins.should_update_centroid(0.1),
            )

        assert store.read(ask) == (0.25, 0.05, False, True)
