"""The service: settings, composition, the `indelible` command and embedded servers."""
