"""The outermost ring: settings, wiring, the `indelible` command and embedded servers."""
