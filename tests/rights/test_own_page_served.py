"""The whole way with the program running: a person's own page, its mails, their yes, and an organiser who erases."""

import re
from urllib.parse import urlsplit

import pytest

from tests.rights.village import traces

ZEB_AT = "zeb.canary@quill.test"
OWN_FILES = ("panel.csv",)


@pytest.mark.timeout(300)
def test_from_the_choices_page_to_the_last_byte(village):
    run, post = village.soundings.run, village.post
    with village.soundings.serving():
        village.answer(ZEB_AT, "kestrel-7a55 flew")
        post.wait_for(to=ZEB_AT, kind="receipt")
        link = village.link(ZEB_AT)
        page = village.client.open(f"{link}/choices")
        assert page.kind == ""
        assert "This page is for Zebulon Quillcanary" in page.words
        village.client.tap(link, "my-answers")
        copy = post.wait_for(to=ZEB_AT, kind="receipt", count=2)[-1]
        for words in ("kestrel-7a55 flew", "Quillcanary Hall", "01632 555777", "zeb2canary@quill.test"):
            assert words in copy.text
        village.client.tap(link, "erase")
        question = post.wait_for(to=ZEB_AT, kind="notice")[0]
        confirm = re.search(r"http\S+/r/\S+", question.text)[0]
        assert urlsplit(confirm).path.startswith("/r/")
        [row] = run("person", "requests", "--json").json
        assert (row["participant"], row["kind"], row["confirmed"]) == ("q-canary-7", "erasure", None)
        pages, _, token = confirm.rpartition("/")
        done = village.client.tap(pages, token)
        assert "Confirmed" in done.heading
        assert run("person", "requests", "--json").json[0]["confirmed"]
        assert "asks for: erasure since" in run("person", "show", ZEB_AT).out
        assert run("person", "erase", "q-canary-7", "--yes", "--json").json["swept"] is True
        assert run("person", "requests", "--json").json == []
        gone = village.client.open(f"{link}/choices")
        assert gone.status == 410
    found, _ = traces(village.home, but=OWN_FILES)
    left = {name: marks for name, marks in found.items() if {"kestrel-7a55", "quill.test"} & set(marks)}
    assert left == {}
    assert run("audit", "--verify").code == 0
