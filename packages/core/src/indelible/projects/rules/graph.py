"""The nodes and edges of a specification, read from JSON of any shape (usually React Flow's)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, cast

from attrs import frozen

from indelible.kernel.values import UNSTORABLE
from indelible.projects.entities.values import ArchitectureSpec
from indelible.projects.rules.kinds import CONTENT_KINDS, NodeKind, is_renderer, kind_of

# Where a node's type may be, in order of preference: in the node itself, then in its data.
TYPE_KEYS: Final = ("type", "kind", "nodeType", "category")
LABEL_KEYS: Final = ("label", "name", "title")
MAX_NUMBER: Final = 2**63 - 1  # of an id


@frozen(kw_only=True)
class Node:
    """A node of a specification.

    `kind` is None where the type, or without one the label and the id, names no known kind. `id`
    is the node's position (`#1`) if it has none. `path` is the folder that a folder node names,
    `files` are the paths and `entities` the names that the node lists in its data.
    """

    id: str
    has_id: bool
    label: str
    type_text: str
    kind: NodeKind | None
    path: str | None
    files: tuple[str, ...]
    entities: tuple[str, ...]
    ignored_items: int

    @property
    def is_component(self) -> bool:
        """Return True for a part of the running system, False for content such as a folder."""
        return self.kind not in CONTENT_KINDS


@frozen(kw_only=True)
class Connection:
    """An edge of a specification; an end that is no id is ''."""

    source: str
    target: str


@frozen(kw_only=True)
class Graph:
    """The nodes and edges of a specification, in its order."""

    nodes: tuple[Node, ...]
    edges: tuple[Connection, ...]

    @property
    def node_ids(self) -> frozenset[str]:
        """Return the ids that edges may name."""
        return frozenset(node.id for node in self.nodes if node.has_id)

    @property
    def duplicate_ids(self) -> tuple[str, ...]:
        """Return the ids that several nodes have, in order of their first use."""
        uses = Counter(node.id for node in self.nodes if node.has_id)
        return tuple(node_id for node_id, count in uses.items() if count > 1)

    @property
    def connections(self) -> tuple[Connection, ...]:
        """Return the edges between two different nodes that exist."""
        ids = self.node_ids
        return tuple(
            edge
            for edge in self.edges
            if edge.source in ids and edge.target in ids and edge.source != edge.target
        )

    def of_kind(self, kinds: Iterable[NodeKind]) -> tuple[Node, ...]:
        """Return the nodes of one of these kinds, in the order of the specification."""
        wanted = frozenset(kinds)
        return tuple(node for node in self.nodes if node.kind in wanted)


def read_graph(spec: ArchitectureSpec) -> Graph:
    """Read the nodes and edges of a specification; no shape of JSON is an error. Linear time."""
    nodes = [_read_node(value, position) for position, value in enumerate(spec.nodes, start=1)]
    edges = [_read_edge(value) for value in spec.edges]
    return Graph(nodes=tuple(nodes), edges=tuple(edges))


def _read_node(value: object, position: int) -> Node:
    node = _object(value)
    data = _object(node.get("data"))
    node_id = _id_text(node.get("id"))
    label = _first_text((data, node), LABEL_KEYS)
    types = _type_texts(node, data)
    files, ignored_files = _listed(data.get("files"), "path")
    entities, ignored_entities = _listed(data.get("entities"), "name")
    return Node(
        id=node_id or f"#{position}",
        has_id=bool(node_id),
        label=label or node_id or f"Node {position}",
        type_text=next(iter(types), ""),
        kind=_kind(types, label, node_id),
        path=_raw_text(data.get("path")) or None,
        files=files,
        entities=tuple(_text(name) for name in entities),
        ignored_items=ignored_files + ignored_entities,
    )


def _read_edge(value: object) -> Connection:
    edge = _object(value)
    return Connection(source=_id_text(edge.get("source")), target=_id_text(edge.get("target")))


def _type_texts(node: Mapping[str, Any], data: Mapping[str, Any]) -> list[str]:
    """Return the texts that may name the node's type, without those of React Flow's renderers."""
    texts: list[str] = []
    for values in (node, data):
        for key in TYPE_KEYS:
            text = _text(values.get(key)).strip()
            if text and not is_renderer(text):
                texts.append(text)

    return texts


def _kind(types: Sequence[str], label: str, node_id: str) -> NodeKind | None:
    """Return the kind of the first type that names one; without a type, of the label or the id.

    A type that nobody knows is not replaced by a guess from the label.
    """
    texts = types or (label, node_id)
    for text in texts:
        kind = kind_of(text)
        if kind is not None:
            return kind

    return None


def _listed(value: object, key: str) -> tuple[tuple[str, ...], int]:
    """Return the texts of a list of texts or of objects with a text, and how many others it has.

    A value that is not a list has no items: `files: 3` may be a number that a page displays.
    """
    if not isinstance(value, list | tuple):
        return (), 0

    texts: list[str] = []
    items = cast("list[object]", value)
    for item in items:
        text = _raw_text(item) or _raw_text(_object(item).get(key))
        if text:
            texts.append(text)

    return tuple(texts), len(items) - len(texts)


def _first_text(values: Iterable[Mapping[str, Any]], keys: Iterable[str]) -> str:
    for value in values:
        for key in keys:
            text = _text(value.get(key)).strip()
            if text:
                return text

    return ""


def _object(value: object) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return cast("Mapping[str, Any]", value)

    return {}


def _id_text(value: object) -> str:
    """Return an id as text; ids are texts and whole numbers. Return '' for any other value."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MAX_NUMBER:
        return str(value)

    return _text(value).strip()


def _text(value: object) -> str:
    """Return a text that can be encoded and stored, '' for a value of another type."""
    return UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", _raw_text(value))


def _raw_text(value: object) -> str:
    """Return a text as it is, '' for a value of another type. A path is checked and not changed."""
    return value if isinstance(value, str) else ""
