"""No code is duplicated: not for memory and SQL, nor for synchronous and asynchronous stores."""

import pytest
from tests.architecture.clones import MAX_EQUAL_LINES, WINDOW, clones, shipped

NINE = [f"value_{number} = compute({number})" for number in range(WINDOW)]


def function(lines: list[str], head: str = "def work():") -> str:
    """Return a function with this body."""
    return "\n".join([head, *(f"    {line}" for line in lines)]) + "\n"


@pytest.mark.slow
def test_no_two_files_share_more_than_eight_lines() -> None:
    assert [str(clone) for clone in clones(shipped())] == []


def test_a_planted_clone_is_reported_with_its_position_and_length() -> None:
    planted = {
        "memory.py": "import one\n\n\n" + function([*NINE, "return 1"]),
        "sql.py": function([*NINE, "return 1"]),
    }

    assert [str(clone) for clone in clones(planted)] == ["memory.py:5 and sql.py:2: 10 equal lines"]


@pytest.mark.parametrize(
    "disguised",
    [
        pytest.param([f"{line}  # again" for line in NINE], id="comments"),
        pytest.param([line.replace("(", "( ") for line in NINE], id="spaces"),
        pytest.param([*NINE[:5], '"""The same."""', *NINE[5:]], id="docstring"),
        pytest.param("\n\n    ".join(NINE).split("\n    "), id="blank lines"),
        pytest.param([*NINE[:5], "# A remark.", *NINE[5:]], id="remark"),
    ],
)
def test_layout_and_comments_hide_no_clone(disguised: list[str]) -> None:
    sources = {"memory.py": function(NINE), "sql.py": function(disguised, "async def work():")}

    assert len(list(clones(sources))) == 1


def test_eight_equal_lines_are_allowed() -> None:
    assert len(NINE[1:]) == MAX_EQUAL_LINES
    sources = {
        "memory.py": function(NINE[1:], "def one():"),
        "sql.py": function(NINE[1:], "def two():"),
    }

    assert list(clones(sources)) == []


def test_other_names_are_no_clone() -> None:
    renamed = [line.replace("value", "other") for line in NINE]

    assert list(clones({"memory.py": function(NINE), "sql.py": function(renamed)})) == []


def test_equal_signatures_are_allowed() -> None:
    arguments = "".join(f"    argument_{number},\n" for number in range(WINDOW))
    signature = function(["pass"], f"def work(\n{arguments}):")
    sources = {"a.py": f"{signature}    return 1\n", "b.py": f"{signature}    return 2\n"}

    assert list(clones(sources)) == []


def test_equal_protocols_are_allowed() -> None:
    methods = [f"def method_{number}(self) -> int: ..." for number in range(WINDOW)]
    sources = {
        "a.py": function(methods, "class A(Protocol):"),
        "b.py": function(methods, "class B(Protocol[T]):"),
    }

    assert list(clones(sources)) == []


def test_equal_imports_are_allowed() -> None:
    names = "".join(f"    name_{number},\n" for number in range(WINDOW))
    imports = f"from module import (\n{names})\n"

    assert list(clones({"a.py": imports, "b.py": imports})) == []


def test_many_small_equal_methods_are_a_clone() -> None:
    methods: list[str] = []
    for number in range(WINDOW):
        methods += [f"def method_{number}(self):", f"    return {number}"]
    sources = {"a.py": function(methods, "class A:"), "b.py": function(methods, "class B:")}

    assert len(list(clones(sources))) == 1
