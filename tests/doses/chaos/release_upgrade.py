"""Upgrade a database to the newest revision of the installed release.

Usage: `python -m tests.doses.chaos.release_upgrade URL OWNER_URL`.
"""

import sys

from indelible_sql import open_store

url, owner_url = sys.argv[1:]
sys.stdout.write(open_store(url).upgrade(owner_url))
