from collections.abc import Iterator

import pytest

from tests.clients.post_office import PostOffice


@pytest.fixture
def post() -> Iterator[PostOffice]:
    with PostOffice() as office:
        yield office
