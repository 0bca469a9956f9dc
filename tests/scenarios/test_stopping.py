"""`serve` is told to stop in the middle of its work: it ends soon and cleanly, and what was left goes later, once."""

import time
from collections import Counter

import pytest

from tests.clients.installation import end
from tests.scenarios.season import S1, Season

EVERYONE = 26


@pytest.mark.timeout(180)
@pytest.mark.parametrize("after", [1, 3])
def test_sigterm_while_messages_go_out(tmp_path, post, after):
    post.seconds_a_letter = 0.1
    season = Season(S1, tmp_path, post)
    season.load()
    with season.soundings.started("serve", "--port", str(season.soundings.port)) as serve:
        post.wait_for(kind="invitation", count=after)
        told = time.monotonic()
        assert end(serve) == 0
        assert time.monotonic() - told < 10
    stopped = len(post.letters())
    assert after <= stopped < EVERYONE

    post.seconds_a_letter = 0
    with season.serving():
        post.wait_for(kind="invitation", count=EVERYONE)
    came = Counter(season.person_of(letter) for letter in post.letters(kind="invitation"))
    assert set(came.values()) == {1}
    assert len(came) == EVERYONE


@pytest.mark.timeout(120)
def test_sigterm_while_the_server_lets_us_wait(tmp_path, post):
    post.seconds_a_letter = 60
    season = Season(S1, tmp_path, post)
    season.load()
    with season.soundings.started("serve", "--port", str(season.soundings.port)) as serve:
        until = time.monotonic() + 30
        while not post.handed and time.monotonic() < until:
            time.sleep(0.05)
        assert post.handed == 1
        told = time.monotonic()
        assert end(serve) == 0
        assert time.monotonic() - told < 13
    # Nobody knows what became of the one in hand: like the others it is still to go.
    assert post.letters() == []
    assert sum(line["kind"] == "invitation" for line in season.plan()) == EVERYONE


@pytest.mark.timeout(60)
def test_sigterm_again_and_again(tmp_path, post):
    season = Season(S1, tmp_path, post)
    season.load()
    for _ in range(3):
        with season.serving():
            pass
    with season.serving():
        assert season.soundings.run("tick", code=1).err.count("\n") == 1
