"""Import every public module of a package: `python -I import_everything.py PACKAGE [OPTIONAL ...]`.

An optional module needs an extra that is not installed here, so its import must fail for the want
of another module. Of an optional package, written `package.*`, at least one module must.
"""

import sys
from fnmatch import fnmatchcase
from importlib import import_module
from pkgutil import walk_packages

from indelible.kernel.distributions import DistributionMissing

package = import_module(sys.argv[1])
optional = set(sys.argv[2:])
missing: set[str] = set()
for module in walk_packages(package.__path__, f"{package.__name__}."):
    # Alembic loads the migrations, and `__main__` runs the program.
    runs_on_import = module.name.endswith(".__main__") or ".migrations." in module.name
    if runs_on_import:
        continue
    try:
        import_module(module.name)
    except (ModuleNotFoundError, DistributionMissing):
        matching = {pattern for pattern in optional if fnmatchcase(module.name, pattern)}
        if not matching:
            raise
        missing |= matching

assert missing == optional, (missing, optional)
