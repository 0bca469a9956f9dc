"""Fills in any questionnaire over HTTP, knowing the web form's contract and nothing else of the code.

The contract (design: Web form): `main[data-page]` says where one is; `form[data-form=answer]` is the form to
answer, posted with `go=next`; fields are named `item` or `item.row`; hidden fields are sent back; what begins
with `_` may be left out. No cookies are kept: the link is all a person has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin

import requests
from bs4 import BeautifulSoup, Tag

Answers = Mapping[str, "str | list[str] | None"]
MOST_PAGES = 60


@dataclass(frozen=True, kw_only=True)
class Field:
    """One named thing to fill in: `values` are those on offer (radio, checkbox, select), `preset` what stands."""

    name: str
    kind: str
    values: tuple[str, ...] = ()
    preset: tuple[str, ...] = ()
    least: str = ""
    most: str = ""


@dataclass(kw_only=True)
class Screen:
    """One page as it came back."""

    url: str
    status: int
    soup: BeautifulSoup

    @property
    def main(self) -> Tag:
        main = self.soup.find("main")
        assert isinstance(main, Tag), (
            f"no <main> at {self.url} ({self.status}):\n{self.soup.get_text(' ', strip=True)[:400]}"
        )
        return main

    @property
    def kind(self) -> str:
        return str(self.main.get("data-page", ""))

    @property
    def words(self) -> str:
        return " ".join(self.main.get_text(" ", strip=True).split())

    @property
    def heading(self) -> str:
        heading = self.main.find("h1")
        return heading.get_text(" ", strip=True) if isinstance(heading, Tag) else ""

    @property
    def form(self) -> Tag:
        form = self.soup.select_one("form[data-form=answer]")
        assert form is not None, f"no form to answer on the {self.kind} page {self.url}: {self.words[:400]}"
        return form

    def hidden(self) -> list[tuple[str, str]]:
        return [
            (str(each["name"]), str(each.get("value", ""))) for each in self.form.select("input[type=hidden][name]")
        ]

    def fields(self) -> list[Field]:
        """What a person can fill in here, in order; what begins with `_` is no item."""
        found: dict[str, Field] = {}
        for control in self.form.select("input[name], textarea[name], select[name]"):
            name, kind = str(control["name"]), _kind(control)
            if name.startswith("_") or kind in {"hidden", "submit"}:
                continue
            before = found.get(name, Field(name=name, kind=kind))
            values, preset = _values(control, kind)
            found[name] = Field(
                name=name,
                kind=kind,
                values=before.values + values,
                preset=before.preset + preset,
                least=str(control.get("min", "")),
                most=str(control.get("max", "")),
            )
        return list(found.values())


@dataclass(kw_only=True)
class Walk:
    """How an answering went: every screen seen, what was sent, and where it ended."""

    screens: list[Screen] = field(default_factory=list)
    sent: dict[str, list[str]] = field(default_factory=dict)

    @property
    def last(self) -> Screen:
        return self.screens[-1]


def something(wanted: Field) -> list[str]:
    """An answer that fits the field, whatever it asks."""
    if wanted.preset:
        return list(wanted.preset)
    if wanted.values:
        return [next(value for value in wanted.values if value)]
    if wanted.kind == "number":
        return [wanted.least or wanted.most or "1"]
    if wanted.kind == "date":
        return [wanted.least or "2025-01-15"]
    if wanted.kind == "email":
        return ["somebody@example.org"]
    return [f"Words for {wanted.name}"]


def nothing(wanted: Field) -> list[str]:
    """What already stands, and nothing new."""
    return list(wanted.preset)


class FormClient:
    """Opens a person's link and goes on, page by page."""

    def __init__(self, *, timeout: float = 20) -> None:
        self.timeout = timeout

    def open(self, url: str) -> Screen:
        return self._screen(requests.get(url, timeout=self.timeout))

    def send(self, screen: Screen, fields: list[tuple[str, str]], *, go: str = "next") -> Screen:
        """Post the page's form with its hidden fields, the given ones and the forward button."""
        posted = [*screen.hidden(), *fields, ("go", go)]
        action = self._target(screen, screen.form)
        return self._follow(requests.post(action, data=posted, timeout=self.timeout, allow_redirects=False))

    def tap(self, link: str, way: str, given: Mapping[str, str] | None = None) -> Screen:
        """Take one of the ways out: open `link/way`, fill in what it asks by kind of field, press its button."""
        page = self.open(f"{link.rstrip('/')}/{way}")
        form = page.main.select_one("form[method=post]")
        assert form is not None, f"nothing to send at {page.url}: {page.words[:400]}"
        posted = [(str(each["name"]), str(each.get("value", ""))) for each in form.select("input[type=hidden][name]")]
        for control in form.select("input[name], select[name], textarea[name]"):
            kind = _kind(control)
            if kind in (given or {}):
                posted.append((str(control["name"]), (given or {})[kind]))
            elif kind in {"radio", "checkbox"} and control.has_attr("checked"):
                posted.append((str(control["name"]), str(control.get("value", "on"))))
        button = form.select_one("button[name]")
        if button is not None:
            posted.append((str(button["name"]), str(button.get("value", ""))))
        return self._follow(
            requests.post(self._target(page, form), data=posted, timeout=self.timeout, allow_redirects=False)
        )

    def answer(
        self,
        url: str,
        answers: Answers | None = None,
        *,
        otherwise: Callable[[Field], list[str]] = something,
        stop_before: str | None = None,
        submit: bool = True,
    ) -> Walk:
        """Fill in from the first unanswered page to `done`.

        `answers` are by field name; a field not named there gets `otherwise`. Stops on the page that asks for
        `stop_before`, or at the review if not `submit`.
        """
        given = dict(answers or {})
        walk = Walk(screens=[self.open(url)])
        for _ in range(MOST_PAGES):
            here = walk.last
            if here.kind == "review" and submit:
                walk.screens.append(self.send(here, []))
                continue
            if here.kind != "question":
                return walk
            fields = here.fields()
            if stop_before is not None and any(each.name == stop_before for each in fields):
                return walk
            posted: list[tuple[str, str]] = []
            for each in fields:
                values = _listed(given[each.name]) if each.name in given else otherwise(each)
                walk.sent[each.name] = values
                posted += [(each.name, value) for value in values]
            walk.screens.append(self.send(here, posted))
        raise AssertionError(f"no end after {MOST_PAGES} pages: {[screen.heading for screen in walk.screens[-4:]]}")

    @staticmethod
    def _target(screen: Screen, form: Tag) -> str:
        return urljoin(screen.url, str(form.get("action") or screen.url))

    def _follow(self, reply: requests.Response) -> Screen:
        while reply.is_redirect:
            # By hand: a cookie set on the way is not carried on.
            to = urljoin(reply.url, reply.headers["Location"])
            reply = requests.get(to, timeout=self.timeout, allow_redirects=False)
        return self._screen(reply)

    def _screen(self, reply: requests.Response) -> Screen:
        return Screen(url=reply.url, status=reply.status_code, soup=BeautifulSoup(reply.text, "html.parser"))


def _kind(control: Tag) -> str:
    return str(control.get("type", "text")) if control.name == "input" else control.name


def _values(control: Tag, kind: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if kind in {"radio", "checkbox"}:
        value = str(control.get("value", "on"))
        return (value,), ((value,) if control.has_attr("checked") else ())
    if kind == "select":
        options = control.find_all("option")
        values = tuple(str(option.get("value", option.get_text())) for option in options)
        return values, tuple(str(option.get("value")) for option in options if option.has_attr("selected"))
    text = control.get_text().removeprefix("\n") if kind == "textarea" else str(control.get("value", ""))
    return (), ((text,) if text else ())


def _listed(value: str | list[str] | None) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)
