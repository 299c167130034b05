"""Call a running service over HTTP: no module of this package opens a database."""
