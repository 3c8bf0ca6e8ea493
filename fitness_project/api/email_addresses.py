"""The spellings of an e-mail address.

Upper and lower case make no difference, and a domain that isn't ASCII has two spellings:
bücher.example is xn--bcher-kva.example. They are one address. It is stored and shown in Unicode,
and mail servers get it in ASCII. Accounts that are older than this rule keep the spelling that they
have, so users are looked up by all `spellings`.
"""

from collections.abc import Callable

import idna


def canonical(email: str) -> str:
    """The spelling in which a new address is stored. That of an invalid domain stays as it is."""
    try:
        return _with_domain(email, _in_unicode)
    except ValueError:
        return _folded(email)


def in_ascii(email: str) -> str:
    """The spelling for mail servers. Raises ValueError if the domain isn't valid (IDNA 2008).

    Django's own is that of IDNA 2003, in which faß.de is fass.de: somebody else's domain.
    """
    return _with_domain(email, _in_ascii)


def spellings(email: str) -> list[str]:
    """The spellings in which the address may be stored, beginning with the given one."""
    try:
        return list(dict.fromkeys([_folded(email), canonical(email), in_ascii(email)]))
    except ValueError:
        return [_folded(email)]


def _folded(email: str) -> str:
    return email.strip().lower()


def _with_domain(email: str, respelt: Callable[[str], str]) -> str:
    local, at, domain = _folded(email).rpartition("@")
    is_international = not domain.isascii() or "xn--" in domain
    return f"{local}{at}{respelt(domain)}" if is_international else _folded(email)


def _in_ascii(domain: str) -> str:
    return idna.encode(domain, uts46=True).decode()


def _in_unicode(domain: str) -> str:
    return idna.decode(_in_ascii(domain))
