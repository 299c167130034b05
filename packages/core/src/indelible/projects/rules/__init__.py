"""Rules of projects without I/O: critique, plan, paths, generation, and names."""
