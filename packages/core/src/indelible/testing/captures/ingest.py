"""Requirements on the ingest of captures: assignment, capture keys, joins and reads."""

from functools import partial
from typing import Any

from attrs import evolve

from indelible import captures
from indelible.captures import Decision, EngagementLevel
from indelible.testing.captures.scenarios import (
    X1,
    X2,
    A,
    C,
    change,
    code,
    is_close,
    place_in,
    space_of,
    worked,
)
from indelible.testing.stores import BEGINNING, MAYA, AnyStore, do
from indelible.testing.suite import Suite


class CaptureIngestConformance(Suite):
    """Subclass it, and give it fixtures `store` and `install` as for CapturesConformance."""

    def test_the_first_golden_capture_draws_its_centroid_on(self, store: AnyStore) -> None:
        scenario, nearest_id, _, _ = worked(store)
        change(store, "assignment_margin_threshold", "0.1")
        result = scenario.capture(X1)
        (signal,) = scenario.read(captures.recent_captures, scenario.space_id)
        centroid = scenario.read(captures.get_subspace, nearest_id).centroid

        assert result.decision is Decision.UPDATED
        assert result.subspace_id == nearest_id
        assert result.updates_centroid
        distances = (signal.nearest_distance, signal.second_distance, signal.margin)
        assert is_close(distances, (0.095466, 0.216071, 0.120605))
        assert is_close(centroid.vector, (0.999075, 0.030414, 0.030414))
        assert is_close((signal.drift, centroid.confidence), (0.000925, 0.05))
        assert (centroid.seq, signal.logged_drift, signal.threshold) == (1, None, 0.1)

    def test_the_second_golden_capture_is_clear_at_the_lower_threshold_only(
        self, store: AnyStore
    ) -> None:
        scenario, _, nearest_id, _ = worked(store)
        preview = scenario.read(captures.preview_margin, scenario.space_id, X2)
        change(store, "assignment_margin_threshold", "0.1")
        result = scenario.capture(X2)

        assert (preview.nearest_subspace_id, preview.updates_centroid) == (nearest_id, True)
        distances = (preview.nearest_distance, preview.second_distance, preview.margin)
        assert is_close(distances, (0.081931, 0.142463, 0.060532))
        assert (result.decision, result.subspace_id) == (Decision.AMBIGUOUS, nearest_id)
        assert scenario.read(captures.get_subspace, nearest_id).centroid is None

    def test_a_capture_is_weighed_by_its_level_and_its_depth(self, store: AnyStore) -> None:
        scenario = place_in(store)
        measures = {"word_count": 1_200, "dwell_time_ms": 42_000, "scroll_depth": 0.8}
        level = EngagementLevel.ENGAGED
        result = scenario.capture(X1, engagement_level=level, reading_depth=0.39, **measures)
        odd = scenario.capture(X1, reading_depth=0.9, **measures)

        assert is_close((result.magnitude,), (0.52125,))
        assert result.warnings == ()
        assert odd.warnings == ("DEPTH_MISMATCH",)

    def test_a_capture_without_a_centroid_in_its_space_has_no_subspace(
        self, store: AnyStore
    ) -> None:
        scenario = place_in(store)
        scenario.subspace(None)
        result = scenario.capture(X1)

        assert result.decision is Decision.NO_CENTROID
        assert (result.subspace_id, result.margin) == (None, None)
        assert (result.is_new, result.replayed, result.updates_centroid) == (True, False, False)

    def test_a_capture_that_names_an_empty_subspace_begins_its_centroid(
        self, store: AnyStore
    ) -> None:
        scenario, *_ = worked(store)
        empty_id = scenario.subspace(None)
        result = scenario.capture(X1, subspace_id=empty_id)
        centroid = scenario.read(captures.get_subspace, empty_id).centroid

        assert (result.decision, result.subspace_id) == (Decision.NO_CENTROID, empty_id)
        assert is_close(centroid.vector, (0.904534, 0.301511, 0.301511))

    def test_an_only_centroid_is_moved_by_captures_near_enough(self, store: AnyStore) -> None:
        scenario = place_in(store)
        only_id = scenario.subspace(A)
        near = scenario.capture(X1)
        far = scenario.capture((-1, 0, 0))

        for result in (near, far):
            assert (result.decision, result.subspace_id) == (Decision.SINGLE, only_id)
        assert (near.updates_centroid, far.updates_centroid) == (True, False)
        assert near.margin is None

    def test_a_tie_goes_to_the_lower_id_and_moves_nothing(self, store: AnyStore) -> None:
        scenario = place_in(store)
        change(store, "assignment_margin_threshold", "0")
        twins = [scenario.subspace(A) for _ in range(2)]
        result = scenario.capture(X1)

        assert (result.decision, result.subspace_id) == (Decision.AMBIGUOUS, min(twins))
        assert result.margin == 0.0
        assert not result.updates_centroid

    def test_a_named_subspace_that_is_not_the_nearest_is_overridden(self, store: AnyStore) -> None:
        scenario, nearest_id, other_id, _ = worked(store)
        other = scenario.capture(X1, subspace_id=other_id)
        nearest = scenario.capture(X1, subspace_id=nearest_id)

        assert (other.decision, other.subspace_id) == (Decision.OVERRIDDEN, other_id)
        assert not other.updates_centroid
        assert (nearest.decision, nearest.subspace_id) == (Decision.UPDATED, nearest_id)
        assert is_close((other.margin, nearest.margin), (-0.120605, 0.120605))

    def test_a_named_subspace_that_takes_no_captures_leaves_a_warning(
        self, store: AnyStore
    ) -> None:
        scenario = place_in(store)
        retired_id = scenario.subspace(A)
        foreign_id = space_of(store).subspace(A)
        command = captures.RetireSubspace(user_id="maya", subspace_id=retired_id, expected_seq=1)
        do(store, captures.retire_subspace, command)

        for named_id in (retired_id, foreign_id, "nowhere"):
            result = scenario.capture(X1, subspace_id=named_id)
            assert (result.subspace_id, result.warnings) == (None, ("SUBSPACE_GONE",))

    def test_the_same_key_again_is_the_first_answer_and_no_write(self, store: AnyStore) -> None:
        scenario, nearest_id, *_ = worked(store)
        first = scenario.capture(X1, capture_key="k-1", title="One")
        again = scenario.capture(X1, capture_key="k-1", title="One")

        assert again == evolve(first, replayed=True)
        assert scenario.read(captures.get_subspace, nearest_id).centroid.seq == 1
        assert len(scenario.read(captures.recent_captures, scenario.space_id)) == 1

    def test_the_same_key_with_another_capture_is_refused(self, store: AnyStore) -> None:
        scenario, *_ = worked(store)
        scenario.capture(X1, capture_key="k-1")
        differences: list[dict[str, Any]] = [
            {"title": "x"},
            {"captured_at": BEGINNING},
            {"word_count": 1},
            {"url": "https://example.org/page/"},
        ]

        for fields in differences:
            attempt = partial(scenario.capture, X1, capture_key="k-1", **fields)
            assert code(attempt) == "CAPTURE_KEY_REUSED"
        assert code(lambda: scenario.capture(X2, capture_key="k-1")) == "CAPTURE_KEY_REUSED"
        assert len(scenario.read(captures.recent_captures, scenario.space_id)) == 1

    def test_without_a_key_the_same_capture_at_the_same_time_is_saved_once(
        self, store: AnyStore
    ) -> None:
        scenario = place_in(store)
        first = scenario.capture(X1, captured_at=BEGINNING)

        assert scenario.capture(X1, captured_at=BEGINNING).signal_id == first.signal_id
        assert scenario.capture(X1).signal_id != first.signal_id

    def test_captures_of_one_page_join_whatever_their_order(self, store: AnyStore) -> None:
        place_in(store)
        parts: list[dict[str, Any]] = [
            {
                "engagement_level": EngagementLevel.ENGAGED,
                "dwell_time_ms": 5,
                "title": "Old",
                "content": "Kept",
            },
            {"engagement_level": EngagementLevel.DISCOVERED, "dwell_time_ms": 9, "title": "New"},
            {"reading_depth": 1.5, "scroll_depth": 0.25, "word_count": 7},
        ]
        for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0)):
            scenario = space_of(store)
            for number in order:
                scenario.capture(
                    A if number else C,
                    captured_at=BEGINNING.replace(second=number),
                    capture_key=f"{scenario.space_id}-{number}",
                    **parts[number],
                )
            (artifact,) = scenario.read(captures.list_artifacts, scenario.space_id)

            assert artifact.engagement_level is EngagementLevel.ENGAGED
            assert (artifact.dwell_time_ms, artifact.word_count) == (9, 7)
            assert (artifact.title, artifact.content, artifact.vector) == ("New", "Kept", A)
            assert (artifact.reading_depth, artifact.scroll_depth) == (1.5, 0.25)
            assert artifact.seq == len(parts)

    def test_engagement_never_falls(self, store: AnyStore) -> None:
        scenario = place_in(store)
        levels = list(EngagementLevel)
        reached: list[EngagementLevel] = []
        for level in (*levels, *reversed(levels)):
            reached.append(scenario.capture(X1, engagement_level=level).engagement_level)

        assert reached == [*levels, *[EngagementLevel.SATURATED] * len(levels)]

    def test_every_fifth_update_is_logged(self, store: AnyStore) -> None:
        scenario = place_in(store)
        only_id = scenario.subspace(A)
        logged_seq = 5
        for _ in range(7):
            scenario.capture(A)
        signals = scenario.read(captures.list_drift, only_id)
        logged = [signal for signal in signals if signal.logged_drift is not None]

        assert [signal.applied_seq for signal in signals] == [1, 2, 3, 4, 5, 6, 7]
        assert [signal.applied_seq for signal in logged] == [logged_seq]
        assert scenario.read(captures.get_subspace, only_id).centroid.logged_seq == logged_seq

    def test_an_artifact_and_its_signals_read_back(self, store: AnyStore) -> None:
        scenario = place_in(store)
        odd = "\u202etab\t line\n é é \U0001f9ee '; DROP TABLE signals; -- %s :x {0} \\ \""
        url = "https://EXAMPLE.org/?utm_x=1#y"
        result = scenario.capture(X1, title=odd, content=odd, session_id="session-1", url=url)
        artifact = scenario.read(captures.get_artifact, result.artifact_id)
        (signal,) = scenario.read(captures.list_signals, result.artifact_id)

        assert (artifact.title, artifact.content) == (odd, odd)
        assert artifact.normalized_url == "https://example.org/"
        assert (signal.url, signal.session_id) == (url, "session-1")
        assert (signal.actor, signal.reason, signal.request_id) == (MAYA, "a test", "request-1")
        assert signal.vector == scenario.command(X1).embedding
