import pytest

from surveys.addressing import addresses_in_order
from surveys.panel import Address, Participant
from surveys.programme import Programme
from surveys.text import Text

SLACK = Address(id=1, channel="slack", value="U0123ABCD")
HOME, WORK = (Address(id=number, channel="mail", value=f"ana{number}@example.org") for number in (2, 3))


@pytest.mark.parametrize("preferred", ["", "mail", "slack", "teams"])
@pytest.mark.parametrize("channels", [("slack", "mail"), ("mail", "slack"), ("mail",)])
def test_nobody_waits_for_a_channel_that_is_not_spoken(preferred, channels):
    programme = Programme(key="p", title=Text.plain("P"), timezone="Europe/London", channels=channels)
    person = Participant(id=1, key="ana", name="Ana", preferred=preferred, addresses=(SLACK, HOME, WORK))
    assert addresses_in_order(programme, person) == (HOME, WORK)
