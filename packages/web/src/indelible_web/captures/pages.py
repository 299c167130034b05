"""The console's pages of spaces: the caller's list, and one space with its plot."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from attrs import evolve, frozen
from werkzeug.wrappers import Response

from indelible import captures
from indelible.app import ReadTx
from indelible.captures import EngagementLevel, Signal, Vector
from indelible.captures.commands import SpaceSaved
from indelible.captures.entities.aggregates import AlgorithmVersion
from indelible.captures.lifecycle import SpaceStatus
from indelible.kernel import Change, NamedListOrder
from indelible.kernel.kinds import Identifier, kinds
from indelible_web.captures.plotting import MAX_BARS, Bar, Point, make_bars, place_labels, project
from indelible_web.captures.spaces import READ
from indelible_web.console.context import ConsoleContext
from indelible_web.console.layout import parse_fields, render_page
from indelible_web.console.lists import list_view, parse_list, status_options
from indelible_web.console.page import ConsolePage, label_actions
from indelible_web.http.paging import LIST_FILTERS, PageQuery

MAX_SPACES: Final = 50  # of one page of the list
MAX_SUBSPACES: Final = 24
MAX_CAPTURES: Final = 500
MAX_PLOTTED: Final = 300
MAX_RECENT: Final = 12
ACTION_LABELS: Final = label_actions(
    (captures.SPACE, captures.SUBSPACE, captures.ALGORITHM),
    {
        "create": "Created",
        "rename": "Renamed",
        "seed": "Changed the seed of",
        "retire": "Retired",
        "register": "Registered",
        "activate": "Activated",
        "replace": "Replaced",
    },
)


@frozen(kw_only=True, field_transformer=kinds)
class SpaceQuery:
    """The query for one space."""

    space_id: Identifier


@frozen(kw_only=True)
class SpacePageQuery(captures.SpaceFilter, PageQuery):
    """The filters of the caller's spaces, and a page of them."""

    added_filters: ClassVar[frozenset[str]] = LIST_FILTERS


@frozen(kw_only=True)
class SpaceRow:
    """A space of the list, with the names of its first subspaces."""

    saved: SpaceSaved
    subspace_names: tuple[str, ...]


@frozen(kw_only=True)
class SubspaceRow:
    """A subspace with its number in the plot, and the last captures that moved its centroid."""

    number: int
    details: captures.SubspaceDetails
    moves: tuple[Signal, ...]
    bars: Sequence[Bar] = ()
    point: Point | None = None
    label: Point | None = None

    @property
    def position(self) -> Vector | None:
        """The vector of the centroid, or of the seed."""
        return self.details.saved.subspace.reference_vector(self.details.centroid)

    @property
    def drifts(self) -> list[float]:
        """Return the distance by which each capture moved the centroid, or 0.0."""
        return [move.drift or 0.0 for move in self.moves]


@frozen(kw_only=True)
class ArtifactRow:
    """An artifact as its newest capture describes it; `number` is its subspace's, or 0."""

    signal: Signal
    title: str
    number: int
    point: Point | None = None


@frozen(kw_only=True)
class SettingRow:
    """A setting, its value, and the change that set it; None where the default applies."""

    name: str
    value: str | None
    change: Change | None


@frozen(kw_only=True)
class SpaceView:
    """Everything that the page of a space shows, read from one view of the store."""

    space: captures.Space
    subspaces: tuple[SubspaceRow, ...]
    has_more_subspaces: bool
    signals: tuple[Signal, ...]
    artifacts: tuple[ArtifactRow, ...]
    algorithm: AlgorithmVersion | None
    activation: Change | None
    settings: tuple[SettingRow, ...]

    @property
    def levels(self) -> Mapping[EngagementLevel, int]:
        """The number of artifacts that have reached each level, the deepest level first."""
        counts = Counter(row.signal.reached_level for row in self.artifacts)
        return {level: counts[level] for level in reversed(EngagementLevel)}

    @property
    def subspaces_by_id(self) -> Mapping[str, SubspaceRow]:
        """The rows of the subspaces by id."""
        return {row.details.saved.subspace.id: row for row in self.subspaces}


def spaces(console: ConsoleContext) -> Response:
    """Render the list of the caller's spaces."""
    context = console.operation(scope=READ)
    query = parse_list(SpacePageQuery, context.caller)
    query = evolve(
        query,
        limit=min(query.limit, MAX_SPACES),
        order=query.order or NamedListOrder.NEWEST,
    )
    cursors = context.cursors(query)
    rows = context.store.read(
        _space_rows, context.caller.user_id, query, after=cursors.start(), limit=query.limit + 1
    )

    return render_page(
        "captures/spaces",
        query=query,
        page=cursors.page(rows, lambda row: query.position_of(row.saved.space)),
        list=list_view(query.order),
        statuses=status_options(SpaceStatus),
    )


def space(console: ConsoleContext, space_id: str) -> Response:
    """Render the page of one space."""
    context = console.operation(scope=READ)
    query = parse_fields(SpaceQuery, {}, space_id=space_id)
    view = context.store.read(_space_view, context.caller.user_id, query.space_id)
    return render_page(
        "captures/space", view=_plotted(view), max_captures=MAX_CAPTURES, max_recent=MAX_RECENT
    )


def _space_rows(
    tx: ReadTx, user_id: str, matching: captures.SpaceFilter, *, after: str, limit: int
) -> tuple[SpaceRow, ...]:
    rows: list[SpaceRow] = []
    for saved in captures.list_spaces(tx, user_id, matching=matching, after=after, limit=limit):
        subspaces = captures.list_subspaces(tx, user_id, saved.space.id, limit=MAX_SUBSPACES)
        names = tuple(subspace.subspace.name for subspace in subspaces)
        rows.append(SpaceRow(saved=saved, subspace_names=names))
    return tuple(rows)


