import pytest

from surveys.authority import ALLOWED, CONSOLE, Actor, Deed, NotAllowed
from surveys.organisers import OrganiserRole, Role


def _someone(*roles: tuple[Role, str]) -> Actor:
    return Actor(
        name="organiser:3",
        channel="slack",
        roles=tuple(OrganiserRole(role=role, programme=programme) for role, programme in roles),
    )


def test_each_role_may_what_the_one_below_may() -> None:
    assert ALLOWED[Role.VIEWER] < ALLOWED[Role.ORGANISER] < ALLOWED[Role.ADMIN] == frozenset(Deed)


def test_a_right_in_one_programme_is_none_in_another() -> None:
    here = _someone((Role.ORGANISER, "kent"))
    assert here.may(Deed.STEER, "kent")
    assert not here.may(Deed.STEER, "hants")
    assert not here.may(Deed.STEER, "")


def test_what_is_allowed_anywhere_is_allowed_here() -> None:
    assert _someone((Role.VIEWER, "hants"), (Role.ADMIN, "")).may(Deed.ERASE, "kent")


def test_a_refusal_says_what_and_where() -> None:
    with pytest.raises(NotAllowed, match="you may not erase a person in kent"):
        _someone((Role.ORGANISER, "kent")).must(Deed.ERASE, "kent")
    with pytest.raises(NotAllowed):
        _someone().must(Deed.SEE_FIGURES, "kent")


def test_whoever_holds_the_database_may_everything() -> None:
    assert all(CONSOLE.may(deed, "kent") and CONSOLE.may(deed, "") for deed in Deed)
