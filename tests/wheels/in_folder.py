"""Run a script in a folder, where its files then are: `in_folder.py FOLDER SCRIPT`."""

import os
import runpy
import sys

folder, script = sys.argv[1:]
os.chdir(folder)
runpy.run_path(script, run_name="__main__")
