from pathlib import Path

import pytest

from storage.engine import Store
from tests.handlers.village import Village


@pytest.fixture
def village(tmp_path: Path, store: Store) -> Village:
    folder = tmp_path / "village"
    folder.mkdir()
    return Village(folder, store)
