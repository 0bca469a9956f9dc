"""A child's name goes out of an answer and out of every copy of it; that something was taken out stays to be seen."""

import csv
import io
import json
import threading
from datetime import timedelta
from email.message import EmailMessage

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update

from handlers.redacting import redact
from handlers.redaction_targets import NotRedacted, Redacted
from handlers.replies import Saved, record_reply
from handlers.submitting import Submitted, submit
from handlers.triage import discard
from handlers.unlinked import Returned, record_unlinked
from reports import export_table
from reports.export import as_json, export_of
from reports.person_export import person_export
from storage import audit, audit_chain, raw_mail, triage
from storage.backup import backup
from storage.engine import Store
from storage.migrate import upgrade
from storage.programmes import programme_by_key
from storage.responses import current_answers
from storage.restoring import restore
from storage.tables.answers import redactions, responses, unlinked_returns
from storage.tables.delivery import deliveries, messages
from surveys.authority import CONSOLE, Actor
from surveys.pseudonyms import pseudonym
from surveys.replies import IncomingReply, QuoteLevel
from tests.fakes.smtp_server import SmtpServer
from tests.schedules.town import CLOSES, FIRST, LAST, OPENS, PROGRAMME, SECOND, SURVEY, Town, at

NAME = "Kestrel Quillfeather"
LATER = OPENS + timedelta(days=1)
WHY = "names a child"
VOICES = "type: yes_no}\n      - {id: whose, ask: Whose views, type: voices}"


@pytest.fixture
def server():
    with SmtpServer() as running:
        yield running


def town_with(store, tmp_path, server, **more):
    made = Town(
        store=store,
        folder=tmp_path,
        smtp_url=server.url,
        survey=SURVEY.replace("type: yes_no}", VOICES).replace("type: long_text}", "type: long_text, quote: ask}"),
        **more,
    )
    made.load()
    made.tick(OPENS)
    return made


@pytest.fixture
def town(store, tmp_path, server):
    made = town_with(store, tmp_path, server)
    answer(made, "ana", more=f"{NAME} came along")
    answer(made, "ana", more=f"We saw that {NAME.upper()} enjoyed it", whose=[f"pcf: asked {NAME}'s mother"])
    assert isinstance(submit(made.invitation("ana").id, store, OPENS, channel="web"), Submitted)
    answer(made, "bo", more="A quiet day")
    made.tick(OPENS + timedelta(hours=1))
    return made


def answer(town, who, **given):
    keys = {(item, ""): said for item, said in {"rating": "5", "again": "yes", **given}.items()}
    reply = IncomingReply(
        channel="web", invitation_id=town.invitation(who).id, given=keys, quotes={"more": QuoteLevel.PERSPECTIVE}
    )
    assert isinstance(record_reply(reply, town.store, OPENS), Saved)


def with_mails(town):
    """What Ana sent, what was made of it, and what nobody could place."""
    ana = town.invitation("ana")
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["Message-ID"] = "ana@example.test", f"About {NAME}", "<1@example.test>"
    mail.set_content("One more thing: Kestrel\n> Quillfeather sang.", cte="base64")
    mail.add_alternative("<p>One more thing: <b>Kestrel</b> Quillfeather sang.</p>", subtype="html")
    mail.add_attachment(b"Kestrel Quillfeather, 9", maintype="application", subtype="pdf", filename="list.pdf")
    with town.store.writing() as tx:
        for number, of in enumerate((ana, None)):
            kept = raw_mail.keep(tx, mail.as_bytes(), str(number), OPENS)
            whose = {"participant_id": of.participant_id, "invitation_id": of.id} if of else {}
            raw_mail.settle(tx, kept.id, "triage", OPENS, **whose)
        entry = triage.keep(
            tx,
            channel="mail",
            sender="ana@example.test",
            reason="held back",
            text=f"One more thing: {NAME} sang.",
            fields={"more": [NAME]},
            now=OPENS,
            round_id=town.round().id,
            invitation_id=ana.id,
        )
        # A message may pipe what was answered before.
        sent = select(deliveries.c.message_id).where(deliveries.c.invitation_id == ana.id)
        piped = f"You wrote: We saw that {NAME.upper()} enjoyed it"
        tx.execute(update(messages).where(messages.c.id.in_(sent)).values(body=piped))
    assert discard(entry, town.store, OPENS, actor=CONSOLE, reason=f"is about {NAME}") is None


