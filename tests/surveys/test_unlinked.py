"""What may stand beside a return to an unlinked round."""

from hypothesis import given
from hypothesis import strategies as st

from surveys.unlinked import kept_combinations


def of(*perspectives):
    return frozenset(("north", each) for each in perspectives)


def test_a_combination_needs_enough_people():
    assert kept_combinations([of("guest")] * 9, 10) == set()
    assert kept_combinations([of("guest")] * 10, 10) == {of("guest")}


def test_one_person_among_many_is_not_known_by_what_is_left_out():
    # Eleven guests and their host: a return without a combination could be the host's alone.
    assert kept_combinations([of("guest")] * 11 + [of("host")], 10) == set()


def test_the_smallest_of_the_others_goes_unsaid_as_well():
    invited = [of("guest")] * 30 + [of("helper")] * 12 + [of("host")]
    assert kept_combinations(invited, 10) == {of("guest")}


def test_enough_people_left_over_hide_each_other():
    invited = [of("guest")] * 11 + [of("host")] * 5 + [of("helper")] * 5
    assert kept_combinations(invited, 10) == {of("guest")}


@given(
    invited=st.lists(st.sets(st.sampled_from("abc")).map(lambda each: of(*each)), max_size=30),
    least=st.integers(1, 8),
)
def test_nobody_stands_out(invited, least):
    kept = kept_combinations(invited, least)
    assert all(invited.count(each) >= least for each in kept)
    left = [each for each in invited if each not in kept]
    assert not left or len(left) >= least or not kept
