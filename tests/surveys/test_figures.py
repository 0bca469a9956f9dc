from hypothesis import given
from hypothesis import strategies as st

from surveys.dispositions import Disposition
from surveys.figures import CoverageState, Dispositions, coverage, figures, missing_voices
from tests.surveys.rounds_made import PROGRAMME

D = Disposition
KENT_PCF, KENT_HOST = ("kent", "pcf"), ("kent", "host_lead")
READING_PCF, READING_HOST = ("reading", "pcf"), ("reading", "host_lead")


def voices(*pairs: tuple[str, str]) -> frozenset[tuple[str, str]]:
    return frozenset(pairs)


def test_figures_by_hand():
    found = figures(
        [
            (D.COMPLETE, voices(KENT_HOST, ("reading", "school"))),
            (D.COMPLETE, voices(KENT_PCF)),
            (D.DELEGATED, voices(READING_HOST)),
            (D.PENDING, voices(READING_HOST)),
            (D.JOINT_RETURN, voices(READING_PCF)),
            (D.NOT_ELIGIBLE, voices(("", ""))),
            (D.UNDELIVERABLE, voices(READING_PCF)),
        ]
    )
    assert found.overall.plain() == {
        "invited": 7,
        "pending": 1,
        "partial": 0,
        "complete": 2,
        "declined": 0,
        "delegated": 1,
        "joint_return": 1,
        "undeliverable": 1,
        "not_eligible": 1,
        "response_rate": 0.5,
    }
    # two hats: once in each area, once in all
    assert list(found.by_area) == ["kent", "reading"]
    assert found.by_area["reading"].invited == 5
    assert found.by_area["kent"].response_rate == 1.0
    assert found.by_perspective["host_lead"].invited == 3


def test_a_delegate_is_newly_invited_and_speaks_in_the_others_place():
    speaks = voices(KENT_HOST, READING_PCF)
    before = [(D.DELEGATED, speaks), (D.PENDING, speaks)]
    asked = figures(before).overall
    assert (asked.invited, asked.of(D.DELEGATED), asked.response_rate) == (2, 1, 0.0)
    assert coverage(PROGRAMME, [(each, spoken) for spoken, each in before], frozenset())[KENT_HOST] is (
        CoverageState.INVITED
    )
    after = figures([(D.DELEGATED, speaks), (D.COMPLETE, speaks)])
    assert after.overall.response_rate == after.by_area["kent"].response_rate == 1.0


def test_asked_for_each_session_one_person_counts_for_each():
    found = figures([(D.COMPLETE, voices(KENT_HOST)), (D.PENDING, voices(READING_HOST))])
    assert (found.overall.invited, found.overall.response_rate) == (2, 0.5)
    assert found.by_area["kent"].response_rate == 1.0
    assert found.by_perspective["host_lead"].invited == 2


def test_no_rate_without_anyone_to_count():
    assert Dispositions().response_rate is None
    assert figures([(D.DELEGATED, voices(KENT_PCF))]).overall.response_rate is None
    assert figures([]).overall.invited == 0


PAIRS = st.frozensets(
    st.tuples(st.sampled_from(["kent", "reading", ""]), st.sampled_from(["pcf", "host_lead", "school", ""])), min_size=1
)
PANELS = st.lists(st.tuples(st.sampled_from(Disposition), PAIRS), max_size=40)


@given(PANELS)
def test_dispositions_partition_the_panel(panel):
    found = figures(panel)
    plain = found.overall.plain()
    assert sum(plain[each.value] for each in Disposition) == plain["invited"] == len(panel)
    rate = found.overall.response_rate
    assert rate is None or 0 <= rate <= 1
    for table, place in ((found.by_area, 0), (found.by_perspective, 1)):
        for key, tally in table.items():
            assert tally.invited == sum(key in {pair[place] for pair in spoken} for _, spoken in panel)
            assert tally.invited <= found.overall.invited


def test_coverage_states():
    asked = [
        (voices(KENT_PCF), D.COMPLETE),
        (voices(KENT_HOST), D.PENDING),
        (voices(READING_PCF), D.DECLINED),
        (voices(("reading", "school")), D.JOINT_RETURN),
    ]
    states = coverage(PROGRAMME, asked, frozenset())
    assert states[KENT_PCF] is CoverageState.HEARD
    assert states[KENT_HOST] is CoverageState.INVITED
    assert states[READING_PCF] is CoverageState.MISSING
    assert states[READING_HOST] is CoverageState.MISSING
    assert states["reading", "school"] is CoverageState.INVITED
    assert states["kent", "school"] is CoverageState.NOT_ASKED
    assert len(states) == 6
    closed = coverage(PROGRAMME, asked, frozenset({READING_PCF}), closed=True)
    assert closed[KENT_HOST] is CoverageState.MISSING
    assert closed[READING_PCF] is CoverageState.HEARD


def test_missing_voices_are_required_and_not_heard():
    asked = [
        (voices(KENT_PCF), D.COMPLETE),
        (voices(KENT_HOST, READING_PCF), D.PENDING),
        (voices(("kent", "school")), D.PENDING),
    ]
    assert missing_voices(PROGRAMME, asked, frozenset()) == {KENT_HOST, READING_PCF, READING_HOST}
    assert missing_voices(PROGRAMME, asked, frozenset({KENT_HOST})) == {READING_PCF, READING_HOST}


@given(PANELS)
def test_answers_only_ever_take_voices_off_the_missing(panel):
    asked = [(spoken, disposition) for disposition, spoken in panel]
    before = missing_voices(PROGRAMME, asked, frozenset())
    for place, (spoken, _) in enumerate(asked):
        answered = [*asked[:place], (spoken, D.COMPLETE), *asked[place + 1 :]]
        assert missing_voices(PROGRAMME, answered, frozenset()) <= before
