"""The generated pages say what the code says, and the written ones leave nothing of it out."""

import pytest
from docs.generate import DOCS, PAGES, errors
from tests.architecture.pages import code, page, rows

from indelible.concepts import WarningCode


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_as_it_would_be_written_now(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), "run `python -m docs.generate`"


def test_every_code_has_its_row_and_names_one_refusal() -> None:
    listed = [code(row[0])[0] for row in rows(page("reference/errors.md"), "code")]

    assert listed == [error.code for error in errors()]
    assert len(listed) == len(set(listed))


def test_every_row_of_the_errors_is_whole() -> None:
    for row in rows(page("reference/errors.md"), "code"):
        assert all(row)
        assert row[1].endswith(".")


def test_every_warning_has_its_row() -> None:
    listed = list(rows(page("reference/warnings.md"), "code"))

    assert [code(row[0])[0] for row in listed] == list(WarningCode)
    assert {row[4] for row in listed if row[0].startswith("`PREREQ")} == {"kept", "at read"}
    assert [row[0] for row in listed if row[0].startswith("`PREREQ") and row[4] == "kept"] == [
        "`PREREQ_NONE_BUT_REFERENCED`"
    ]
