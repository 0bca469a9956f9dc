from collections.abc import Iterator

import pytest

from tests.clients.post_office import PostOffice
from tests.rights.village import Village, village_in


@pytest.fixture
def post() -> Iterator[PostOffice]:
    with PostOffice() as office:
        yield office


@pytest.fixture
def village(tmp_path, post) -> Village:
    """A round that has just opened, half-way: Zebulon has answered, Wilhelmina has begun and named someone else."""
    made = village_in(tmp_path, post)
    made.load()
    made.tick(made.opens)
    return made
