"""load, serve, mail, form, entry by an organiser, export: the installed command over real HTTP and SMTP."""

import re
from pathlib import Path

import pytest
import requests

from tests.cli.conftest import S1
from tests.clients.form_client import FormClient, something
from tests.clients.installation import Installation
from tests.clients.post_office import PostOffice

# By now every session of the example has been held, so everyone on the panel who attended one is asked.
EVERYONE = 32
ROUND = "courageous-conversations/mid-cycle-2024"


def _open_now(folder: Path) -> Path:
    text = S1.read_text(encoding="utf-8").replace("2024-12-16 close of play", "2190-12-16 17:00")
    text = text.replace('quiet_hours: "18:30-08:00"\n', "")
    for name in ("mid-cycle.yaml", "panel.csv"):
        (folder / name).write_bytes(S1.with_name(name).read_bytes())
    (folder / "programme.yaml").write_text(text, encoding="utf-8")
    return folder / "programme.yaml"


def _no_voices(field):
    return list(field.preset) if re.fullmatch(r"voices\..+", field.name) else something(field)


@pytest.mark.timeout(180)
def test_a_round_runs_by_itself_under_serve(tmp_path):
    with PostOffice() as post:
        soundings = Installation(home=tmp_path, smtp_url=post.url)
        soundings.run("load", _open_now(tmp_path))
        with soundings.serving():
            post.wait_for(kind="invitation", count=EVERYONE)
            letter = post.letters(kind="invitation")[0]
            client = FormClient()
            walk = client.answer(letter.link(soundings.public_url), otherwise=_no_voices)
            assert walk.last.kind == "done"
            receipts = post.wait_for(kind="receipt", count=1)
            assert receipts[0].to == letter.to

            asked = soundings.run("round", "who", ROUND, "--links", "--json").json
            open_still = [each for each in asked if each["state"] == "pending"]
            assert len(open_still) == EVERYONE - 1
            link = open_still[0]["link"]
            assert requests.get(link, timeout=5).status_code == 200
            entered = client.answer(link, otherwise=_no_voices)
            assert entered.last.kind == "done", entered.last.words
            # Spent by its Submit.
            assert client.open(link).kind != "question"

            status = soundings.status(ROUND)
            assert (status["complete"], status["pending"]) == (2, EVERYONE - 2)
            exported = soundings.export(ROUND)
            modes = {(each["mode"], each["typed_by"]) for each in exported["responses"]}
            assert modes == {("self", ""), ("telephone", "organiser")}
            again = soundings.run("round", "who", ROUND, "--links", "--json").json
            assert link not in {each["link"] for each in again}
        assert soundings.run("audit", "--verify").code == 0