def redacted(town, *named, passage=NAME, reason=WHY, actor=CONSOLE, now=LATER, **more):
    return redact(town.round().id, named, passage, reason, town.store, now, actor=actor, **more)


def holds(town, words="quillfeather"):
    found = []
    for path in town.store.path.parent.glob(f"{town.store.path.name}*"):
        content = path.read_bytes().lower()
        if words.encode() in content or words.encode("utf-16-le") in content:
            found.append(path.name)
    return found


def exported(town):
    with town.store.reading() as tx:
        return export_of(tx, town.round())


def the_return(town, who="ana"):
    with town.store.reading() as tx:
        called = pseudonym(programme_by_key(tx, "town").pseudonym_key, who)
    return next(each for each in as_json(exported(town))["responses"] if each["participant"] == called)


def test_not_a_byte_is_left_in_answers_mails_messages_or_texts_to_be_sorted(town, server):
    with_mails(town)
    assert holds(town)
    done = redacted(town, "ana")
    assert isinstance(done, Redacted)
    assert done.swept
    assert holds(town) == []
    assert done.attachments == ("list.pdf",)
    assert {each.what for each in done.places} == {"answer", "voice", "message", "mail", "triage", "audit reason"}
    answer_ = the_return(town)["answers"]
    assert answer_["more"] == "We saw that [redacted] enjoyed it"
    assert answer_["whose"] == [{"perspective": "pcf", "how": "asked [redacted]'s mother"}]
    assert the_return(town, "bo")["answers"]["more"] == "A quiet day"
    with town.store.writing() as tx:
        audit_chain.seal_new(tx)
        assert isinstance(audit_chain.verify(tx), audit_chain.Whole)
        line = next(each for each in audit.lines(tx) if each.what == "answer redacted")
        assert tx.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    assert line.reason == WHY
    assert line.after["answers"] == ["more", "whose"]
    assert "quillfeather" not in str(line).lower()


def test_a_dry_run_lists_the_places_and_changes_nothing(town):
    with_mails(town)
    before = town.store.path.read_bytes()
    listed = redacted(town, "ana", dry_run=True)
    assert town.store.path.read_bytes() == before
    done = redacted(town, "ana")
    assert (listed.places, listed.attachments) == (done.places, done.attachments)


def test_one_answer_is_named_by_number_id_pseudonym_or_panel_id(town):
    first = the_return(town)
    for named in (f"{first['id']}:more", f"{first['participant']}:2", "ana:q2", "ana@example.test:more"):
        found = redacted(town, named, dry_run=True)
        assert isinstance(found, Redacted), found
        assert [each.where for each in found.places if each.what == "answer"] == [
            "more, revision 1",
            "more, revision 2",
        ]


@pytest.mark.parametrize(
    ("named", "more", "why"),
    [
        ("eva:more", {}, "no return in town/autumn is called 'eva'"),
        ("cy:more", {}, "no return in town/autumn is called 'cy'"),
        ("ana:mode", {}, "has no question 'mode'"),
        ("ana:99", {}, "has no question '99'"),
        ("ana:rating", {}, "does not stand in ana:rating; ana without a question means all of the return"),
        ("bo", {}, "does not stand in bo"),
        ("ana:more", {"reason": f"is about {NAME}"}, "the reason repeats the passage"),
        ("ana:more", {"reason": " "}, "a reason is needed"),
        ("ana:more", {"passage": "..."}, "the passage is empty"),
        ("ana", {"passage": ""}, "say which answer of 'ana' is to go whole"),
    ],
)
def test_what_can_not_be_done_changes_nothing_and_says_why(town, named, more, why):
    before = town.store.path.read_bytes()
    found = redacted(town, "ana:more" if named == "ana:more" else named, **more)
    assert isinstance(found, NotRedacted)
    assert why in found.why
    assert town.store.path.read_bytes() == before