def _space_view(tx: ReadTx, user_id: str, space_id: str) -> SpaceView:
    space = captures.get_space(tx, user_id, space_id).space
    saved = captures.list_subspaces(tx, user_id, space_id, limit=MAX_SUBSPACES + 1)
    subspaces = _subspace_rows(tx, space, saved[:MAX_SUBSPACES])
    signals = captures.recent_captures(tx, user_id, space_id, limit=MAX_CAPTURES)

    active = tx.captures.search.active_algorithm()
    activation = None
    if active is not None:
        lifecycle = captures.ALGORITHM.name
        activation = _change_at(tx, lifecycle, active.entity.id, active.revision.seq)
    return SpaceView(
        space=space,
        subspaces=subspaces,
        has_more_subspaces=len(saved) > MAX_SUBSPACES,
        signals=signals,
        artifacts=_artifact_rows(signals, subspaces),
        algorithm=active.entity if active else None,
        activation=activation,
        settings=_setting_rows(tx),
    )


def _subspace_rows(
    tx: ReadTx, space: captures.Space, saved: Sequence[captures.SubspaceSaved]
) -> tuple[SubspaceRow, ...]:
    """Return the subspaces numbered from 1, with their centroids and the last moves of these."""
    centroids = {
        centroid.id: centroid for centroid in captures.list_centroids(tx, space.user_id, space.id)
    }
    rows: list[SubspaceRow] = []
    for number, subspace in enumerate(saved, start=1):
        centroid = centroids.get(subspace.subspace.id)
        moves: tuple[Signal, ...] = ()
        if centroid is not None:
            after = max(0, centroid.seq - MAX_BARS)
            moves = captures.list_drift(tx, space.user_id, centroid.id, after=after, limit=MAX_BARS)
        details = captures.SubspaceDetails(saved=subspace, centroid=centroid)
        rows.append(SubspaceRow(number=number, details=details, moves=moves))
    return tuple(rows)


def _artifact_rows(
    signals: Sequence[Signal], subspaces: Sequence[SubspaceRow]
) -> tuple[ArtifactRow, ...]:
    """Return each artifact once, as its newest capture describes it, with its newest title."""
    numbers = {row.details.saved.subspace.id: row.number for row in subspaces}
    newest: dict[str, Signal] = {}
    titles: dict[str, str] = {}
    for signal in signals:  # newest first
        newest.setdefault(signal.artifact_id, signal)
        if signal.title:
            titles.setdefault(signal.artifact_id, signal.title)

    rows: list[ArtifactRow] = []
    for artifact_id, signal in newest.items():
        title = titles.get(artifact_id, signal.normalized_url)
        number = numbers.get(signal.subspace_id or "", 0)
        rows.append(ArtifactRow(signal=signal, title=title, number=number))
    return tuple(rows)


def _setting_rows(tx: ReadTx) -> tuple[SettingRow, ...]:
    """Return every setting of captures, with its default where it was never changed."""
    heads = tx.settings.page(after="", limit=len(captures.KEYS))
    changed = {head.entity.id: head for head in heads}
    rows: list[SettingRow] = []
    for name, key in captures.KEYS.items():
        head = changed.get(name)
        if head is None:
            default = None if key.default is None else json.dumps(key.default)
            rows.append(SettingRow(name=name, value=default, change=None))
        else:
            change = _change_at(tx, captures.SETTING.name, name, head.revision.seq)
            rows.append(SettingRow(name=name, value=head.entity.value, change=change))
    return tuple(rows)


def _change_at(tx: ReadTx, lifecycle: str, entity_id: str, seq: int) -> Change | None:
    """Return the entity's change with this seq."""
    changes = tx.history.of(lifecycle, entity_id, after=seq - 1, limit=1)
    return changes[0] if changes else None


def _plotted(view: SpaceView) -> SpaceView:
    """Return the view with points for every centroid and for the newest artifacts."""
    vectors: list[Vector] = []
    for row in view.subspaces:
        if row.position is not None:
            vectors.append(row.position)
    centroid_count = len(vectors)
    plotted_artifacts = view.artifacts[:MAX_PLOTTED]
    vectors += [row.signal.vector for row in plotted_artifacts]
    if not vectors:
        return view

    points = project(vectors)
    subspaces = _plot_subspaces(view.subspaces, points[:centroid_count])
    artifacts: list[ArtifactRow] = []
    for artifact, point in zip(plotted_artifacts, points[centroid_count:], strict=True):
        artifacts.append(evolve(artifact, point=point))
    artifacts += view.artifacts[MAX_PLOTTED:]
    return evolve(view, subspaces=subspaces, artifacts=tuple(artifacts))


def _plot_subspaces(
    subspaces: Sequence[SubspaceRow], points: Sequence[Point]
) -> tuple[SubspaceRow, ...]:
    """Return the subspaces with bars; those with a centroid also get their points and labels."""
    drifts: list[float] = []
    for row in subspaces:
        drifts += row.drifts
    highest = max(drifts, default=0.0)

    positions = iter(zip(points, place_labels(points), strict=True))
    plotted: list[SubspaceRow] = []
    for row in subspaces:
        bars = make_bars(row.drifts, highest)
        if row.position is None:
            plotted.append(evolve(row, bars=bars))
            continue
        point, label = next(positions)
        plotted.append(evolve(row, bars=bars, point=point, label=label))
    return tuple(plotted)


PAGES: Final = (
    ConsolePage(rule="/spaces", view=spaces, reads_standby=True),
    ConsolePage(rule="/spaces/<space_id>", view=space),
)
