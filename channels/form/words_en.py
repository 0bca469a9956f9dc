# ruff: noqa: E501 - a phrase is found and read best on one line
"""British English: short sentences, no jargon, nothing that blames (look: Words)."""

from __future__ import annotations

EN: dict[str, str] = {
    # Every page
    "skip": "Skip to the main content",
    "privacy": "Privacy notice",
    "error_prefix": "Error",
    "there_is_a_problem": "There is a problem",
    "note": "Note",
    "questions_for": "Questions? Write to {who}.",
    # A page of the form
    "question_of": "Question {number} of {total}",
    "questions_of": "Questions {first} to {last} of {total}",
    "reading_page": "Something to read",
    "progress": "How far you are",
    "save": "Save and continue",
    "back": "Back",
    "finish_later": "Finish later",
    "send_now": "Send",
    "needed": "Please answer this one.",
    "evidence": "What shows this?",
    "date_hint": "For example {date}",
    "yes": "Yes",
    "no": "No",
    "contact_by": "How can we best reach you?",
    "contact_known": "You need not write anything if the address we wrote to is right.",
    "voices_field": "{perspective}: how did you ask them?",
    "voices_hint": "Leave a box empty if you did not ask them.",
    "voice_add": "Add what others said",
    "voice_said": "{perspective}: what they said",
    "personal_note": "This stays with the organisers: it is left out of reports.",
    "quote_ask": "May we quote what you write here?",
    "quote_none": "No, please do not quote me",
    "quote_perspective": "Yes, with my role only",
    "quote_perspective_area": "Yes, with my role and my area",
    "quote_name": "Yes, with my name",
    "quote_withdraw": "You can change this by the same link, also after the round has closed, until the organisers freeze the quotes for a report.",
    # The top of the first page
    "who_asks": "Who asks",
    "who_asks_line": "{sender}, for {programme}.",
    "how_long": "How long",
    "how_long_line": "{questions}, about {minutes}. You can stop at any page and come back.",
    "how_long_line_one_go": "{questions}, about {minutes}, sent in one go.",
    "until": "Until when",
    "who_sees": "Who sees it",
    "questions.one": "1 question",
    "questions.many": "{number} questions",
    "minutes.one": "1 minute",
    "minutes.many": "{number} minutes",
    "sees_identified": "Your name goes with your answers. The people who run the programme see both.",
    "sees_confidential": (
        "The organisers see that you have answered. In reports and exports a code stands in place of your name,"
        " beside your role and area. Whoever looks after the database could find out who wrote what."
    ),
    "sees_confidential_figures": "Figures are given for groups of at least {number} people.",
    "sees_confidential_few": (
        "Fewer than {number} people are asked. Figures are given for groups of at least {number} people, so there are none"
        " here; but someone who knows the group and reads the answers may recognise yours."
    ),
    "sees_quotes": "You are quoted only where you say so.",
    "sees_unlinked": (
        "We can see whether you answered, not what. Your answers are kept apart from your name, with no time beside"
        " them, so nobody can change them or look them up once they are sent."
    ),
    "sees_unlinked_groups": (
        "Your area and role are kept with them only if at least {number} people who were asked share both."
    ),
    "sees_unlinked_few": (
        "We can see whether you answered. Your answers are kept apart from your name, with no time, role or area beside"
        " them, and can’t be changed or looked up once they are sent. But fewer than {number} people are asked, so"
        " someone who reads the answers may be able to tell which are yours."
    ),
    "answering_as": "You are answering as {name}",
    "as_me": "That is me",
    "as_typing": "I am typing for {name}",
    "as_typist": "Your own name, if you like",
    "as_else": "I am someone else",
    "as_else_hint": "Then we ask who should answer instead.",
    "not_now": "Not for you, or not now?",
    "entry_heading": "You are entering a return for {name}",
    "entry_mode": "How did it reach you?",
    "entry_telephone": "By telephone",
    "entry_paper": "On paper",
    "entry_interview": "In an interview",
    "routed_note": "Some questions follow from others. Leave out what does not fit.",
    # What happened meanwhile
    "changed_elsewhere": (
        "An answer on the page before had been changed in another window meanwhile. What you sent last stands now;"
        " the earlier words are kept in its history."
    ),
    "kept_elsewhere": ("A box you left empty has newer words from another window. They were left as they are."),
    "not_on_page": (
        "Something you sent does not belong to any question that is put to you now. It is kept, and an organiser will"
        " look at it."
    ),
    "not_on_page_dropped": "Something you sent does not belong to this page. It was not stored.",
    "saved_change": "Your change is saved.",
    # Review
    "review": "Check your answers",
    "review_lead": "Your answers are saved but not sent yet. Change what you like, then send.",
    "nothing_answered": "There is no answer yet. Answer at least one question, or choose another way to answer from the first page.",
    "change": "Change",
    "not_answered": "Not answered",
    "still_needed": "Answer “{ask}”",
    "quoted_as": "May be quoted: {level}",
    # Finish later
    "later_heading": "Your answers are saved",
    "later_body": "The same link brings you back to where you were. It works until {close}.",
    "later_again": "Go on now",
    # Done
    "done": "Thank you, your answers are in",
    "done_lead": "This is what was recorded. You can change it until {close}.",
    "done_receipt": "A receipt goes to you by email, once. What you change later shows on this page only.",
    "done_what_next": "What happens next",
    "done_recorded": "What was recorded",
    "done_unlinked": "Your answers are in. They carry no name, so they can no longer be shown or changed here.",
    "done_before": "Answers were sent through this link before",
    "done_before_unlinked": "Nothing has been added to them. If you pressed Send twice, all is well. This is what was not stored, so that you can keep it:",
    "done_missing": "A needed question has no answer yet: “{ask}”",
    "done_entry": "The return is recorded",
    "done_entry_body": "This link has done its work and does not open the form again.",
    # Closed, not open
    "closed": "This round has closed",
    "closed_at": "It closed on {close}.",
    "closed_body": "If there is something you still want to say, write to {who}.",
    "closed_recorded": "These are your answers as they were recorded.",
    "closed_kept": (
        "The round was not open when you sent this, so it does not count as an answer. It is kept whole, and the organisers"
        " will read it. Here it is again:"
    ),
    "closed_not_kept": "The round was not open when you sent this, so it was not stored. Here it is, so that you can keep it:",
    "not_open": "This round is not open yet",
    "not_open_body": "It opens on {opens}. The same link will work then.",
    "cancelled": "This round is not taking place",
    "cancelled_body": "You need do nothing. If you have questions, write to {who}.",
    # Problems
    "no_such_link": "This link does not work",
    "no_such_link_body": (
        "It may have been cut off in the message, or it was replaced by a newer one. Open the newest message you have"
        " from us and use its link, or copy the whole address into the browser."
    ),
    "no_such_page": "There is no such page",
    "no_such_page_body": "Check the address. If you came from a message of ours, use its link again.",
    "not_our_form": "This did not come from our form",
    "not_our_form_body": "Nothing was stored. Open your link again and send the page from there.",
    "too_much": "That was too much for one page",
    "too_much_body": (
        "Nothing of this page was stored: together it was larger than 8 MB. Use your browser’s Back button: most browsers"
        " still have your words. Shorten them or send the longest part by email, and save again."
    ),
    "not_saved": "That was not saved",
    "not_saved_body": (
        "The database was busy, and nothing of this page was stored. Your words are below. Wait a moment, then try again."
    ),
    "not_saved_tap": "The database was busy, and nothing was stored. Wait a moment, then try again.",
    "try_again": "Try again",
    "went_wrong": "Something went wrong on our side",
    "went_wrong_body": "It has been noted. Your earlier pages are saved. Try again in a little while.",
    "what_you_typed": "What you typed",
    "link_used": "This link has been used",
    "link_used_body": (
        "An entry link works for one return. Nothing more was stored. Ask for a new link if there is something to change."
    ),
    # One-tap reasons
    "ways_out": "Other ways to answer",
    "way_not_me": "This does not concern me",
    "way_someone_else": "Someone else should answer",
    "way_joint_return": "We answer in a joint return",
    "way_later": "Remind me after a date",
    "way_no_thank_you": "No thank you",
    "way_stop": "Stop these messages",
    "go_to_form": "Go to the questions instead",
    "not_me_heading": "This does not concern you?",
    "not_me_body": "We then leave you out of this round: no more messages about it, and you are not counted as someone who did not answer.",
    "not_me_button": "It does not concern me",
    "not_me_done": "You are left out of this round",
    "someone_else_heading": "Who should answer instead?",
    "someone_else_body": (
        "They get one message that says you, {name}, gave us the address. You get no more messages about this round."
    ),
    "someone_else_name": "Their name",
    "someone_else_email": "Their email address",
    "someone_else_button": "Ask them instead",
    "someone_else_done": "{delegate} will be asked instead",
    "someone_else_already": "{delegate} has been asked already, and answers for you too",
    "someone_else_once": "You have already named someone: one person can be named for each invitation.",
    "someone_else_refused": "We can’t write to this address. Name another person, or tell the organisers.",
    "someone_else_many": "Many people have been named within the last hour. Try again in an hour.",
    "someone_else_self": "This is your own address. If you want to answer yourself, go to the questions.",
    "else_typed": "What you typed is not stored, because it was not typed by {name} or for them. It stands below, so that you can keep it.",
    "needs_name": "Write the person’s name",
    "needs_email": "Write an email address such as name@example.org",
    "joint_return_heading": "You answer in a joint return?",
    "joint_return_body": (
        "Someone in your area answers for all of you. We then send you no more reminders. If no return from"
        " your area arrives by the close, we may ask you again."
    ),
    "joint_return_button": "We answer together",
    "joint_return_done": "Noted: your answer comes in a joint return",
    "later_ask_heading": "When shall we remind you?",
    "later_ask_body": "Until then you get no reminder. Questions are open until {close}.",
    "later_ask_label": "Remind me on or after",
    "later_ask_button": "Remind me then",
    "later_ask_past": "{date} is too late for a reminder, as it closes on {close}. Choose the last day, or name someone who can answer before it.",
    "later_ask_gone": "Choose a day from tomorrow on",
    "later_ask_unclear": "Write a date such as {date}",
    "later_ask_last": "Remind me on the last day, {date}",
    "later_ask_no_day": "It closes on {close}: there is no later day left to remind you. You can answer now, or name someone else.",
    "later_ask_done": "We will remind you on {date}",
    "later_ask_done_body": "The same link works at any time before that, too.",
    "no_thank_you_heading": "You would rather not answer?",
    "no_thank_you_body": "That is fine. You get no more messages about this round. You need not say why.",
    "no_thank_you_button": "No thank you",
    "no_thank_you_done": "Noted, we will not ask again in this round",
    "stop_heading": "Stop these messages",
    "stop_body": "Choose what shall stop. What you have already answered stays, unless you ask the organisers to remove it.",
    "stop_scope": "What shall stop?",
    "stop_round": "Messages about this round",
    "stop_programme": "Every message from {programme}",
    "stop_choose": "Choose what shall stop",
    "stop_button": "Stop messages",
    "stop_done_round": "You get no more messages about this round",
    "stop_done_programme": "You get no more messages from {programme}",
    "act_back": "If you change your mind, your link still opens the questions until {close}.",
    "act_stopped_after_close": "This round has closed, so there is nothing to stop or change. Nobody will remind you.",
    "act_complete": "Your answers are already in, so nothing has been changed.",
    "act_complete_stop": "What you sent stays recorded.",
    # Privacy notice
    "notice_heading": "Privacy notice for {programme}",
    "notice_controller": "Who is responsible",
    "notice_contact": "Whom to ask",
    "notice_dpo": "Data protection officer",
    "notice_lawful_basis": "Why we may do this",
    "notice_retention": "How long it is kept",
    "kept_answers": "Your answers are deleted {period} after the round has closed.",
    "kept_answers_anonymise": (
        "Your answers are cut from your name {period} after the round has closed. What was said is kept, without who said it."
    ),
    "kept_raw_mails": "Mails you send us are deleted {period} after the round has closed.",
    "kept_messages": "The words of messages we send you are deleted {period} after the round has closed.",
    "kept_triage": "Replies that somebody has to sort by hand are deleted {period} after the round has closed.",
    "kept_addresses": "Addresses and telephone numbers are deleted {period} after the last round has closed.",
    "kept_audit": "The record of who changed what is deleted {period} after it was made.",
    "kept_of_round": "In the round “{round}”: {said}",
    "period_day.one": "1 day",
    "period_day.many": "{number} days",
    "period_week.one": "1 week",
    "period_week.many": "{number} weeks",
    "period_month.one": "1 month",
    "period_month.many": "{number} months",
    "period_year.one": "1 year",
    "period_year.many": "{number} years",
    "notice_processors": "Who works with it for us",
    "notice_more": "More about it",
    "notice_rights": "Your rights",
    "notice_rights_body": (
        "You can ask what is stored about you, have it put right or removed, and stop the messages, whenever you like. Each"
        " message from us leads to a page called “Your choices”, where you can do most of it yourself."
    ),
    "notice_empty": "The organisers have not written a notice. Ask the person who invited you.",
    "home": "Soundings",
    "home_body": "To answer, use the link in the message you were sent. There is nothing else to do here.",
}
