"""A mail server of our own beside Teams."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.post_office import PostOffice
from tests.teams.season import TeamsSeason, a_season


@pytest.fixture
def post() -> Iterator[PostOffice]:
    with PostOffice() as office:
        yield office


@pytest.fixture
def season(tmp_path: Path, post: PostOffice) -> Iterator[TeamsSeason]:
    with a_season(tmp_path, post.url) as made:
        yield made
