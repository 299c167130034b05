"""Import every public module of an installed package: `python -I import_everything.py PACKAGE`."""

import sys
from importlib import import_module
from pkgutil import walk_packages

package = import_module(sys.argv[1])
for module in walk_packages(package.__path__, f"{package.__name__}."):
    # Alembic loads the migrations, and `__main__` runs the program.
    runs_on_import = module.name.endswith(".__main__") or ".migrations." in module.name
    if not runs_on_import:
        import_module(module.name)
