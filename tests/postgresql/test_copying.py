"""From SQLite to PostgreSQL in the middle of a season: every row, and the season goes on as if nothing had happened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from tests.clients.form_client import FormClient
from tests.clients.installation import Installation
from tests.clients.post_office import PostOffice
from tests.clients.postgresql import Server
from tests.scenarios.replicas import Season

pytestmark = [pytest.mark.postgresql, pytest.mark.timeout(240)]
EXAMPLE = Path(__file__).parents[2] / "examples" / "courageous-conversations" / "programme.yaml"


@pytest.fixture
def post() -> Iterator[PostOffice]:
    with PostOffice() as post:
        yield post


def test_a_season_goes_on_in_the_copy(tmp_path: Path, post: PostOffice, postgresql: Server) -> None:
    settings = {"DATABASE_URL": "sqlite:///soundings.db"}
    season = Season(home=tmp_path, post=post, people=12, settings=settings, opens_in=-10, reminds_in=3600)
    here, quick = season.soundings, "quick"
    with here.serving() as url:
        letters = post.wait_for(kind="invitation", count=12)
        assert FormClient().answer(letters[0].link(url), {"well": "yes", "more": "A “quoted” word"}).last.kind == "done"
        assert FormClient().tap(letters[1].link(url), "stop").status == 200
        post.wait_for(kind="receipt")
    before = here.status(quick)
    url = postgresql.fresh()
    there = Installation(home=tmp_path, smtp_url=post.url, port=here.port, settings={"DATABASE_URL": url})
    assert "Copied and compared:" in here.run("copy-database", url).out
    assert there.status(quick) == before
    assert there.export(quick) == here.export(quick)
    assert there.run("round", "plan", quick, "--json").json == here.run("round", "plan", quick, "--json").json
    assert there.run("audit", "--verify").code == 0
    # The season goes on there: nobody is invited anew, those still to answer are reminded, once.
    for later in (0, 1):
        there.tick(season.reminded_from() + timedelta(seconds=later * 20))
    assert len(post.letters(kind="invitation")) == 12
    reminded = [letter.to for letter in post.letters(kind="reminder")]
    assert sorted(reminded) == sorted({letter.to for letter in letters[2:]})
    # Who comes late gets a number that nobody has had, and an invitation of their own.
    with (tmp_path / "panel.csv").open("a") as panel:
        panel.write("late,Late Guest,Late,late@guests.test,here,guest\n")
    assert "added" in there.run("load", "programme.yaml").out
    there.tick(season.reminded_from() + timedelta(seconds=40))
    post.wait_for(to="late@guests.test", kind="invitation")
    with psycopg.connect(url) as connection:
        numbers = [row[0] for row in connection.execute("select id from invitations order by id")]
    assert numbers == list(range(1, 14))
    postgresql.drop(url)


def test_it_refuses_what_would_mix_or_lose_something(tmp_path: Path, post: PostOffice, postgresql: Server) -> None:
    here = Installation(home=tmp_path, smtp_url=post.url, settings={"DATABASE_URL": "sqlite:///soundings.db"})
    here.run("load", EXAMPLE)
    url = postgresql.fresh()
    with here.serving():
        refused = here.run("copy-database", url, code=1)
        assert "not while Soundings runs" in refused.err
    here.run("copy-database", url)
    again = here.run("copy-database", url, code=1)
    assert "not empty" in again.err
    assert "made into PostgreSQL" in here.run("copy-database", "sqlite:///other.db", code=1).err
    nowhere = here.run("copy-database", "postgresql://soundings@127.0.0.1:9/none", code=1)
    assert "Traceback" not in nowhere.err
    assert len(nowhere.err.strip().splitlines()) == 1
    postgresql.drop(url)


def test_an_older_schema_is_refused_until_it_is_upgraded(tmp_path: Path, post: PostOffice, postgresql: Server) -> None:
    url = postgresql.fresh()
    here = Installation(home=tmp_path, smtp_url=post.url, settings={"DATABASE_URL": url})
    here.run("load", EXAMPLE)
    with psycopg.connect(url, autocommit=True) as connection:
        # As the newest migration found it.
        connection.execute("alter table invitations drop column look_again_at")
        connection.execute("alter table rounds drop column look_whole_at")
        connection.execute("drop index ix_deliveries_message_id")
        connection.execute("update alembic_version set version_num = '0014'")
    refused = here.run("serve", "--port", str(here.port), code=1)
    assert "run soundings upgrade" in refused.err
    assert "at this version" in here.run("upgrade").out
    assert "nothing to do" in here.run("upgrade").out
    assert here.run("load", EXAMPLE).out.strip().endswith("no changes")
    postgresql.drop(url)


def test_one_of_two_ticks_is_refused(tmp_path: Path, post: PostOffice, postgresql: Server) -> None:
    url = postgresql.fresh()
    here = Installation(home=tmp_path, smtp_url=post.url, settings={"DATABASE_URL": url})
    here.run("load", EXAMPLE)
    with here.serving():
        refused = here.run("tick", code=1)
        assert "stop it first" in refused.err
        assert "not while Soundings runs" in here.run("copy-database", postgresql.fresh(), code=1).err
    # It gave its turn back when it ended.
    here.run("tick")
    postgresql.drop(url)


@pytest.mark.parametrize("command", [("round", "list"), ("doctor",), ("serve",)])
def test_a_server_that_is_away_is_told_in_one_line_without_its_password(
    tmp_path: Path, post: PostOffice, command: tuple[str, ...]
) -> None:
    url = "postgresql://soundings:only-for-us@127.0.0.1:9/nowhere"
    here = Installation(home=tmp_path, smtp_url=post.url, settings={"DATABASE_URL": url})
    done = here.run(*command, code=1)
    assert "the database does not open: connection" in done.out + done.err
    assert "only-for-us" not in done.out + done.err
    assert "Traceback" not in done.err
