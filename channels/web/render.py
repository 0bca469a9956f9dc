"""Pages as HTML. Templates are compiled once; whatever people wrote comes out as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from channels.form.parse import VOICE, is_typed
from channels.form.views import ActView, ChoicesView, Frame, PageView, QuotesView, RecordView
from channels.form.words import Words

_HERE = Path(__file__).parent
STATIC = _HERE / "static"
# What is shown back of one field, so that a page stays a page a browser can draw.
_LONGEST_SHOWN = 6_000_000


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates. Autoescape holds for all of them; an unknown name is an error, not an empty place."""
    return Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _render(template: str, words: Words, frame: Frame, **values: object) -> str:
    return environment().get_template(template).render(words=words, frame=frame, **values)


def question_page(
    view: PageView, words: Words, frame: Frame, *, person: str, answering_as: bool = False, routed: bool = False
) -> str:
    """A page of questions. `answering_as`: ask who is typing. `routed`: a single page with conditions in it."""
    return _render("question.html", words, frame, view=view, person=person, answering_as=answering_as, routed=routed)


def review_page(
    record: RecordView, words: Words, frame: Frame, *, errors: Sequence[tuple[str, str]] = (), entry: bool = False
) -> str:
    """All answers before they are sent; `errors` are (link, words)."""
    return _render("review.html", words, frame, record=record, errors=errors, entry=entry)


def done_page(
    words: Words,
    frame: Frame,
    *,
    heading: str,
    paragraphs: Sequence[str] = (),
    thanks: str = "",
    record: RecordView | None = None,
    missing: Sequence[tuple[str, str]] = (),
    links: Sequence[tuple[str, str]] = (),
    typed: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """The end: what was recorded, what comes next. `missing` and `links` are (words, link); `typed` was not stored."""
    return _render(
        "done.html",
        words,
        frame,
        heading=heading,
        paragraphs=paragraphs,
        thanks=thanks,
        record=record,
        missing=missing,
        links=links,
        typed=_shown(typed),
    )


def closed_page(
    words: Words,
    frame: Frame,
    *,
    heading: str,
    paragraphs: Sequence[str] = (),
    typed: Mapping[str, Sequence[str]] | None = None,
    record: RecordView | None = None,
) -> str:
    """The round takes no answers (any more, or yet); what was typed is shown back."""
    return _render(
        "closed.html", words, frame, heading=heading, paragraphs=paragraphs, typed=_shown(typed), record=record
    )


def problem_page(
    words: Words,
    frame: Frame,
    *,
    heading: str,
    paragraphs: Sequence[str] = (),
    typed: Mapping[str, Sequence[str]] | None = None,
    retry: Sequence[tuple[str, str]] = (),
) -> str:
    """What happened and what to do; `retry`: the fields to be sent once more, as they were."""
    return _render(
        "problem.html", words, frame, heading=heading, paragraphs=paragraphs, typed=_shown(typed), retry=retry
    )


def later_page(words: Words, frame: Frame, *, form: str, close: str) -> str:
    """Finish later: the link stays good."""
    return _render("later.html", words, frame, form=form, close=close)


def act_page(view: ActView, words: Words, frame: Frame, *, typed: Mapping[str, Sequence[str]] | None = None) -> str:
    """One of the one-tap reasons, before it is done. `typed`: answers that are not stored, to be copied."""
    errors = [(ask.id, ask.error) for ask in view.asks if ask.error]
    return _render("act.html", words, frame, view=view, errors=errors, typed=_shown(typed))


def choices_page(view: ChoicesView, words: Words, frame: Frame) -> str:
    """A person's own page."""
    return _render("choices.html", words, frame, view=view)


def quotes_page(view: QuotesView, words: Words, frame: Frame) -> str:
    """What a person has agreed to be quoted with."""
    return _render("quotes.html", words, frame, view=view)


def notice_page(
    words: Words,
    frame: Frame,
    *,
    heading: str,
    version: str = "",
    parts_of: Sequence[tuple[str, str, Sequence[str]]] = (),
    url: str = "",
    present: tuple[str, str] | None = None,
    earlier: Sequence[tuple[str, str]] = (),
) -> str:
    """A privacy notice: (title, words, points of a list) in order.

    `present` and `earlier` lead to its other versions: (words, link).
    """
    return _render(
        "notice.html",
        words,
        frame,
        heading=heading,
        version=version,
        parts_of=parts_of,
        url=url,
        present=present,
        earlier=earlier,
    )


def plain_page(words: Words, frame: Frame, *, heading: str, paragraphs: Sequence[str] = ()) -> str:
    """A heading and what there is to say."""
    return _render("plain.html", words, frame, heading=heading, paragraphs=paragraphs)


def _shown(typed: Mapping[str, Sequence[str]] | None) -> list[tuple[str, str]]:
    """What a person wrote, to be copied: chosen options and boxes stay, our own hidden fields go."""
    return [
        (name.removeprefix(VOICE), "\n".join(values)[:_LONGEST_SHOWN])
        for name, values in (typed or {}).items()
        if is_typed(name) and any(value.strip() for value in values)
    ]
