"""The API, served by one process or by several."""
