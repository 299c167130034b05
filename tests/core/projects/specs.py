"""Specifications for tests of rules: small ones by hand, and any JSON by Hypothesis."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from indelible.projects.entities.values import ArchitectureSpec

PROMPT = "A shop for bicycles with orders and customers"

# Texts that a specification can hold, and some that rules read.
texts = st.one_of(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12),
    st.sampled_from(
        ["", " ", "a", "b", "frontend", "API", "database", "auth", "entity", "page", "folder"]
    ),
)
keys = st.one_of(
    texts,
    st.sampled_from(
        [
            *("id", "type", "data", "label", "name", "kind", "path", "files", "entities"),
            *("source", "target", "position"),
        ]
    ),
)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**30), 10**30), st.floats(-1e9, 1e9), texts
)
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)
json_objects = st.dictionaries(keys, json_values, max_size=5)


def node(node_id: str, kind: str = "", label: str = "", **data: object) -> dict[str, Any]:
    """Return a node as React Flow stores it."""
    values: dict[str, Any] = {"label": label or node_id, **data}
    return {"id": node_id, "type": kind, "position": {"x": 12.5, "y": 0}, "data": values}


def edge(source: str, target: str) -> dict[str, Any]:
    """Return an edge as React Flow stores it."""
    return {"id": f"{source}-{target}", "source": source, "target": target}


def spec(
    *nodes: Mapping[str, Any],
    edges: tuple[Mapping[str, Any], ...] = (),
    prompt: str = PROMPT,
    description: str = "",
    name: str = "Bicycle shop",
) -> ArchitectureSpec:
    """Return a specification of these nodes and edges."""
    return ArchitectureSpec(
        name=name, description=description, prompt=prompt, nodes=tuple(nodes), edges=edges
    )


def shop() -> ArchitectureSpec:
    """Return a complete shop without findings."""
    return spec(
        node("web", "frontend", "Shop"),
        node("api", "backend", "Shop API"),
        node("db", "database", "Orders", entities=["Order", {"name": "Customer"}]),
        node("auth", "auth", "Sign in"),
        node("about", "page", "About us"),
        node("adr", "folder", "Decisions", path="docs/decisions"),
        edges=(edge("web", "api"), edge("api", "db"), edge("web", "auth")),
    )
