"""Rounds that come again, loaded, loaded again, and with fewer of them."""

from datetime import UTC, datetime

from storage.rounds import all_rounds, mark_open
from surveys.rounds import RoundState

AGAIN = "    repeats: {every: 6 months, times: 3}\n    survey: short.yaml\n    kind: mid_cycle"
OPEN = datetime(2025, 10, 1, 9, tzinfo=UTC)


def of_middle(village):
    with village.store.reading() as tx:
        found = [each for each in all_rounds(tx) if each.entry == "middle"]
    return {each.key: each for each in found}


def with_repeats(village):
    village.edit(village.programme, "    survey: short.yaml\n    kind: mid_cycle", AGAIN)


def test_each_turn_is_a_round_with_its_own_times(village):
    with_repeats(village)
    changes = village.changes()
    assert "round middle: added, opens 2025-04-01 09:00, closes 2025-04-14 17:00" in changes
    assert "round middle--2: added, opens 2025-10-01 09:00, closes 2025-10-14 17:00" in changes
    assert "round middle--3: added, opens 2026-04-01 09:00, closes 2026-04-14 17:00" in changes
    again = of_middle(village)["middle--2"]
    assert (again.audience, again.reminders) == (of_middle(village)["middle"].audience, again.reminders)
    # Summer time still holds on 1 October, as it did on 1 April.
    assert again.opens_at == datetime(2025, 10, 1, 8, tzinfo=UTC)
    assert village.changes() == []


def test_turns_that_are_asked_for_no_more_are_cancelled_unless_they_have_opened(village):
    with_repeats(village)
    village.load()
    with village.store.writing() as tx:
        mark_open(tx, of_middle(village)["middle--2"], OPEN)
    village.edit(village.programme, "    repeats: {every: 6 months, times: 3}\n", "")
    loaded = village.load(OPEN)
    assert [str(change) for change in loaded.changes] == ["round middle: repeats changed", "round middle--3: cancelled"]
    assert "round middle--2 is not in the file any more; it has opened, and stays as it is" in " ".join(loaded.warnings)
    found = of_middle(village)
    assert (found["middle--2"].state, found["middle--3"].state) == (RoundState.OPEN, RoundState.CANCELLED)


def test_a_close_on_a_day_off_is_told_for_the_turn_it_is_in(village):
    village.edit(village.programme, "    survey: short.yaml\n    kind: mid_cycle", AGAIN.replace("6 months", "1 month"))
    told = [str(warning) for warning in village.load().warnings]
    assert any("middle--3: " in each and "not a working day" in each for each in told), told


def test_turns_that_overlap_are_warned_of(village):
    village.edit(village.programme, "    survey: short.yaml\n    kind: mid_cycle", AGAIN.replace("6 months", "1 week"))
    assert any(
        "rounds[0].repeats: middle--2 opens before middle closes: people have both to answer at once" in each
        for each in village.load().warnings
    )


def test_a_round_that_follows_another_is_stored_with_what_it_took_over(village):
    june = "  - {id: june, repeats: middle, opens: 2025-06-16 09:00, closes: 2025-06-27 close of play}\n"
    village.edit(village.programme, "  - id: after\n", f"{june}  - id: after\n")
    village.load()
    with village.store.reading() as tx:
        found = next(each for each in all_rounds(tx) if each.key == "june")
    middle = of_middle(village)["middle"]
    assert (found.audience, found.reminders, found.instrument_id) == (
        middle.audience,
        middle.reminders,
        middle.instrument_id,
    )
    assert village.changes() == []
