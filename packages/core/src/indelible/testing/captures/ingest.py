"""Requirements on the ingest of captures: assignment, keys, joins and reads."""

from functools import partial
from typing import Any

import attrs

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


class CaptureIngestConformance:
    """Subclass it, and give it fixtures `store` and `install` as for CapturesConformance."""

    def test_the_first_golden_capture_draws_its_centroid_on(self, store: AnyStore) -> None:
        place, a, _, _ = worked(store)
        change(store, "assignment_margin_threshold", "0.1")
        result = place.capture(X1)
        (signal,) = place.read(captures.recent_captures, place.space_id)
        shown = place.read(captures.get_subspace, a)

        assert (result.decision, result.subspace_id, result.updates_centroid) == (
            Decision.UPDATED,
            a,
            True,
        )
        assert is_close(
            (signal.nearest_distance, signal.second_distance, signal.margin),
            (0.095466, 0.216071, 0.120605),
        )
        assert is_close(shown.centroid.vector, (0.999075, 0.030414, 0.030414))
        assert is_close((signal.drift, shown.centroid.confidence), (0.000925, 0.05))
        assert (shown.centroid.seq, signal.logged_drift, signal.threshold) == (1, None, 0.1)

    def test_the_second_golden_capture_is_clear_at_the_lower_threshold_only(
        self, store: AnyStore
    ) -> None:
        place, _, b, _ = worked(store)
        clear = place.read(captures.preview_margin, place.space_id, X2)
        change(store, "assignment_margin_threshold", "0.1")
        ambiguous = place.capture(X2)

        assert (clear.nearest_subspace_id, clear.updates_centroid) == (b, True)
        assert is_close(
            (clear.nearest_distance, clear.second_distance, clear.margin),
            (0.081931, 0.142463, 0.060532),
        )
        assert (ambiguous.decision, ambiguous.subspace_id) == (Decision.AMBIGUOUS, b)
        assert place.read(captures.get_subspace, b).centroid is None

    def test_a_capture_is_weighed_by_its_level_and_its_depth(self, store: AnyStore) -> None:
        place = place_in(store)
        read = {
            "word_count": 1_200,
            "dwell_time_ms": 42_000,
            "scroll_depth": 0.8,
            "reading_depth": 0.39,
        }
        result = place.capture(X1, engagement_level=EngagementLevel.ENGAGED, **read)
        odd = place.capture(X1, **(read | {"reading_depth": 0.9}))

        assert is_close((result.magnitude,), (0.52125,))
        assert (result.warnings, odd.warnings) == ((), ("DEPTH_MISMATCH",))

    def test_a_capture_where_there_is_no_centroid_is_kept_and_belongs_nowhere(
        self, store: AnyStore
    ) -> None:
        place = place_in(store)
        place.subspace(None)
        result = place.capture(X1)

        assert (result.decision, result.subspace_id, result.margin) == (
            Decision.NO_CENTROID,
            None,
            None,
        )
        assert (result.is_new, result.replayed, result.updates_centroid) == (True, False, False)

    def test_a_capture_that_names_a_part_without_a_centroid_begins_it(
        self, store: AnyStore
    ) -> None:
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

        assert [
            (each.decision, each.subspace_id, each.updates_centroid) for each in (near, far)
        ] == [
            (Decision.SINGLE, only, True),
            (Decision.SINGLE, only, False),
        ]
        assert near.margin is None

    def test_a_tie_goes_to_the_lower_id_and_moves_nothing(self, store: AnyStore) -> None:
        place = place_in(store)
        change(store, "assignment_margin_threshold", "0")
        twins = sorted(place.subspace(A) for _ in range(2))
        result = place.capture(X1)

        assert (result.decision, result.subspace_id, result.margin) == (
            Decision.AMBIGUOUS,
            twins[0],
            0.0,
        )
        assert not result.updates_centroid

    def test_a_named_part_that_is_not_the_nearest_is_overridden(self, store: AnyStore) -> None:
        place, a, b, _ = worked(store)
        other, own = place.capture(X1, subspace_id=b), place.capture(X1, subspace_id=a)

        assert (other.decision, other.subspace_id, other.updates_centroid) == (
            Decision.OVERRIDDEN,
            b,
            False,
        )
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
            assert (
                code(partial(place.capture, X1, capture_key="k-1", **other)) == "CAPTURE_KEY_REUSED"
            )
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
            {
                "engagement_level": EngagementLevel.ENGAGED,
                "dwell_time_ms": 5,
                "title": "Old",
                "content": "Kept",
            },
            {"engagement_level": EngagementLevel.DISCOVERED, "dwell_time_ms": 9, "title": "New"},
            {"reading_depth": 1.5, "scroll_depth": 0.25, "word_count": 7},
        ]
        shown = list[captures.Artifact]()
        for each, order in ((place, (0, 1, 2)), (second, (2, 1, 0)), (mirror, (1, 2, 0))):
            for number in order:
                at, key = (
                    BEGINNING.replace(second=number),
                    f"{each.space_id} {number}".replace(" ", "-"),
                )
                each.capture(A if number else C, captured_at=at, capture_key=key, **told[number])
            (artifact,) = each.read(captures.list_artifacts, each.space_id)
            shown.append(artifact)

        for artifact in shown:
            assert (artifact.engagement_level, artifact.dwell_time_ms) == (
                EngagementLevel.ENGAGED,
                9,
            )
            assert (artifact.title, artifact.content, artifact.vector) == ("New", "Kept", A)
            assert (artifact.reading_depth, artifact.scroll_depth) == (1.5, 0.25)
            assert (artifact.word_count, artifact.seq) == (7, len(told))

    def test_engagement_never_falls(self, store: AnyStore) -> None:
        place = place_in(store)
        levels = list(EngagementLevel)
        reached = [
            place.capture(X1, engagement_level=each).engagement_level
            for each in (*levels, *levels[::-1])
        ]

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
        result = place.capture(
            X1, title=odd, content=odd, session_id="session-1", url="https://EXAMPLE.org/?utm_x=1#y"
        )
        artifact = place.read(captures.get_artifact, result.artifact_id)
        (signal,) = place.read(captures.list_signals, result.artifact_id)

        assert (artifact.title, artifact.content, artifact.normalized_url) == (
            odd,
            odd,
            "https://example.org/",
        )
        assert (signal.url, signal.session_id) == ("https://EXAMPLE.org/?utm_x=1#y", "session-1")
        assert (signal.actor, signal.reason, signal.request_id) == (MAYA, "a test", "request-1")
        assert signal.vector == place.command(X1).embedding
