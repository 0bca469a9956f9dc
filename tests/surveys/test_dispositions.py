import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.dispositions import Act, Disposition, after_act, joint_returns_at_close

D = Disposition


@pytest.mark.parametrize(
    ("current", "act", "after"),
    [
        (D.PENDING, Act.ANSWERED, D.PARTIAL),
        (D.PARTIAL, Act.SUBMITTED, D.COMPLETE),
        (D.PENDING, Act.DECLINED, D.DECLINED),
        (D.PARTIAL, Act.DECLINED, D.DECLINED),
        (D.DECLINED, Act.ANSWERED, D.PARTIAL),
        (D.NOT_ELIGIBLE, Act.ANSWERED, D.PARTIAL),
        (D.UNDELIVERABLE, Act.ANSWERED, D.PARTIAL),
        (D.DECLINED, Act.SUBMITTED, D.COMPLETE),
        (D.PENDING, Act.IN_JOINT_RETURN, D.JOINT_RETURN),
        (D.JOINT_RETURN, Act.NOT_ME, D.NOT_ELIGIBLE),
        (D.DECLINED, Act.DELEGATED, D.DELEGATED),
        (D.DELEGATED, Act.DECLINED, D.DELEGATED),
        (D.DELEGATED, Act.ANSWERED, D.PARTIAL),
        (D.PENDING, Act.PUT_OFF, D.PENDING),
        (D.PARTIAL, Act.PUT_OFF, D.PARTIAL),
        (D.DECLINED, Act.PUT_OFF, D.PENDING),
        (D.PENDING, Act.OPTED_OUT, D.DECLINED),
        (D.PARTIAL, Act.OPTED_OUT, D.DECLINED),
        (D.NOT_ELIGIBLE, Act.OPTED_OUT, D.NOT_ELIGIBLE),
        (D.JOINT_RETURN, Act.OPTED_OUT, D.JOINT_RETURN),
        (D.PENDING, Act.UNREACHABLE, D.UNDELIVERABLE),
        (D.PARTIAL, Act.UNREACHABLE, D.PARTIAL),
        (D.UNDELIVERABLE, Act.REACHABLE_AGAIN, D.PENDING),
        (D.DECLINED, Act.REACHABLE_AGAIN, D.DECLINED),
    ],
)
def test_acts(current, act, after):
    assert after_act(current, act) is after


def test_putting_it_off_after_saying_no_goes_back_to_where_the_person_was():
    assert after_act(D.DECLINED, Act.PUT_OFF, begun=True) is D.PARTIAL
    assert after_act(D.PENDING, Act.PUT_OFF, begun=True) is D.PENDING


@given(st.sampled_from(Act))
def test_complete_beats_everything(act):
    assert after_act(D.COMPLETE, act) is D.COMPLETE


@given(st.lists(st.sampled_from(Act)), st.sampled_from(Act))
def test_saying_the_same_twice_changes_nothing(acts, last):
    standing = D.PENDING
    for act in [*acts, last]:
        standing = after_act(standing, act)
    assert after_act(standing, last) is standing


def voices(*areas: str) -> frozenset[tuple[str, str]]:
    return frozenset((area, "pcf") for area in areas)


def test_a_joint_return_that_never_came_goes_back_to_pending():
    standing = [
        (1, D.JOINT_RETURN, voices("kent")),
        (2, D.COMPLETE, voices("kent")),
        (3, D.JOINT_RETURN, voices("reading")),
        (4, D.PARTIAL, voices("reading")),
        (5, D.JOINT_RETURN, voices("reading", "kent")),
        (6, D.PENDING, voices("medway")),
    ]
    assert joint_returns_at_close(standing) == (3,)


def test_where_there_are_no_areas_any_return_will_do():
    assert joint_returns_at_close([(1, D.JOINT_RETURN, voices("")), (2, D.COMPLETE, voices(""))]) == ()
    assert joint_returns_at_close([(1, D.JOINT_RETURN, voices(""))]) == (1,)
