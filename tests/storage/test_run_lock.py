from __future__ import annotations

import pytest

from storage.engine import Store
from storage.run_lock import AlreadyRunning, RunLock

pytestmark = pytest.mark.sqlite


def test_one_process_at_a_time_sends(store: Store) -> None:
    with RunLock(store) as first:
        assert first.alone
        with pytest.raises(AlreadyRunning, match="soundings serve"), RunLock(store):
            pass
    with RunLock(store):
        pass


def test_a_failure_gives_the_lock_back(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), RunLock(store):
        raise ZeroDivisionError
    with RunLock(store):
        pass
