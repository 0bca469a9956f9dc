"""Makes the links of a mail's text part clickable: only those to ourselves."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_LINK = re.compile(r"https?://[^\s<>\"']+")


def own_links(text: str, public_url: str) -> list[str]:
    """Every link in `text` that leads to `public_url`, in order."""
    return [link for link in (_trimmed(found) for found in _LINK.findall(text)) if _is_own(link, public_url)]


def with_links(text: str, public_url: str) -> Markup:
    """`text` as safe HTML, in which our own links can be followed; all others stay words."""
    parts: list[Markup] = []
    end = 0
    for found in _LINK.finditer(text):
        link = _trimmed(found[0])
        if _is_own(link, public_url):
            parts += [escape(text[end : found.start()]), Markup('<a href="{0}">{0}</a>').format(link)]
            end = found.start() + len(link)
    return Markup("").join([*parts, escape(text[end:])])


def _is_own(link: str, public_url: str) -> bool:
    # The slash matters: http://127.0.0.1:8080 also begins http://127.0.0.1:80801/.
    return link.startswith(public_url.rstrip("/") + "/")


def _trimmed(link: str) -> str:
    """Without what ends the sentence rather than the link."""
    return link.rstrip(".,;:!?)]")
