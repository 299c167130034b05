"""The content of planned files, by deterministic templates of our own.

A text of a user becomes part of a file only as text: escaped or as code in Markdown, as a JSON
string in programs. It never decides a path, except the paths that a node lists.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from indelible.projects.entities.values import ArchitectureSpec, GeneratedFile
from indelible.projects.errors import GeneratedTooLarge
from indelible.projects.rules import documents
from indelible.projects.rules.documents import Content, read_content
from indelible.projects.rules.graph import read_graph
from indelible.projects.rules.naming import repository_name
from indelible.projects.rules.plan import Plan, PlannedFile
from indelible.projects.rules.slugs import module_name
from indelible.projects.rules.templates import generic, python, web
from indelible.projects.rules.texts import one_line

MAX_FILE_BYTES: Final = 1_048_576
MAX_TOTAL_BYTES: Final = 33_554_432
PLACEHOLDER: Final = re.compile("__([A-Z]+)__")

Render = Callable[[Content, PlannedFile], str]


def generate_files(spec: ArchitectureSpec, plan: Plan) -> tuple[GeneratedFile, ...]:
    """Return the content of each planned file: UTF-8 with LF, the same bytes for the same input.

    Raises:
        GeneratedTooLarge: A file, or all files together, exceed a limit.
    """
    return check_sizes(_generated(spec, plan))


def check_sizes(files: Iterable[GeneratedFile]) -> tuple[GeneratedFile, ...]:
    """Return the files; also for those of a host's own function.

    Raises:
        GeneratedTooLarge: A file, or all files together, exceed a limit.
    """
    checked: list[GeneratedFile] = []
    total_bytes = 0
    for file in files:
        if len(file.content) > MAX_FILE_BYTES:
            raise GeneratedTooLarge(file.path, len(file.content), MAX_FILE_BYTES)
        total_bytes += len(file.content)
        if total_bytes > MAX_TOTAL_BYTES:
            raise GeneratedTooLarge("all files", total_bytes, MAX_TOTAL_BYTES)
        checked.append(file)

    return tuple(checked)


def _generated(spec: ArchitectureSpec, plan: Plan) -> Iterator[GeneratedFile]:
    """Yield the files one by one, so that no more of them exist than are allowed."""
    content = read_content(spec, plan, read_graph(spec))
    for planned in plan.files:
        text = RENDERERS[planned.template](content, planned)
        yield GeneratedFile(path=planned.path, content=text.encode())


def _text(template: str) -> Render:
    """Return the function of a template that is the same in every project."""

    def render(_: Content, __: PlannedFile) -> str:
        return template

    return render


def _filled(template: str, title: str = "") -> Render:
    """Return the function of a template with the names of an entity or a page.

    `title` is the title of a page without a subject.
    """

    def render(content: Content, file: PlannedFile) -> str:
        text = title or file.subject or content.spec.name
        values = {
            "SLUG": file.slug,
            "MODULE": module_name(file.slug),
            "CLASS": _class_name(file.slug),
            "TITLE": _string(text),
        }
        return _fill(template, values)

    return render


def _fill(template: str, values: Mapping[str, str]) -> str:
    """Replace the placeholders of a template in one pass, so that values are never searched."""

    def value_of(match: re.Match[str]) -> str:
        return values[match.group(1)]

    return PLACEHOLDER.sub(value_of, template)


def _class_name(slug: str) -> str:
    return "".join(word.capitalize() for word in slug.split("-"))


def _string(text: str) -> str:
    """Return a text as a string literal of JSON, which Python and TypeScript read alike."""
    return json.dumps(one_line(text), ensure_ascii=False)


def _main(content: Content, _: PlannedFile) -> str:
    """Return the backend's main module, which includes the routers of all entities."""
    routes = [file for file in content.plan.files if file.template == "route"]
    modules = [module_name(file.slug) for file in routes]
    imports = [f"from routes.{module} import router as {module}_router" for module in modules]
    routers = [f"app.include_router({module}_router)" for module in modules]
    if modules:
        imports.insert(0, "from database import Base, engine")
        imports.insert(0, "")
        routers.append("Base.metadata.create_all(engine)")

    values = {
        "IMPORTS": "".join(f"{line}\n" for line in imports),
        "ROUTERS": "".join(f"{line}\n" for line in routers),
        "TITLE": _string(content.spec.name),
    }
    return _fill(python.MAIN, values)


def _package(content: Content, _: PlannedFile) -> str:
    name = repository_name(content.spec.name, "", 0).strip("_") or "project"
    return _json({"name": name, **web.PACKAGE})


def _json(value: Any) -> str:  # noqa: ANN401 - any JSON value
    return json.dumps(value, indent=2) + "\n"


def _stub(_: Content, file: PlannedFile) -> str:
    """Return a comment, in the language of the file's extension."""
    extension = file.path.lower().rpartition(".")[2]
    return generic.STUBS.get(extension, "")


RENDERERS: Final[Mapping[str, Render]] = {
    "readme": documents.readme,
    "architecture": documents.architecture,
    "component_page": documents.component_page,
    "folder_readme": documents.folder_readme,
    "editorconfig": _text(generic.EDITORCONFIG),
    "gitignore": _text(generic.GITIGNORE),
    "environment": _text(generic.ENVIRONMENT),
    "stub": _stub,
    "main": _main,
    "main_test": _text(python.MAIN_TEST),
    "requirements": _text(python.REQUIREMENTS),
    "dockerfile": _text(python.DOCKERFILE),
    "database": _text(python.DATABASE),
    "model": _filled(python.MODEL),
    "schema": _filled(python.SCHEMA),
    "route": _filled(python.ROUTE),
    "package": _package,
    "tsconfig": _text(_json(web.TSCONFIG)),
    "tailwind": _text(web.TAILWIND),
    "postcss": _text(web.POSTCSS),
    "layout": _filled(web.LAYOUT),
    "home_page": _filled(web.PAGE),
    "globals": _text(web.GLOBALS),
    "api_client": _text(web.API_CLIENT),
    "button": _text(web.BUTTON),
    "input": _text(web.INPUT),
    "table": _text(web.TABLE),
    "login_page": _filled(web.SIGN_IN_PAGE, "Sign in"),
    "signup_page": _filled(web.SIGN_IN_PAGE, "Sign up"),
    "dashboard_page": _filled(web.PAGE, "Dashboard"),
    "list_page": _filled(web.LIST_PAGE),
    "new_page": _filled(web.NEW_PAGE),
    "detail_page": _filled(web.DETAIL_PAGE),
    "page": _filled(web.PAGE),
}