def test_all_of_several_answers_or_none(town):
    found = redacted(town, "ana:more", "bo:more")
    assert isinstance(found, NotRedacted)
    assert "bo:more" in found.why
    assert NAME.upper() in the_return(town)["answers"]["more"]


def test_every_form_of_the_export_says_that_something_is_missing(town):
    assert the_return(town)["redacted"] == []
    redacted(town, "ana")
    found = exported(town)
    said = as_json(found)
    assert the_return(town)["redacted"] == ["more", "whose"]
    assert {each["id"]: each.get("redacted") for each in said["items"]} == {
        "rating": None,
        "more": 1,
        "again": None,
        "whose": 1,
    }
    table = list(
        csv.DictReader(
            io.StringIO(export_table.as_csv(export_table.header(found), export_table.rows(found)).lstrip("\ufeff"))
        )
    )
    assert sorted(row["#redacted"] for row in table) == ["", "more; whose"]
    out = io.BytesIO()
    export_table.write_xlsx(found, out)
    book = load_workbook(out)
    assert "#redacted" in [cell.value for cell in book["answers"][1]]
    codebook = [[cell.value for cell in row] for row in book["codebook"].iter_rows()]
    assert codebook[0][-1] == "redacted"
    assert [row[-1] for row in codebook[1:]] == [None, 1, None, 1]
    assert "quillfeather" not in json.dumps(said).lower()


def test_the_person_sees_it_in_their_copy_and_can_still_change_the_answer(town):
    redacted(town, "ana:more")
    ana = town.invitation("ana")
    with town.store.reading() as tx:
        stored = person_export(tx, ana.participant_id, LATER).stored["invitations"][0]
    assert [(each["item"], each["reason"], each["whole"]) for each in stored.redactions] == [("more", WHY, False)]
    assert all(each["redacted_at"] == LATER for each in stored.answers if each["item"] == "more")
    answer(town, "ana", more="A child came along")
    assert the_return(town)["answers"]["more"] == "A child came along"
    assert the_return(town)["redacted"] == ["more"]
    with town.store.reading() as tx:
        response = tx.execute(select(responses.c.id).where(responses.c.invitation_id == ana.id)).scalar_one()
        assert current_answers(tx, response)["more", "", ""].revision == 3


def test_a_whole_text_goes_with_its_copies_and_a_choice_as_if_taken_back(town):
    with_mails(town)
    assert isinstance(redacted(town, "ana:more", passage=""), Redacted)
    assert the_return(town)["answers"]["more"] == "[redacted]"
    with town.store.reading() as tx:
        assert not any("enjoyed it" in body for body in tx.execute(select(messages.c.body)).scalars())
    assert isinstance(redacted(town, "ana:again", passage=""), Redacted)
    found = the_return(town)
    assert "again" not in found["answers"]
    assert found["redacted"] == ["again", "more"]
    again = redacted(town, "ana:again", passage="")
    assert isinstance(again, NotRedacted)
    assert "something was redacted there on 26 November 2024" in again.why


def test_of_two_organisers_at_once_the_second_is_told(town):
    ended = at_once(
        *[lambda actor=actor: redacted(town, "ana:more", actor=actor) for actor in (organiser(1), organiser(2))]
    )
    assert sorted(type(each).__name__ for each in ended) == ["NotRedacted", "Redacted"]
    (told,) = [each for each in ended if isinstance(each, NotRedacted)]
    assert "something was redacted there on" in told.why
    assert "by organiser:" in told.why


def test_two_organisers_with_different_passages_both_succeed(town):
    with_mails(town)
    ended = at_once(
        lambda: redacted(town, "ana", passage="Kestrel", actor=organiser(1)),
        lambda: redacted(town, "ana", passage="Quillfeather", actor=organiser(2)),
    )
    assert {type(each) for each in ended} == {Redacted}
    assert holds(town) == holds(town, "kestrel") == []
    assert the_return(town)["answers"]["more"] == "We saw that [redacted] [redacted] enjoyed it"
    with town.store.reading() as tx:
        who = set(tx.execute(select(redactions.c.actor)).scalars())
    assert who == {"organiser:1", "organiser:2"}


def organiser(number):
    return Actor(name=f"organiser:{number}", channel="command", whole=True)


