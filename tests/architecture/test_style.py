"""The code meets the rules of docs/style.md; each rule is shown to find a planted violation."""

import ast
import re
from pathlib import Path

import pytest
from tests.architecture.metrics import LIMITS, excesses, has_steps, measure, parts, table
from tests.architecture.sources import ROOT, SOURCES
from tests.architecture.style import faults, problems_by_part
from tests.architecture.words import EXCEPTIONS, bad_docstrings, empty_names, is_empty_name, names

from indelible.kernel.errors import error_types
from indelible_sql.contexts import CATALOG

CLEAN = '''"""A module."""


def double(number: int) -> int:
    """Return twice the number."""
    return 2 * number
'''


@pytest.mark.slow
def test_every_part_meets_its_limits() -> None:
    assert problems_by_part() == {}


@pytest.mark.slow
def test_every_file_belongs_to_one_part() -> None:
    measured = [path for paths in parts().values() for path in paths]
    shipped = [path for folder in SOURCES.values() for path in folder.rglob("*.py")]

    assert len(measured) == len(set(measured))
    assert {path for path in shipped if "versions" not in path.parts} == set(measured)


def test_a_clean_module_has_no_fault() -> None:
    assert list(faults(Path("numbers.py"), CLEAN)) == []
    assert excesses(measure([CLEAN]), LIMITS) == []


@pytest.mark.parametrize(
    ("planted", "metric"),
    [
        ("a = 1 if b else 2\n", "conditional_expressions"),
        ("a = [b for b in c]\n", "comprehensions"),
        ("a = {b: [d for d in b] for b in c}\n", "nested_comprehensions"),
        ("a = [d for b in c for d in b]\n", "nested_comprehensions"),
        (f"a = '{'b' * 100}'\n", "long_lines"),
        ("def a():\n" + "    b()\n" * 8, "functions_with_steps"),
    ],
)
def test_a_planted_excess_is_measured(planted: str, metric: str) -> None:
    measured_names = [text.partition(" ")[0] for text in excesses(measure([planted]), LIMITS)]

    assert metric in measured_names


def test_values_at_the_limit_pass() -> None:
    lines = "a = 1 if b else 2\n" * 8 + "a = [b for b in c]\n" * 15
    padding = "b()\n" * (1000 - 8 - 15)

    assert excesses(measure([lines + padding]), LIMITS) == []
    assert excesses(measure([lines + "a = [b for b in c]\n" + padding]), LIMITS) == [
        "comprehensions 16.0, expected at most 15"
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("    a()\n\n    b()\n", True),
        ("    a()\n\n    # Why.\n    b()\n", True),
        ("    if a:\n        b()\n\n        c()\n", True),
        ("    a()\n    b()\n", False),
        ('    """Say so."""\n\n    b()\n', False),
        ("    a(\n\n    )\n    b()\n", False),
    ],
)
def test_a_blank_line_between_two_statements_is_a_step(body: str, *, expected: bool) -> None:
    source = f"def work():\n{body}"

    assert has_steps(ast.parse(source).body[0], source.splitlines()) is expected


@pytest.mark.parametrize(
    "planted",
    [
        "found = 1",
        "def what(): ...",
        "class CommandsAsked: ...",
        "class HTTPPlace: ...",
        "def read(*, rows_found): ...",
        "self.kept = 1",
        "for each in rows: ...",
        "import rows as given",
        "with rows as (first, held): ...",
        "[each for each in rows]",
        "(seven := 7)",
        "match rows:\n    case [*beside]: ...",
        "_PLACE = 1",
    ],
)
def test_a_planted_empty_name_is_refused(planted: str) -> None:
    assert len(list(empty_names(ast.parse(planted)))) == 1


@pytest.mark.parametrize(
    "harmless",
    ["foreach = 1", "found_rows = 1", "def showing(): ...", "x = self.kept", "read(how=1)"],
)
def test_only_definitions_that_end_in_an_empty_word_count(harmless: str) -> None:
    assert list(empty_names(ast.parse(harmless))) == []


