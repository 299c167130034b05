"""The files of a new lifecycle: their texts for a name, and where they are written."""

import re
import sys
from importlib.util import find_spec
from keyword import iskeyword
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar, Final

from attrs import frozen

from indelible.kernel import Conflict, Invalid, UsageError
from indelible.kernel.values import value_text
from indelible_service.files.access import FileUnusable
from indelible_service.new_texts import LIFECYCLE, README, TEST
from indelible_sql.contexts import CATALOG, registrations_of
from indelible_sql.engine.prepared import SCHEMA

NAME: Final = re.compile("[a-z][a-z0-9]*(_[a-z][a-z0-9]*)*")
MAX_CHARACTERS: Final = 30
EXAMPLE: Final = "ticket"  # the name in the texts
WORD: Final = re.compile("[A-Za-z_]+")


@frozen
class NameUnusable(Invalid):
    """A new lifecycle cannot have a name."""

    message: ClassVar[str] = "Name {name} cannot be used: {problem}."
    name: str
    problem: str


@frozen
class FilesExist(Conflict):
    """A file that would be written exists."""

    message: ClassVar[str] = "These files exist, and nothing was written: {paths}."
    paths: str


def write_lifecycle(name: str, directory: Path) -> tuple[Path, ...]:
    """Write the files of a lifecycle into a directory, which is made if it is missing.

    Raises:
        NameUnusable: The name is no name of a module and a table, or another one has it.
        FilesExist: One of the files exists; nothing is written.
        FileUnusable: The directory cannot be written to.
    """
    check_name(name)
    texts = {directory / file: text for file, text in texts_of(name).items()}
    existing = [str(path) for path in texts if path.exists() or path.is_symlink()]
    if existing:
        raise FilesExist(", ".join(existing))
    written: list[Path] = []
    try:
        directory.mkdir(exist_ok=True)
        for path, text in texts.items():
            with path.open("x", encoding="utf-8") as file:
                written.append(path)
                file.write(text)
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        raise FileUnusable(str(error.filename or directory), error.strerror or "") from error
    return tuple(texts)


def texts_of(name: str) -> dict[str, str]:
    """Return the texts of the files by their names."""
    files = {f"{name}.py": LIFECYCLE, f"test_{name}.py": TEST, "README.md": README}
    return {file: _renamed(text, name) for file, text in files.items()}


def check_name(name: str) -> None:
    """Check that a lifecycle can have a name.

    Raises:
        NameUnusable: It cannot.
    """
    problem = _problem(name)
    if problem:
        raise NameUnusable(value_text(name), problem)


def _problem(name: str) -> str:
    """Return why a lifecycle cannot have a name, '' if it can."""
    if not NAME.fullmatch(name) or len(name) > MAX_CHARACTERS:
        return (
            f"expected up to {MAX_CHARACTERS} lower-case letters, digits and single underscores,"
            " with a letter first"
        )
    if iskeyword(name):
        return "it is a keyword of Python"
    if name in sys.stdlib_module_names or find_spec(name) is not None:
        return "Python has a module of this name"
    words = {*WORD.findall(LIFECYCLE), *WORD.findall(TEST)}
    for word in (name, f"{name}s", class_name(name)):
        if word in words and EXAMPLE not in word.lower():
            return f"the files have another meaning for {word}"
    return _problem_of_context(name)


def _problem_of_context(name: str) -> str:
    """Return why no store can have a context of this name beside those of indelible."""
    module: Any = ModuleType(name)
    code = compile(_renamed(LIFECYCLE, name), f"{name}.py", "exec")
    exec(code, module.__dict__)  # noqa: S102 - our own text
    (context,) = module.contexts
    if context.name != f"{name}s":
        return f"its table would be called {context.name}: give each word two letters or more"
    try:
        CATALOG.extended(registrations_of((context,), SCHEMA))
    except UsageError as error:
        return " ".join(error.problem.split())
    return ""


def class_name(name: str) -> str:
    """Return the name of the class, `PurchaseOrder` for `purchase_order`."""
    return "".join(part.capitalize() for part in name.split("_"))


def _renamed(text: str, name: str) -> str:
    """Return a text for another name than the example's."""
    return text.replace(EXAMPLE.capitalize(), class_name(name)).replace(EXAMPLE, name)
