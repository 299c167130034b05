"""The shapes of the bodies that events store; guards and `verify` are written from them.

A field's body is written by `Field.body`, a leaderboard's by `Leaderboard.body`.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final, cast

from attrs import field, frozen

from indelible.contests.entities.values import EventKind
from indelible.contests.rules.values import PlayerStatus, TournamentStatus

NULL: Final = type(None)
LEADERBOARD_KINDS: Final = (EventKind.SNAPSHOT, EventKind.CORRECTION, EventKind.CANCELLED)

# The types that a value may have in Python; an enumeration allows its own texts only.
Types = tuple[type, ...]


@frozen(kw_only=True)
class BodyShape:
    """The keys of a JSON object: plain values, objects and lists of objects.

    A list in `optional_lists` may be missing, and one in `nullable_lists` may be null.
    """

    values: Mapping[str, Types]
    objects: Mapping[str, "BodyShape"] = field(factory=dict[str, "BodyShape"])
    lists: Mapping[str, "BodyShape"] = field(factory=dict[str, "BodyShape"])
    optional_lists: frozenset[str] = frozenset()
    nullable_lists: frozenset[str] = frozenset()

    def faults(self, value: Any, path: str = "$") -> Iterator[str]:  # noqa: ANN401 - any JSON value
        """Yield the path of each part of a JSON value that has another shape."""
        if not isinstance(value, Mapping):
            yield path
            return

        body = cast("Mapping[str, Any]", value)
        declared = self.values.keys() | self.objects.keys() | self.lists.keys()
        for name in sorted(body.keys() - declared):
            yield f"{path}.{name}"
        for name, types in self.values.items():
            if name not in body or not _is_of(body[name], types):
                yield f"{path}.{name}"
        for name, shape in self.objects.items():
            yield from shape.faults(body.get(name), f"{path}.{name}")
        for name, shape in self.lists.items():
            yield from self._list_faults(body, name, shape, f"{path}.{name}")

    def _list_faults(
        self, value: Mapping[str, Any], name: str, shape: "BodyShape", path: str
    ) -> Iterator[str]:
        if name not in value:
            if name not in self.optional_lists:
                yield path
            return
        if value[name] is None and name in self.nullable_lists:
            return
        if not isinstance(value[name], list | tuple):
            yield path
            return

        for number, item in enumerate(value[name]):
            yield from shape.faults(item, f"{path}[{number}]")


def _is_of(value: object, types: Types) -> bool:
    """Return True for a JSON value of one of the types; True and False are no numbers."""
    for type_ in types:
        if issubclass(type_, StrEnum):
            if value in tuple(type_):
                return True
        elif type_ is list:
            if isinstance(value, list | tuple):
                return True
        elif type(value) is type_:
            return True

    return False


FIELD_SHAPE: Final = BodyShape(values={"primary": (list,), "alternates": (list,)})

_HOLE: Final = BodyShape(values={"h": (int,), "strokes": (int,)})
_ROUND: Final = BodyShape(
    values={
        "n": (int,),
        "strokes": (int, NULL),
        "complete": (bool,),
        "to_par": (int, NULL),
        "course_id": (str, NULL),
    },
    lists={"holes": _HOLE},
    nullable_lists=frozenset({"holes"}),
)
_PLAYER: Final = BodyShape(
    values={
        "player_id": (str,),
        "name": (str,),
        "status": (PlayerStatus,),
        "position": (str, NULL),
        "playoff": (bool,),
    },
    lists={"rounds": _ROUND},
)
_TOURNAMENT: Final = BodyShape(
    values={
        "status": (TournamentStatus, NULL),
        "rounds": (int, NULL),
        "current_round": (int, NULL),
        "par": (int, NULL),
    },
)
_CORRECTION: Final = BodyShape(
    values={"player_id": (str,), "n": (int, NULL), "value": (int, str), "replaced": (list,)},
)
LEADERBOARD_SHAPE: Final = BodyShape(
    values={"provider_event_id": (str,), "schema_version": (int,)},
    objects={"tournament": _TOURNAMENT},
    lists={"players": _PLAYER, "corrections": _CORRECTION},
    optional_lists=frozenset({"corrections"}),
)


def shape_of(kind: EventKind) -> BodyShape | None:
    """Return the shape of the body of an event, None for a kind without a body."""
    if kind is EventKind.FIELD:
        return FIELD_SHAPE
    if kind in LEADERBOARD_KINDS:
        return LEADERBOARD_SHAPE
    return None


def body_fault(kind: EventKind, *, is_valid: bool, body: Mapping[str, Any] | None) -> str:
    """Return the path of the first fault in the body of an event, empty without a fault.

    A payload that could not be read leads to an invalid event without a body.
    """
    shape = shape_of(kind)
    if body is None:
        return "$" if is_valid and shape is not None else ""
    if shape is None:
        return "$"
    return next(shape.faults(body), "")