def test_a_planted_module_name_is_refused() -> None:
    assert list(faults(Path("web/asked.py"), CLEAN)) == [
        "web/asked.py: the module name asked says nothing"
    ]
    assert list(faults(Path("place/__init__.py"), CLEAN)) == [
        "place/__init__.py: the module name place says nothing"
    ]


@pytest.mark.parametrize("word", ["What", "Whether", "Who", "How", "Where", "When"])
def test_a_planted_docstring_is_refused(word: str) -> None:
    bad = f'"""{word} a row is read."""\n'
    indented = f'    """{word} it is."""\n'

    assert len(list(bad_docstrings(ast.parse(bad)))) == 1
    assert len(list(bad_docstrings(ast.parse(f"class Row:\n{indented}")))) == 1
    assert len(list(bad_docstrings(ast.parse(f"async def read():\n{indented}")))) == 1
    assert list(bad_docstrings(ast.parse(bad.replace(word, f"{word}ever")))) == []


@pytest.mark.slow
def test_no_docstring_of_the_tests_starts_with_a_question_word() -> None:
    problems: list[str] = []
    for path in sorted((ROOT / "tests").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        problems += [f"{path.relative_to(ROOT)}:{text}" for text in bad_docstrings(tree)]

    assert problems == []


def test_a_function_of_forty_one_lines_is_refused() -> None:
    longest = "def work():\n" + "    step()\n" * 39

    assert list(faults(Path("work.py"), longest)) == []
    assert list(faults(Path("work.py"), longest + "    step()\n")) == [
        "work.py:1: work has 41 lines, expected at most 40"
    ]


@pytest.mark.parametrize("error", ["NotImplementedError", "NotImplementedError('read')"])
def test_a_placeholder_for_a_method_is_refused(error: str) -> None:
    assert list(faults(Path("reader.py"), f"def read():\n    raise {error}\n")) == [
        "reader.py:2: NotImplementedError, expected an abstract method"
    ]


def test_a_file_of_four_hundred_and_one_lines_is_refused() -> None:
    assert list(faults(Path("work.py"), "step()\n" * 400)) == []
    assert list(faults(Path("work.py"), "step()\n" * 401)) == [
        "work.py: 401 lines, expected at most 400"
    ]


@pytest.mark.slow
def test_every_exception_is_used_and_has_a_reason() -> None:
    defined: set[str] = set()
    for paths in parts().values():
        for path in paths:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            defined.update(name for _, name in names(tree))

    for pattern, reason in EXCEPTIONS.items():
        assert any(re.fullmatch(pattern, name) for name in defined), pattern
        assert len(reason) > 20


def test_no_table_or_column_has_an_empty_name() -> None:
    database_names: set[str] = set()
    for sql_table in CATALOG.tables:
        database_names.add(sql_table.name)
        database_names.update(column.name for column in sql_table.columns)

    assert [name for name in database_names if is_empty_name(name)] == []


def test_no_constraint_index_domain_or_guard_has_an_empty_name() -> None:
    database_names = {domain.name for domain in CATALOG.domains}
    for sql_table in CATALOG.tables:
        database_names.update(str(constraint.name) for constraint in sql_table.constraints)
        database_names.update(str(index.name) for index in sql_table.indexes)
    for dialect in ("postgresql", "sqlite"):
        database_names.update(guard.name for guard in CATALOG.guards(dialect))

    assert len(database_names) > 200
    assert [name for name in database_names if is_empty_name(name)] == []


def test_no_error_code_has_an_empty_name() -> None:
    codes = {error.code for error in error_types()}

    assert len(codes) > 50
    assert [code for code in codes if is_empty_name(code)] == []


def test_an_error_for_a_missing_object_may_be_named_so() -> None:
    assert not is_empty_name("TokenNotFound")
    assert is_empty_name("TokenFound")


def test_the_table_marks_what_exceeds_its_limit() -> None:
    printed = table({"core": measure(["a = 1 if b else 2\n"]), "web": measure([CLEAN])})
    head, core, web, limits = printed.splitlines()

    assert "conditional_expressions" in head
    assert "1000.0!" in core
    assert "!" not in web
    assert limits.split() == ["limit", "8", "15", "0.5", "0", "25"]
