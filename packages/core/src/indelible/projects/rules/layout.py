"""The files that a plan may contain: their paths, kinds, templates and purposes."""

from enum import StrEnum
from typing import Final

from attrs import frozen


class FileKind(StrEnum):
    """The kind of a planned file."""

    CONFIG = "config"
    MODEL = "model"
    SCHEMA = "schema"
    ROUTE = "route"
    PAGE = "page"
    COMPONENT = "component"
    UTILITY = "utility"
    STYLE = "style"
    TEST = "test"
    DOCUMENTATION = "documentation"


@frozen
class Template:
    """A file that a plan adds: a path in which `{slug}` or `{module}` is filled in."""

    path: str
    kind: FileKind
    name: str
    purpose: str


ALWAYS: Final = (
    Template("README.md", FileKind.DOCUMENTATION, "readme", "Describe the project"),
    Template(
        "docs/architecture.md",
        FileKind.DOCUMENTATION,
        "architecture",
        "List the components and their connections",
    ),
    Template(".editorconfig", FileKind.CONFIG, "editorconfig", "Set the style of all files"),
    Template(".gitignore", FileKind.CONFIG, "gitignore", "Keep build results out of Git"),
)
FRONTEND: Final = (
    Template("package.json", FileKind.CONFIG, "package", "List the packages of the frontend"),
    Template("tsconfig.json", FileKind.CONFIG, "tsconfig", "Configure TypeScript"),
    Template("tailwind.config.ts", FileKind.CONFIG, "tailwind", "Configure Tailwind CSS"),
    Template("postcss.config.mjs", FileKind.CONFIG, "postcss", "Run Tailwind CSS"),
    Template("src/app/layout.tsx", FileKind.COMPONENT, "layout", "Frame all pages"),
    Template("src/app/page.tsx", FileKind.PAGE, "home_page", "Show the home page"),
    Template("src/app/globals.css", FileKind.STYLE, "globals", "Style all pages"),
    Template("src/lib/api.ts", FileKind.UTILITY, "api_client", "Call the backend"),
    Template("src/components/ui/Button.tsx", FileKind.COMPONENT, "button", "Draw a button"),
    Template("src/components/ui/Input.tsx", FileKind.COMPONENT, "input", "Draw an input"),
    Template("src/components/ui/Table.tsx", FileKind.COMPONENT, "table", "Draw a table"),
)
SIGN_IN: Final = (
    Template("src/app/login/page.tsx", FileKind.PAGE, "login_page", "Sign in"),
    Template("src/app/signup/page.tsx", FileKind.PAGE, "signup_page", "Sign up"),
)
DASHBOARD: Final = Template(
    "src/app/dashboard/page.tsx", FileKind.PAGE, "dashboard_page", "Show the dashboard"
)
BACKEND: Final = (
    Template("main.py", FileKind.ROUTE, "main", "Start the API and include its routes"),
    Template("requirements.txt", FileKind.CONFIG, "requirements", "List the Python packages"),
    Template("Dockerfile", FileKind.CONFIG, "dockerfile", "Build an image of the backend"),
    Template("pytest.ini", FileKind.CONFIG, "pytest", "Configure the tests of the backend"),
    Template("tests/test_main.py", FileKind.TEST, "main_test", "Test that the API answers"),
)
DATABASE: Final = Template("database.py", FileKind.UTILITY, "database", "Open database sessions")
ENVIRONMENT: Final = Template(".env.example", FileKind.CONFIG, "environment", "Name the settings")
ENTITY_BACKEND: Final = (
    Template("models/{module}.py", FileKind.MODEL, "model", "Define the table"),
    Template("schemas/{module}.py", FileKind.SCHEMA, "schema", "Define requests and responses"),
    Template("routes/{module}.py", FileKind.ROUTE, "route", "Serve the rows"),
)
ENTITY_FRONTEND: Final = (
    Template("src/app/{slug}/page.tsx", FileKind.PAGE, "list_page", "List the rows"),
    Template("src/app/{slug}/new/page.tsx", FileKind.PAGE, "new_page", "Create a row"),
    Template("src/app/{slug}/[id]/page.tsx", FileKind.PAGE, "detail_page", "Show a row"),
)
PAGE: Final = Template("src/app/{slug}/page.tsx", FileKind.PAGE, "page", "Show the page")
COMPONENT_PAGE: Final = Template(
    "docs/components/{slug}.md", FileKind.DOCUMENTATION, "component_page", "Describe the component"
)
FOLDER_README: Final = "folder_readme"
STUB: Final = "stub"

KINDS_BY_EXTENSION: Final = {
    "md": FileKind.DOCUMENTATION,
    "rst": FileKind.DOCUMENTATION,
    "txt": FileKind.DOCUMENTATION,
    "css": FileKind.STYLE,
    "scss": FileKind.STYLE,
    "tsx": FileKind.COMPONENT,
    "jsx": FileKind.COMPONENT,
    "vue": FileKind.COMPONENT,
    "json": FileKind.CONFIG,
    "toml": FileKind.CONFIG,
    "yaml": FileKind.CONFIG,
    "yml": FileKind.CONFIG,
    "ini": FileKind.CONFIG,
    "cfg": FileKind.CONFIG,
    "env": FileKind.CONFIG,
}


def kind_of_path(path: str) -> FileKind:
    """Return the kind of a file that a node lists, by its folder and its extension."""
    folders = set(path.lower().split("/")[:-1])
    name = path.lower().rpartition("/")[2]
    if folders & {"test", "tests"} or name.startswith("test_"):
        return FileKind.TEST
    if "models" in folders:
        return FileKind.MODEL
    if "schemas" in folders:
        return FileKind.SCHEMA
    if "routes" in folders:
        return FileKind.ROUTE

    return KINDS_BY_EXTENSION.get(name.rpartition(".")[2], FileKind.UTILITY)
