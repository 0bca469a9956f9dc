"""`soundings survey preview`, where what is asked for is not there."""

import pytest

from tests.cli.conftest import EXAMPLES

TOUR = EXAMPLES / "feature-tour" / "tour.yaml"
SURVEY = """\
survey: short
version: 1
title: Two questions
language: en-GB
sections:
  - items:
      - {id: well, ask: {en-GB: How was it?, cy: Sut oedd hi?}, type: text, audience: [host_lead]}
"""


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--perspective", "host_laed"), "no question names the perspective 'host_laed'; it names host_lead"),
        (("--language", "fr"), "no words are in 'fr'; it is shown in en-GB (there is cy, en-GB)"),
        (("--language", "cy", "--perspective", "host_lead"), ""),
        (("--language", "en"), ""),
    ],
)
@pytest.mark.parametrize("channel", ["text", "mail", "web", "slack"])
def test_what_the_questionnaire_has_nothing_of_is_said(shell, channel, options, told):
    (shell.home / "short.yaml").write_text(SURVEY)
    seen = shell("survey", "preview", "short.yaml", "--channel", channel, *options)
    assert told in seen.err
    assert bool(seen.err) == bool(told)


def test_a_mail_to_look_at_names_a_date_of_now(shell):
    seen = shell("survey", "preview", TOUR, "--channel", "mail").out
    assert "A date, such as 5 December 20" in seen
    assert "5 December 2024" not in seen
    assert "{" not in seen
