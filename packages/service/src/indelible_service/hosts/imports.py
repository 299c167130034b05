"""Import the modules of a host that settings and options name."""

import sys
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType


def import_host_module(name: str) -> ModuleType:
    """Import a module, also one of the working directory. Raises what the module raises."""
    directory = str(Path.cwd())
    if "" not in sys.path and directory not in sys.path:
        sys.path.append(directory)

    return import_module(name)


def import_host_file(path: Path) -> ModuleType:
    """Run a Python file as a module of its own, beside one of the same name that is imported.

    Raises: ImportError if it is no Python file, and what the file raises.
    """
    name = f"{path.stem}_of_file"
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        message = f"{path.name} is no Python file"
        raise ImportError(message)

    module = module_from_spec(spec)
    sys.modules[name] = module  # type hints are looked up there
    spec.loader.exec_module(module)
    return module
