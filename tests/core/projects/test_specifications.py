"""A specification is a snapshot that nobody can change, with a digest of all of it."""

import pickle
from copy import deepcopy
from typing import Any

import pytest
from attrs import evolve
from attrs.exceptions import FrozenInstanceError
from tests.core.projects.builders import (
    Value,
)

from indelible.projects import (
    ArchitectureSpec,
)
from indelible.testing.captures.scenarios import code
from indelible.testing.projects.scenarios import make_spec


def test_a_specification_does_not_change_with_the_callers_own_values() -> None:
    node: dict[str, Value] = {"id": "api", "data": {"ports": [80]}}
    metadata = {"model": ["m"]}
    spec = make_spec(nodes=[node], edges=[node], metadata=metadata)
    digest = spec.digest()
    node["data"]["ports"].append(81)
    metadata["model"].append("n")

    assert spec.nodes[0] == spec.edges[0] == {"id": "api", "data": {"ports": [80]}}
    assert spec.metadata == {"model": ["m"]}
    assert spec.digest() == digest


@pytest.mark.parametrize("path", [(), ("data",), ("data", "ports")], ids=str)
def test_no_part_of_a_specification_can_be_changed(path: tuple[str, ...]) -> None:
    spec: Any = make_spec(nodes=[{"data": {"ports": [80]}}])
    part = spec.nodes[0]
    for name in path:
        part = part[name]

    with pytest.raises((TypeError, AttributeError)):
        part["data"] = 1
    with pytest.raises((TypeError, AttributeError)):
        part.clear()
    with pytest.raises(FrozenInstanceError):
        spec.nodes = ()


def test_a_specification_is_equal_after_copying_and_pickling() -> None:
    spec = make_spec(metadata={"fraction": 0.1})

    assert deepcopy(spec) == spec
    assert pickle.loads(pickle.dumps(spec)) == spec  # noqa: S301 - our own bytes
    assert hash(deepcopy(spec)) == hash(spec)


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "Books"},
        {"description": "text"},
        {"prompt": "Sell music."},
        {"nodes": [{"id": "api", "x": 12.25}]},
        {"edges": [{"source": "api"}]},
        {"metadata": {"m": None}},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_the_digest_covers_each_field_of_a_specification(fields: dict[str, Value]) -> None:
    spec = make_spec()

    assert evolve(spec, **fields).digest() != spec.digest()
    assert evolve(spec, nodes=[{"x": 12.50, "type": "backend", "id": "api"}]).digest() == (
        spec.digest()
    )


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"name": ""}, "TEXT_BLANK"),
        ({"name": 7}, "WRONG_TYPE"),
        ({"prompt": None}, "WRONG_TYPE"),
        ({"prompt": "p" * 20_001}, "TEXT_TOO_LONG"),
        ({"description": "\ud800"}, "TEXT_UNSTORABLE"),
        ({"nodes": {}}, "WRONG_TYPE"),
        ({"nodes": ["text"]}, "WRONG_TYPE"),
        ({"edges": None}, "WRONG_TYPE"),
        ({"metadata": ()}, "WRONG_TYPE"),
        ({"metadata": {"n": float("inf")}}, "WRONG_USE"),
        ({"metadata": {"t": "\0"}}, "TEXT_UNSTORABLE"),
    ],
)
def test_a_specification_that_cannot_be_stored_is_refused(
    fields: dict[str, Value], expected: str
) -> None:
    values = {"name": "Shop", **fields}

    assert code(lambda: ArchitectureSpec(**values)) == expected
