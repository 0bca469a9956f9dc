"""`/f/TOKEN/questionnaire.docx`: the person's questionnaire as a Word file, to be sent back by mail."""

from __future__ import annotations

from flask import Blueprint, Response

from bot.web.desk import Desk
from bot.web.problems import no_such_link
from channels.mail.bodies import WORD_FILE
from channels.word.layout import lines_of
from channels.word.writing import CONTENT_TYPE, word_of
from surveys.programme import Mode
from surveys.tokens import Purpose


def word_file_routes(desk: Desk) -> Blueprint:
    """The one address. An unlinked round has none: it is answered on its page only."""
    routes = Blueprint("word_file", __name__)

    @routes.get(f"/f/<token>/{WORD_FILE}")
    def word_file(token: str) -> Response:
        links = desk.links(token, Purpose.ANSWER)
        with desk.store.reading() as tx:
            form = desk.admitted(tx, links)
        if form is None or form.asked.mode is Mode.UNLINKED:
            return no_such_link(desk, {})
        language = form.asked.language or form.instrument.language
        lines = lines_of(form.instrument, language, form.asked.perspectives, reference=form.asked.reference)
        found = Response(word_of(lines, language), mimetype=CONTENT_TYPE)
        found.headers["Content-Disposition"] = f'attachment; filename="{form.instrument.survey}.docx"'
        return found

    return routes
