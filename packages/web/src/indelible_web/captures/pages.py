"""Spaces to look at: the reader's own list, and one as a picture with what was decided in it, and by which rules."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from attrs import evolve, field, frozen
from flask import request
from werkzeug.wrappers import Response

from indelible import captures
from indelible.app import ReadTx
from indelible.captures import EngagementLevel, Signal
from indelible.captures.commands import SpaceSaved
from indelible.captures.entities import AlgorithmVersion
from indelible.kernel import Change, Head
from indelible.kernel.settings import Setting
from indelible.kernel.values import IDENTIFIER, is_identifier
from indelible_web.captures.plotting import BARS, Bar, Point, bars, laid_out, spread
from indelible_web.captures.spaces import READ
from indelible_web.console.context import ConsoleContext
from indelible_web.console.layout import parse_fields, render_page
from indelible_web.console.page import ConsolePage
from indelible_web.http.operation import OperationContext
from indelible_web.http.paging import PageQuery

LISTED: Final = 25
PARTS: Final = 24
SEEN: Final = 500  # captures that a picture is made from
DRAWN: Final = 300
RECENT: Final = 12


@frozen(kw_only=True)
class SpaceQuery:
    """Which space."""

    space_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class Part:
    """A subspace under its number in the picture, with the captures that drew its centroid on last."""

    number: int
    shown: captures.SubspaceDetails
    moves: tuple[Signal, ...]
    bars: Sequence[Bar] = ()
    point: Point | None = None
    label: Point | None = None


@frozen(kw_only=True)
class ReadArtifact:
    """A page as it was last captured, and its place in the picture."""

    signal: Signal
    title: str
    number: int
    point: Point | None = None


@frozen(kw_only=True)
class Rule:
    """What captures are decided by, and the change that chose it, where somebody did."""

    name: str
    value: str | None
    change: Change | None


@frozen(kw_only=True)
class Picture:
    """A space with all that is shown of it, from one view of the store."""

    space: captures.Space
    parts: tuple[Part, ...]
    has_more_parts: bool
    signals: tuple[Signal, ...]
    met: tuple[ReadArtifact, ...]
    algorithm: AlgorithmVersion | None
    activation: Change | None
    rules: tuple[Rule, ...]

    @property
    def levels(self) -> Mapping[EngagementLevel, int]:
        """How many pages have reached each level, the deepest first."""
        found = Counter(each.signal.reached_level for each in self.met)
        return {level: found[level] for level in reversed(EngagementLevel)}

    @property
    def named(self) -> Mapping[str | None, Part]:
        """The parts by the ids of their subspaces."""
        return {each.shown.saved.subspace.id: each for each in self.parts}


def spaces(console: ConsoleContext) -> Response:
    """The spaces of whoever looks, each with the names of its subspaces."""
    context, wanted = _reader(console), parse_fields(PageQuery, request.args)
    cursors = context.cursors(wanted := evolve(wanted, limit=min(wanted.limit, LISTED)))
    rows = context.store.read(
        _rows, context.caller.user_id, after=cursors.start(), limit=wanted.limit + 1
    )
    return render_page(
        "captures/spaces", wanted=wanted, found=cursors.page(rows, lambda row: row[0].space.id)
    )


def space(console: ConsoleContext, space_id: str) -> Response:
    """One space as a picture, and what was decided of its last captures."""
    context, wanted = _reader(console), parse_fields(SpaceQuery, {}, space_id=space_id)
    found = context.store.read(_picture, context.caller.user_id, wanted.space_id)
    return render_page("captures/space", picture=_drawn(found), seen_at_most=SEEN, recent=RECENT)


def _reader(console: ConsoleContext) -> OperationContext:
    context = console.operation()
    context.caller.require_scope(READ)
    return context


def _rows(
    tx: ReadTx, user_id: str, *, after: str, limit: int
) -> tuple[tuple[SpaceSaved, list[str]], ...]:
    found = captures.list_spaces(tx, user_id, after=after, limit=limit)
    return tuple((each, [part.subspace.name for part in _parts(tx, each.space)]) for each in found)


def _parts(tx: ReadTx, space: captures.Space) -> tuple[captures.SubspaceSaved, ...]:
    return captures.list_subspaces(tx, space.user_id, space.id, limit=PARTS + 1)


def _picture(tx: ReadTx, user_id: str, space_id: str) -> Picture:
    space = captures.get_space(tx, user_id, space_id).space
    kept, active = _parts(tx, space), tx.captures.search.active_algorithm()
    centroids = {each.id: each for each in captures.list_centroids(tx, user_id, space_id)}
    shown = [
        captures.SubspaceDetails(saved=each, centroid=centroids.get(each.subspace.id))
        for each in kept[:PARTS]
    ]
    parts = tuple(
        Part(number=place, shown=each, moves=_moves(tx, each))
        for place, each in enumerate(shown, 1)
    )
    signals = captures.recent_captures(tx, user_id, space_id, limit=SEEN)
    return Picture(
        space=space,
        parts=parts,
        has_more_parts=len(kept) > PARTS,
        signals=signals,
        met=tuple(_met(signals, {each.shown.saved.subspace.id: each.number for each in parts})),
        algorithm=active.entity if active else None,
        activation=_last(tx, captures.ALGORITHM.name, active) if active else None,
        rules=tuple(_rules(tx)),
    )


def _moves(tx: ReadTx, shown: captures.SubspaceDetails) -> tuple[Signal, ...]:
    if shown.centroid is None:
        return ()
    subspace = shown.saved.subspace
    return captures.list_drift(
        tx, subspace.user_id, subspace.id, after=max(0, shown.centroid.seq - BARS), limit=BARS
    )


def _met(signals: Sequence[Signal], numbers: Mapping[str, int]) -> Iterator[ReadArtifact]:
    """Each page once, as its newest capture shows it."""
    titles = {each.artifact_id: each.title for each in reversed(signals) if each.title}
    newest = dict[str, Signal]()
    for signal in signals:
        newest.setdefault(signal.artifact_id, signal)
    for artifact_id, signal in newest.items():
        title = titles.get(artifact_id) or signal.normalized_url
        yield ReadArtifact(
            signal=signal, title=title, number=numbers.get(signal.subspace_id or "", 0)
        )


def _rules(tx: ReadTx) -> Iterator[Rule]:
    chosen = {head.entity.id: head for head in tx.settings.page(after="", limit=len(captures.KEYS))}
    for name, key in captures.KEYS.items():
        if head := chosen.get(name):
            yield Rule(
                name=name, value=head.entity.value, change=_last(tx, captures.SETTING.name, head)
            )
        else:
            yield Rule(
                name=name,
                value=None if key.default is None else json.dumps(key.default),
                change=None,
            )


def _last(
    tx: ReadTx, lifecycle: str, head: Head[Setting] | Head[AlgorithmVersion]
) -> Change | None:
    """The change that left the head as it is."""
    return next(
        iter(tx.history.of(lifecycle, head.entity.id, after=head.revision.seq - 1, limit=1)), None
    )


def _drawn(picture: Picture) -> Picture:
    """The picture with a place for every centroid and for the pages captured last."""
    middles = [
        each.shown.saved.subspace.reference_vector(each.shown.centroid) for each in picture.parts
    ]
    met = tuple(islice(picture.met, DRAWN))
    vectors = [*filter(None, middles), *(each.signal.vector for each in met)]
    if not vectors:
        return picture
    points = iter(laid_out(vectors))
    placed = [next(points) if each else None for each in middles]
    labels = iter(spread([each for each in placed if each]))
    highest = max((move.drift or 0.0 for part in picture.parts for move in part.moves), default=0.0)
    parts = tuple(
        evolve(
            part,
            point=point,
            label=next(labels) if point else None,
            bars=bars([move.drift or 0.0 for move in part.moves], highest),
        )
        for part, point in zip(picture.parts, placed, strict=True)
    )
    drawn = tuple(evolve(each, point=next(points)) for each in met)
    return evolve(picture, parts=parts, met=drawn + picture.met[DRAWN:])


PAGES: Final = (
    ConsolePage(rule="/spaces", view=spaces),
    ConsolePage(rule="/spaces/<space_id>", view=space),
)
