"""Drawings of the declarations: the states of a lifecycle, and the tables with the keys between them."""

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import NamedTuple

from sqlalchemy import ForeignKeyConstraint, Table

from indelible_sql.contexts import CATALOG
from indelible_sql.schema.tables import EDGES, HISTORY, RECEIPTS, HeadHistoryKey

STYLE = (
    "text{font:13px ui-sans-serif,system-ui,sans-serif;fill:#1b1f24}.small{font-size:11px;fill:#57606a}"
    ".title{font-weight:600}rect{fill:#f6f8fa;stroke:#57606a}path{fill:none;stroke:#0a5c9e}.late{stroke-dasharray:5 3}"
    ".ground{fill:#fff;stroke:none}.head{fill:#ddf4ff}marker path,circle{fill:#0a5c9e;stroke:none}"
)
ARROW = (
    '<defs><marker id="a" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
    '<path d="M0 0L8 4L0 8z"/></marker></defs>'
)
LINE = 15  # pixels
WIDTH, SPACE, MARGIN = 172, 150, 24


class Place(NamedTuple):
    """A box: its left upper corner, and its size."""

    x: int
    y: int
    width: int
    height: int


def svg(title: str, width: int, height: int, parts: Iterable[str]) -> str:
    """The drawing as a file, with a title for those who hear it."""
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    begin = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img"><title>{escape(title)}</title>'
    )
    ground = f'<rect class="ground" width="{width}" height="{height}"/>'
    return "\n".join((f"{begin}<style>{STYLE}</style>{ARROW}", ground, *parts, "</svg>\n"))


def text(x: int, y: int, words: str, kind: str = "", anchor: str = "middle") -> str:
    """Some words."""
    own = f' class="{kind}"' if kind else ""
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}"{own}>{escape(words)}</text>'


def arrow(way: str, *, late: bool = False) -> str:
    """An arrow along a way; dashed for what holds at COMMIT."""
    own = ' class="late"' if late else ""
    return f'<path d="{way}" marker-end="url(#a)"{own}/>'


def schema_drawing() -> str:
    """Every table with its columns, in four ranks: edges, history, heads, and what heads point at."""
    places = dict(placed())
    parts = [part for each, place in places.items() for part in box(each, place)]
    parts += [
        part for each in CATALOG.tables for key in keys(each) for part in tie(places, each, *key)
    ]
    width = max(place.x + place.width for place in places.values()) + SPACE
    height = max(place.y + place.height for place in places.values()) + 2 * MARGIN
    legend = "An arrow is a foreign key. Dashed: it must hold at COMMIT. Blue: a head."
    parts.append(text(MARGIN, height - 12, legend, "small", "start"))
    return svg("The tables, and the keys between them", width, height, parts)


def placed() -> Iterator[tuple[Table, Place]]:
    """Where each table stands."""
    others = [
        each for each in CATALOG.tables if each not in (EDGES, RECEIPTS, HISTORY, *CATALOG.heads)
    ]
    for rank, tables in enumerate(
        ((EDGES, RECEIPTS), (HISTORY,), tuple(CATALOG.heads), tuple(others))
    ):
        y = MARGIN
        for each in tables:
            height = 30 + LINE * len(each.columns)
            yield each, Place(MARGIN + rank * (WIDTH + SPACE), y, WIDTH, height)
            y += height + 2 * MARGIN


def box(each: Table, place: Place) -> Iterator[str]:
    """A table: its name and its columns, those of the primary key first marked."""
    kind = ' class="head"' if each in CATALOG.heads else ""
    yield f'<rect x="{place.x}" y="{place.y}" width="{place.width}" height="{place.height}" rx="6"{kind}/>'
    yield text(place.x + place.width // 2, place.y + 18, each.name, "title")
    for number, column in enumerate(each.columns):
        mark = " (primary)" if column.primary_key else ""
        yield text(
            place.x + 10, place.y + 36 + LINE * number, f"{column.name}{mark}", "small", "start"
        )


def keys(each: Table) -> Iterator[tuple[str, Table, bool]]:
    """The table's foreign keys: name, target, and whether they wait for COMMIT."""
    for constraint in sorted(each.constraints, key=lambda own: str(own.name)):
        if isinstance(constraint, HeadHistoryKey):
            yield str(constraint.name), HISTORY, True
        elif isinstance(constraint, ForeignKeyConstraint):
            yield str(constraint.name), constraint.referred_table, bool(constraint.deferrable)


def tie(
    places: Mapping[Table, Place],
    source: Table,
    name: str,
    target: Table,
    late: bool,  # noqa: FBT001 - as `keys` gives it
) -> Iterator[str]:
    """A key between two tables: across the space between ranks, or beside the table itself."""
    one, other = places[source], places[target]
    number = [own for own, _, _ in keys(source)].index(name)
    y = one.y + 26 + 34 * number
    if one.x > other.x:
        goal = min(max(y, other.y + 20), other.y + other.height - 20)
        yield arrow(
            f"M{one.x} {y}C{one.x - 50} {y} {other.x + WIDTH + 50} {goal} {other.x + WIDTH} {goal}",
            late=late,
        )
        yield text(one.x - 6, y - 5, name, "small", "end")
        return
    start, goal = one.x + WIDTH, other.x if other.x > one.x else other.x + WIDTH
    end = min(max(y, other.y + 20), other.y + other.height - 20) + (22 if source is target else 0)
    bend = 40 if other.x > one.x else -40
    yield arrow(f"M{start} {y}C{start + 40} {y} {goal - bend} {end} {goal} {end}", late=late)
    yield text(start + 6, y - 5, name, "small", "start")