def at_once(*acts):
    ended, barrier = [], threading.Barrier(len(acts))

    def run(act):
        barrier.wait()
        ended.append(act())

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(ended) == len(acts)
    return ended


def test_an_unlinked_return_is_redacted_without_joining_it_to_anyone(store, tmp_path, server):
    town = town_with(store, tmp_path, server, mode="unlinked")
    given = {("rating", ""): "5", ("more", ""): f"{NAME} came along", ("again", ""): "yes"}
    outcome = record_unlinked(
        town.invitation("ana").id,
        lambda form, page: IncomingReply(channel="web", invitation_id=form.asked.invitation_id, given=given),
        store,
        OPENS,
    )
    assert isinstance(outcome, Returned)
    (found,) = as_json(exported(town))["responses"]
    assert isinstance(redacted(town, f"{found['id']}:more"), Redacted)
    assert holds(town) == []
    (left,) = as_json(exported(town))["responses"]
    assert left["answers"]["more"] == "[redacted] came along"
    assert left["redacted"] == ["more"]
    with store.reading() as tx:
        assert found["id"] not in str(audit.lines(tx))


def test_the_marks_go_with_answers_that_are_cut_from_their_people(store, tmp_path, server):
    rules = "\nretention: {{answers: anonymise after 1 year}}\n"
    town = town_with(store, tmp_path, server, programme=PROGRAMME + rules)
    answer(town, "ana", more=f"{NAME} came along")
    redacted(town, "ana:more")
    for moment in (FIRST, SECOND, LAST, CLOSES, at("2026-01-01 09:00")):
        town.tick(moment)
    (left,) = as_json(exported(town))["responses"]
    assert (left["participant"], left["redacted"]) == (None, ["more"])
    with store.reading() as tx:
        assert tx.execute(select(redactions.c.unlinked_id)).scalar_one() == left["id"]
        assert tx.execute(select(unlinked_returns.c.id)).scalar_one() == left["id"]


def test_the_mark_is_in_the_language_of_whoever_answered(town):
    with town.store.writing() as tx:
        tx.exec_driver_sql("UPDATE participants SET language = 'cy' WHERE key = 'ana'")
    redacted(town, "ana:more")
    assert the_return(town)["answers"]["more"] == "We saw that [golygwyd] enjoyed it"


def test_an_older_backup_does_not_bring_it_back(town, tmp_path):
    with_mails(town)
    copy = tmp_path / "copies" / "older.db"
    copy.parent.mkdir()
    backup(town.store, copy)
    redacted(town, "ana")
    answer(town, "ana", more="Another child, Osprey, came along")
    redacted(town, "ana:more", passage="Osprey", now=LATER + timedelta(hours=1))
    before = the_return(town)
    kept = restore(town.store, copy, tmp_path / "working.db", LATER)
    # The second redaction was of a wording that the backup never knew.
    assert kept.redactions == 3
    assert holds(town) == holds(town, "kestrel") == []
    left = the_return(town)
    assert left["answers"]["more"] == "We saw that [redacted] enjoyed it"
    assert left["redacted"] == before["redacted"]
    assert left["answers"]["whose"] == before["answers"]["whose"]
    # And once more changes nothing.
    assert restore(town.store, copy, tmp_path / "working.db", LATER).redactions == 3


def test_a_backup_of_another_installation_takes_nothing_over(town, tmp_path, server):
    other = Store(f"sqlite:///{tmp_path}/other/soundings.db")
    upgrade(other)
    (tmp_path / "there").mkdir()
    there = town_with(other, tmp_path / "there", server)
    answer(there, "ana", more=f"{NAME} came along")
    copy = tmp_path / "other.db"
    backup(other, copy)
    other.close()
    redacted(town, "ana")
    assert restore(town.store, copy, tmp_path / "working.db", LATER).redactions == 0
    assert the_return(town)["answers"]["more"] == f"{NAME} came along"


def test_what_could_not_be_swept_is_swept_by_the_next_tick(town):
    with town.store.reading() as tx:
        tx.execute(select(messages.c.body)).all()
        done = redacted(town, "ana")
        assert isinstance(done, Redacted)
        assert done.swept is False
    town.tick(LATER)
    assert holds(town) == []
