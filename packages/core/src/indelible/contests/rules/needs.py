"""The other contexts that contests need."""

from typing import Final

# An entry is active when its charge is paid, and a settled contest is paid out by payouts: the
# reactions between both contexts do it, and without them no entry would ever become active.
NEEDED_CONTEXTS: Final = ("money",)
