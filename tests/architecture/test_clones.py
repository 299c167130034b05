"""Nothing is written twice: not for memory and SQL, nor for threads and an event loop."""

import pytest
from tests.architecture.clones import LONGEST, clones, shipped

NINE = [f"value_{number} = compute({number})" for number in range(LONGEST + 1)]


def body(lines: list[str], head: str = "def work():") -> str:
    return "\n".join((head, *(f"    {line}" for line in lines))) + "\n"


def test_no_two_files_share_more_than_eight_lines() -> None:
    assert not [str(clone) for clone in clones(shipped())]


def test_a_planted_clone_is_found_at_its_place_and_full_length() -> None:
    planted = {
        "memory.py": "import one\n\n\n" + body([*NINE, "return 1"]),
        "sql.py": body([*NINE, "return 1"]),
    }

    assert [str(clone) for clone in clones(planted)] == ["memory.py:5 and sql.py:2: 10 equal lines"]


@pytest.mark.parametrize(
    "disguised",
    [
        pytest.param([f"{line}  # again" for line in NINE], id="comments"),
        pytest.param([line.replace("(", "( ") for line in NINE], id="spaces"),
        pytest.param([*NINE[:5], '"""The same."""', *NINE[5:]], id="a docstring"),
        pytest.param([part for line in NINE for part in (line, "")], id="blank lines"),
        pytest.param([*NINE[:5], "# A remark of its own.", *NINE[5:]], id="a remark"),
    ],
)
def test_a_disguise_does_not_help(disguised: list[str]) -> None:
    assert list(clones({"memory.py": body(NINE), "sql.py": body(disguised, "async def work():")}))


def test_eight_lines_pass_and_so_do_other_names() -> None:
    renamed = [line.replace("value", "other") for line in NINE]

    assert not list(
        clones({"memory.py": body(NINE[1:], "def one():"), "sql.py": body(NINE[1:], "def two():")})
    )
    assert not list(clones({"memory.py": body(NINE), "sql.py": body(renamed)}))


def test_signatures_protocols_and_imports_may_be_equal() -> None:
    many = range(LONGEST + 1)
    signature = body(
        ["pass"], "def work(\n" + "".join(f"    argument_{number},\n" for number in many) + "):"
    )
    methods = [f"def method_{number}(self) -> int: ..." for number in many]
    imports = "from module import (\n" + "".join(f"    name_{number},\n" for number in many) + ")\n"

    assert not list(
        clones({"a.py": f"{signature}    return 1\n", "b.py": f"{signature}    return 2\n"})
    )
    assert not list(
        clones(
            {
                "a.py": body(methods, "class A(Protocol):"),
                "b.py": body(methods, "class B(Protocol[T]):"),
            }
        )
    )
    assert not list(clones({"a.py": imports, "b.py": imports}))


def test_small_methods_that_are_all_the_same_are_a_clone() -> None:
    methods = [
        line
        for number in range(LONGEST + 1)
        for line in (f"def method_{number}(self):", f"    return {number}")
    ]

    assert list(clones({"a.py": body(methods, "class A:"), "b.py": body(methods, "class B:")}))
