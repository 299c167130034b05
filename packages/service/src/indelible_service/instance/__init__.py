"""The one running instance of a data directory: its record, its ports and its start."""
