"""Import the modules of a host that settings and options name."""

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType


def import_host_module(name: str) -> ModuleType:
    """Import a module, also one of the working directory. Raises what the module raises."""
    directory = str(Path.cwd())
    if "" not in sys.path and directory not in sys.path:
        sys.path.append(directory)

    return import_module(name)
