"""Drawings in SVG, and the drawing of the tables with the keys between them."""

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import NamedTuple

from sqlalchemy import ForeignKeyConstraint, Table

from indelible_sql.contexts import CATALOG
from indelible_sql.schema.tables import EDGES, HISTORY, RECEIPTS, HeadHistoryKey

FONT = "13px ui-sans-serif,system-ui,sans-serif"
STYLE = (
    f"text{{font:{FONT};fill:#1b1f24}}"
    ".small{font-size:11px;fill:#57606a}"
    ".title{font-weight:600}"
    "rect{fill:#f6f8fa;stroke:#57606a}"
    "path{fill:none;stroke:#0a5c9e}"
    ".late{stroke-dasharray:5 3}"
    ".ground{fill:#fff;stroke:none}"
    ".head{fill:#ddf4ff}"
    "marker path,circle{fill:#0a5c9e;stroke:none}"
)
ARROW = (
    '<defs><marker id="a" viewBox="0 0 8 8" refX="8" refY="4"'
    ' markerWidth="8" markerHeight="8" orient="auto">'
    '<path d="M0 0L8 4L0 8z"/></marker></defs>'
)
LINE_HEIGHT, KEY_HEIGHT, TITLE_HEIGHT = 15, 34, 30  # pixels
WIDTH, SPACE, MARGIN = 172, 150, 24
LEGEND = "An arrow is a foreign key. Dashed: it is checked at COMMIT. Blue: a head."


class Box(NamedTuple):
    """A rectangle by its upper left corner and its size, in pixels."""

    x: int
    y: int
    width: int
    height: int

    def clamp(self, y: int) -> int:
        """Return the height nearest to `y` at which an arrow may end."""
        return min(max(y, self.y + 20), self.y + self.height - 20)


class Key(NamedTuple):
    """A foreign key: its name, its target, and whether it is checked at COMMIT."""

    name: str
    target: Table
    is_deferred: bool


def svg(title: str, width: int, height: int, parts: Iterable[str]) -> str:
    """Return the drawing as a file, with a title for screen readers."""
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    start = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
    head = f"{start}<title>{escape(title)}</title><style>{STYLE}</style>{ARROW}"
    ground = f'<rect class="ground" width="{width}" height="{height}"/>'

    return "\n".join((head, ground, *parts, "</svg>\n"))


def text(x: int, y: int, words: str, kind: str = "", anchor: str = "middle") -> str:
    """Return a text element."""
    css_class = f' class="{kind}"' if kind else ""
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}"{css_class}>{escape(words)}</text>'


def arrow(path: str, *, is_deferred: bool = False) -> str:
    """Return an arrow along a path; a deferred key is dashed."""
    css_class = ' class="late"' if is_deferred else ""
    return f'<path d="{path}" marker-end="url(#a)"{css_class}/>'


def schema_drawing() -> str:
    """Draw every table in four ranks: edges, history, heads, and records of heads."""
    boxes = dict(table_boxes())
    parts: list[str] = []
    for own_table, box in boxes.items():
        parts += _table_parts(own_table, box)
    for own_table in boxes:
        for number, key in enumerate(foreign_keys(own_table)):
            parts += _key_parts(boxes, own_table, number, key)

    width = max(box.x + box.width for box in boxes.values()) + SPACE
    height = max(box.y + box.height for box in boxes.values()) + 2 * MARGIN
    parts.append(text(MARGIN, height - 12, LEGEND, "small", "start"))

    return svg("The tables, and the keys between them", width, height, parts)


def table_boxes() -> Iterator[tuple[Table, Box]]:
    """Yield each table with its box."""
    heads = tuple(CATALOG.heads)
    first_ranks = (EDGES, RECEIPTS, HISTORY, *heads)
    others = tuple(own_table for own_table in CATALOG.tables if own_table not in first_ranks)

    for rank, tables in enumerate(((EDGES, RECEIPTS), (HISTORY,), heads, others)):
        x, y = MARGIN + rank * (WIDTH + SPACE), MARGIN
        for own_table in tables:
            height = TITLE_HEIGHT + LINE_HEIGHT * len(own_table.columns)
            yield own_table, Box(x, y, WIDTH, height)
            y += height + 2 * MARGIN


def _table_parts(own_table: Table, box: Box) -> Iterator[str]:
    css_class = ' class="head"' if own_table in CATALOG.heads else ""
    size = f'x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}"'
    yield f'<rect {size} rx="6"{css_class}/>'
    yield text(box.x + box.width // 2, box.y + 18, own_table.name, "title")
    for number, column in enumerate(own_table.columns):
        mark = " (primary)" if column.primary_key else ""
        y = box.y + 36 + LINE_HEIGHT * number
        yield text(box.x + 10, y, f"{column.name}{mark}", "small", "start")


def foreign_keys(own_table: Table) -> list[Key]:
    """Return the table's foreign keys in order of name."""
    keys: list[Key] = []
    for constraint in own_table.constraints:
        name = str(constraint.name)
        if isinstance(constraint, HeadHistoryKey):
            keys.append(Key(name, HISTORY, is_deferred=True))
        elif isinstance(constraint, ForeignKeyConstraint):
            is_deferred = bool(constraint.deferrable)
            keys.append(Key(name, constraint.referred_table, is_deferred=is_deferred))

    return sorted(keys, key=lambda key: key.name)


def _key_parts(boxes: Mapping[Table, Box], source: Table, number: int, key: Key) -> Iterator[str]:
    start_box, end_box = boxes[source], boxes[key.target]
    y = start_box.y + 26 + KEY_HEIGHT * number
    end_y = end_box.clamp(y)

    if start_box.x > end_box.x:
        start, end = start_box.x, end_box.x + WIDTH
        path = f"M{start} {y}C{start - 50} {y} {end + 50} {end_y} {end} {end_y}"
        yield arrow(path, is_deferred=key.is_deferred)
        yield text(start - 6, y - 5, key.name, "small", "end")
        return

    start = start_box.x + WIDTH
    if source is key.target:
        end_y += 22  # a key into its own table ends below its start
    is_to_the_right = end_box.x > start_box.x
    end = end_box.x if is_to_the_right else end_box.x + WIDTH
    bend = 40 if is_to_the_right else -40
    path = f"M{start} {y}C{start + 40} {y} {end - bend} {end_y} {end} {end_y}"
    yield arrow(path, is_deferred=key.is_deferred)
    yield text(start + 6, y - 5, key.name, "small", "start")
