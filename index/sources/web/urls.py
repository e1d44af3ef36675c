"""Which addresses are one: the same page with and without campaign parameters, with http or https, on the mobile site."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

_HOSTS = ("www.", "m.", "mobile.", "amp.")
_TRACKERS = "fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid twclid igshid ysclid mc_cid mc_eid mkt_tok _ga _gl _hsenc _hsmi ref_src"
_CAMPAIGNS = ("utm_", "mtm_", "pk_", "at_", "wt_mc")
"""Parameters that name where a reader came from; others, such as cid or source, choose the page on some sites and stay."""


def is_web(text: str) -> bool:
    """Whether a text is an address of the web, not a file's name."""
    return text.lower().startswith(("http://", "https://"))


def key(address: str) -> str:
    """What all spellings of an address share, without its scheme; another text, such as a file's path, is its own key."""
    if not is_web(address):
        return address
    from w3lib.url import canonicalize_url

    try:
        parts = urlsplit(canonicalize_url(address))
        fields = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if not _tracks(name)]
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:
        return address
    return f"{site(address)}{port}{parts.path.rstrip('/')}{'?' + urlencode(fields) if fields else ''}"


def site(address: str) -> str:
    """The host without www. or m., in lower case; empty for what is no address of the web."""
    try:
        host = urlsplit(address).hostname or "" if is_web(address) else ""
    except ValueError:
        return ""
    return next((host.removeprefix(prefix) for prefix in _HOSTS if host.startswith(prefix) and host.count(".") > 1), host)


def is_root(address: str) -> bool:
    """Whether an address is a site's front page, which names no article."""
    return "/" not in key(address) and "?" not in key(address)


def _tracks(name: str) -> bool:
    return name.lower() in _TRACKERS.split() or name.lower().startswith(_CAMPAIGNS)
