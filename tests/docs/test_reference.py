"""The generated pages say what the code says, and the written ones leave nothing of it out."""

import re
from xml.etree.ElementTree import parse

import pytest
from docs.generate import DOCS, PAGES, PAGES_WITH_CODE
from docs.generators import api
from docs.generators.code import definition, page_with_code
from docs.generators.markdown import HEADER
from tests.architecture.pages import code, page, rows

from indelible.concepts import WarningCode
from indelible.kernel import Actor
from indelible.memory import MemoryStore
from indelible_service.contract.errors import all_errors
from indelible_sql.contexts import CONTEXTS
from indelible_workers import Worker

IMPORT = re.compile(
    r"^(?:>>> )?from (?P<module>indelible[\w.]*) import \(?(?P<names>[\w, ]*)", re.MULTILINE
)
MODULE_LINK = re.compile(r"\[`(indelible[\w.]*)`\]\((\S+)\)")
# Modules without a chapter, and the page that imports them: one is for authors of indelible itself,
# the other has only the constant that `create_app` shows as its default.
WITHOUT_CHAPTER = {
    "indelible_sql.concepts.tables": "repository-method.md",
    "indelible_web.contexts": "console.md",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_as_it_would_be_written_now(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), (
        "run `python -m docs.generate`"
    )


@pytest.mark.parametrize("name", PAGES_WITH_CODE)
def test_the_code_on_a_page_is_the_tested_code(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == page_with_code(name), (
        "run `python -m docs.generate`"
    )


def test_the_code_of_a_method_is_shown_without_its_indent() -> None:
    source = "class Store:\n    @property\n    def name(self):\n        return 1\n\n    size = 2\n"

    assert definition(source, "Store.name") == "@property\ndef name(self):\n    return 1\n"


def test_a_name_that_a_file_does_not_define_is_refused() -> None:
    with pytest.raises(KeyError, match="close"):
        definition("class Store:\n    size = 2\n", "Store.close")


def test_every_page_that_says_it_is_generated_is_and_so_is_every_drawing() -> None:
    pages = {
        path.relative_to(DOCS).as_posix(): path
        for path in DOCS.rglob("*.md")
        if "_build" not in path.parts
    }
    said = {
        name for name, path in pages.items() if path.read_text(encoding="utf-8").startswith(HEADER)
    }
    drawings = {path.relative_to(DOCS).as_posix() for path in (DOCS / "drawings").iterdir()}

    assert said | drawings | {"architecture.md"} == set(PAGES)


@pytest.mark.parametrize("name", [name for name in PAGES if name.endswith(".svg")])
def test_a_drawing_needs_nothing_but_itself_and_says_what_it_is(name: str) -> None:
    drawing = parse(DOCS / name).getroot()  # noqa: S314 - it is our own
    texts = [each.text for each in drawing.iter() if each.text and each.text.strip()]

    assert drawing[0].tag.endswith("title")
    assert not [
        each for each in drawing.iter() if any("href" in key or "src" in key for key in each.attrib)
    ]
    assert len(texts) > 3


def test_every_module_that_a_page_imports_is_in_the_reference() -> None:
    listed = {module for _, modules in api.chapters().values() for module in modules}
    missing: dict[str, str] = {}
    for path in DOCS.rglob("*.md"):
        if "_build" in path.parts or path.parent.name == "decisions":
            continue
        for statement in IMPORT.finditer(path.read_text(encoding="utf-8")):
            module = statement["module"]
            names = [f"{module}.{name.strip()}" for name in statement["names"].split(",")]
            if module not in listed and not listed.issuperset(names):
                missing[module] = path.name

    assert missing == WITHOUT_CHAPTER


def test_every_context_has_its_ports_errors_and_suite_in_the_reference() -> None:
    listed = {module for _, modules in api.chapters().values() for module in modules}

    for context in CONTEXTS:
        name = f"indelible.{context}"
        suite = f"indelible.testing.{context}.conformance"
        assert {name, *api.parts(f"{name}.ports"), *api.parts(f"{name}.errors"), suite} <= listed


def test_every_public_module_of_the_reference_shows_its_names() -> None:
    for title, modules in api.chapters().values():
        text = api.chapter_page(title, modules)
        for module in modules:
            section = text.partition(f"## {module}\n")[2].partition("\n## ")[0]
            assert "\n: " in section, module


def test_every_link_to_a_module_leads_to_its_source_in_the_repository() -> None:
    links = dict(MODULE_LINK.findall(page("reference/api.md")))
    folder = DOCS / "reference"

    assert list(links) == [module for _, modules in api.chapters().values() for module in modules]
    for module, link in links.items():
        source = module.replace(".", "/")
        assert (folder / link).is_file()
        assert link.endswith((f"/src/{source}.py", f"/src/{source}/__init__.py"))


def test_the_metrics_of_a_worker_are_listed() -> None:
    listed = page("reference/metrics.md")
    worker = Worker(store=MemoryStore(), actor=Actor.system("docs"))

    for metric in worker.registry.collect():
        assert metric.name in listed
        assert metric.documentation in listed


def test_every_code_has_its_row_and_names_one_refusal() -> None:
    listed = [code(row[0])[0] for row in rows(page("reference/errors.md"), "code")]

    assert listed == [error.code for error in all_errors()]
    assert len(listed) == len(set(listed))


def test_every_row_of_the_errors_is_whole() -> None:
    for row in rows(page("reference/errors.md"), "code"):
        assert all(row)
        assert row[1].endswith(".")


def test_every_warning_has_its_row() -> None:
    listed = list(rows(page("reference/warnings.md"), "code"))

    assert [code(row[0])[0] for row in listed] == list(WarningCode)
    assert {row[4] for row in listed if row[0].startswith("`PREREQ")} == {"stored", "at read"}
    assert [row[0] for row in listed if row[0].startswith("`PREREQ") and row[4] == "stored"] == [
        "`PREREQ_NONE_BUT_REFERENCED`"
    ]
