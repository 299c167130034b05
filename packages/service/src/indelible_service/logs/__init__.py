"""The log of a process, on the screen and in files."""
