"""Asks axe-core whether a page meets WCAG 2.2 AA. Works under a strict Content-Security-Policy too."""

from importlib.util import find_spec
from pathlib import Path

from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def axe_script() -> str:
    """The text of axe.min.js as its package ships it."""
    spec = find_spec("axe_playwright_python")
    if spec is None or spec.origin is None:
        message = "axe-playwright-python is not installed"
        raise RuntimeError(message)
    return Path(spec.origin).with_name("axe.min.js").read_text(encoding="utf-8")


def axe_violations(page: Page, *, tags: list[str] = TAGS) -> list[str]:
    """One line for each violation on the page as it is now: rule, impact, the elements, what would help."""
    # evaluate() runs beside the page's own scripts, so a policy without inline script is no hindrance
    page.evaluate(axe_script())
    outcome = page.evaluate("tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", tags)
    return [
        f"{found['id']} ({found['impact']}) at {', '.join(str(node['target']) for node in found['nodes'])}: {found['help']}"
        for found in outcome["violations"]
    ]
