"""A page has one address, and a text that is no address of a page is refused."""

import pytest
from tests.core.captures.builders import make_command

from indelible.captures.rules.urls import normalized_url
from indelible.testing.captures.scenarios import code


@pytest.mark.parametrize(
    ("url", "normalized"),
    [
        ("HTTPS://WWW.Example.ORG:443/a?b=1#c", "https://www.example.org/a?b=1"),
        ("http://example.org:80", "http://example.org/"),
        ("http://example.org:8080/", "http://example.org:8080/"),
        ("https://example.org/?utm_source=x&id=1", "https://example.org/?id=1"),
        (
            "https://example.org/?id=1&fbclid=2&GCLID=3&ref=4&&utm_x",
            "https://example.org/?id=1&ref=4",
        ),
        ("https://example.org/?utm_source=x", "https://example.org/"),
        ("https://example.org./A%20b", "https://example.org/A%20b"),
        ("https://example.org/\u00e9?q=\u00e9", "https://example.org/%C3%A9?q=%C3%A9"),
        ("https://b\u00fccher.example/", "https://xn--bcher-kva.example/"),
        ("https://[2001:DB8::1]:443/", "https://[2001:db8::1]/"),
        ("https://example.org/?b=2&a=1", "https://example.org/?b=2&a=1"),
    ],
)
def test_a_page_has_one_address(url: str, normalized: str) -> None:
    assert normalized_url(url) == normalized
    assert normalized_url(normalized) == normalized


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "//example.org/",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://example.org/",
        "https:///path",
        "https://",
        "https://maya:secret@example.org/",
        "https://maya@example.org/",
        "https://example.org:99999/",
        "https://example.org:port/",
        "https://[::1/",
        "https://[v1.x]/",
        "https://exa mple.org/",
        "https://example.org/\n",
        "https://example.org/\x00",
        "https://example.org/\u202e",
        "https://example.org\\@evil.example/",
        "https://-.example/",
        f"https://{'a' * 64}.example/",
        f"https://example.org/{'a' * 2_000}",
        "https://exam\ud800ple.org/",
        "https://..example.org/",
        "https://faß.de/",  # Python converts this host to fass.de, and browsers do not.
        "https://λόγος.example/",
    ],
)
def test_a_text_that_is_no_address_of_a_page_is_refused(url: str) -> None:
    assert code(lambda: make_command(url=url)) == "URL_UNUSABLE"
