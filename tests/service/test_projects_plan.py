"""`indelible projects plan` lists files and findings, and changes nothing."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.service.commands import error_code, json_result, run

SHOP: dict[str, Any] = {
    "name": "Bicycle shop",
    "prompt": "A shop for bicycles with orders",
    "nodes": [
        {"id": "web", "type": "frontend", "position": {"x": 12.5, "y": 0}},
        {"id": "api", "type": "backend", "data": {"label": "Shop API", "entities": ["Order"]}},
    ],
    "edges": [{"source": "web", "target": "api"}],
}


def written(folder: Path, content: object) -> str:
    """Write a specification, or bytes, and return the path of the file."""
    file = folder / "spec.json"
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    file.write_bytes(data)
    return str(file)


def test_the_plan_and_its_findings_are_listed(tmp_path: Path) -> None:
    result = run("projects", "plan", written(tmp_path, SHOP))

    assert result.exit_code == 0
    assert "README.md" in result.stdout
    assert "models/order.py" in result.stdout
    assert "AUTHENTICATION_MISSING" in result.stdout
    assert "1 high, 1 medium" in result.stdout


def test_the_plan_is_one_line_of_json(tmp_path: Path) -> None:
    document = json_result("projects", "plan", written(tmp_path, SHOP))

    files = {file["path"]: file for file in document["plan"]["files"]}
    assert files["main.py"]["node_ids"] == ["api"]
    assert files["main.py"]["kind"] == "route"
    assert len(document["plan"]["digest"]) == 64
    assert document["critique"]["blocking"] is False
    assert [finding["code"] for finding in document["critique"]["findings"]] == [
        "AUTHENTICATION_MISSING",
        "DATABASE_MISSING",
    ]
    assert len(document["critique"]["warnings"]) == 1


def test_a_blocked_specification_exits_with_1(tmp_path: Path) -> None:
    file = written(tmp_path, {"name": "Nothing"})

    document = json_result("projects", "plan", file, code=1)

    assert document["critique"]["blocking"] is True
    assert [finding["code"] for finding in document["critique"]["findings"]] == ["NO_NODES"]


def test_a_plan_is_read_from_standard_input() -> None:
    result = run("projects", "plan", "-", stdin=json.dumps(SHOP).encode())

    assert result.exit_code == 0
    assert "README.md" in result.stdout


def test_planning_changes_nothing_and_needs_no_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, SHOP)
    monkeypatch.chdir(tmp_path)

    result = run("projects", "plan", file, settings={"DATABASE_URL": "sqlite:///nothing.db"})

    assert result.exit_code == 0
    assert [path.name for path in tmp_path.rglob("*")] == ["spec.json"]


WRONG: list[tuple[object, str]] = [
    (b"", "SPECIFICATION_INVALID"),
    (b"{", "SPECIFICATION_INVALID"),
    (b"\xff{}", "SPECIFICATION_INVALID"),
    (b"[]", "SPECIFICATION_INVALID"),
    (b'{"name": "x", "nodes": [NaN]}', "SPECIFICATION_INVALID"),
    (b"[" * 100_000, "JSON_LIMIT_EXCEEDED"),
    ({}, "SPECIFICATION_INVALID"),
    ({"name": "x", "colour": "red"}, "SPECIFICATION_INVALID"),
    (b" " * 8_388_609, "SPECIFICATION_INVALID"),
    ({"name": ""}, "TEXT_BLANK"),
    ({"name": 7}, "WRONG_TYPE"),
    ({"name": "x", "nodes": 7}, "WRONG_TYPE"),
    ({"name": "x", "nodes": [7]}, "WRONG_TYPE"),
    ({"name": "x", "prompt": "x" * 20_001}, "TEXT_TOO_LONG"),
    ({"name": "x", "nodes": [{}] * 10_001}, "LIST_TOO_LONG"),
    (
        {"name": "x", "nodes": [{"type": "folder", "data": {"path": "../x"}}]},
        "PLAN_PATH_FORBIDDEN",
    ),
    ({"name": "x", "nodes": [{"type": "worker"}] * 10_000}, "PLAN_TOO_LARGE"),
]


@pytest.mark.parametrize(("content", "code"), WRONG, ids=lambda value: str(value)[:40])
def test_a_wrong_specification_is_refused_with_a_code(
    tmp_path: Path, content: object, code: str
) -> None:
    assert error_code("projects", "plan", written(tmp_path, content)) == code


def test_a_file_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    assert (
        error_code("projects", "plan", str(tmp_path / "none.json"), exit_code=3) == "FILE_UNUSABLE"
    )
