"""Each rule of Slack's that we rely on: a call that breaks it is refused by our fake as Slack refuses it."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.fakes.slack.block_kit import problems_of_blocks, problems_of_view
from tests.fakes.slack.member import CannotDoThat, Member
from tests.fakes.slack.workspace import User, Workspace
from tests.slack.conftest import Hand

Block = dict[str, Any]


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def _section(text: str = "Words", **more: Any) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def _button(text: str = "Go", **more: Any) -> Block:
    return {"type": "button", "text": _plain(text), "action_id": "go", **more}


def _actions(*elements: Block) -> Block:
    return {"type": "actions", "elements": list(elements)}


def _option(text: str = "One", value: str = "1", **more: Any) -> Block:
    return {"text": _plain(text), "value": value, **more}


def _input(element: Block, label: str = "A label", **more: Any) -> Block:
    return {"type": "input", "label": _plain(label), "element": {"action_id": "in", **element}, **more}


def _choice(kind: str, count: int) -> Block:
    return {"type": kind, "action_id": "in", "options": [_option(f"Option {n}", str(n)) for n in range(count)]}


GOOD: dict[str, list[Block]] = {
    "fifty blocks": [_section() for _ in range(50)],
    "a section of 3,000": [_section("x" * 3000)],
    "a header of 150": [{"type": "header", "text": _plain("x" * 150)}],
    "ten options": [_input(_choice("radio_buttons", 10))],
    "a hundred in a select": [_input(_choice("static_select", 100))],
    "a text input in a message": [_input({"type": "plain_text_input", "max_length": 3000})],
    "twenty-five buttons": [_actions(*[_button(f"B{n}", action_id=f"b{n}") for n in range(25)])],
}
BAD: dict[str, list[Block]] = {
    "51 blocks in a message": [_section() for _ in range(51)],
    "a section of 3,001": [_section("x" * 3001)],
    "an empty section": [_section("")],
    "a header of 151": [{"type": "header", "text": _plain("x" * 151)}],
    "a header in mrkdwn": [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
    "11 fields": [{"type": "section", "fields": [_plain("x")] * 11}],
    "a field of 2,001": [{"type": "section", "fields": [_plain("x" * 2001)]}],
    "26 actions": [_actions(*[_button(f"B{n}", action_id=f"b{n}") for n in range(26)])],
    "no action": [_actions()],
    "the same action twice": [_actions(_button(), _button())],
    "11 in a context": [{"type": "context", "elements": [_plain("x")] * 11}],
    "a label of 2,001": [_input({"type": "plain_text_input"}, label="x" * 2001)],
    "a hint of 2,001": [_input({"type": "plain_text_input"}, hint=_plain("x" * 2001))],
    "a placeholder of 151": [_input({"type": "plain_text_input", "placeholder": _plain("x" * 151)})],
    "a max_length of 3,001": [_input({"type": "plain_text_input", "max_length": 3001})],
    "an initial value over max_length": [_input({"type": "plain_text_input", "initial_value": "x" * 3001})],
    "a button's words of 76": [_actions(_button("x" * 76))],
    "a button's value of 2,001": [_actions(_button(value="x" * 2001))],
    "a button's colour": [_actions(_button(style="green"))],
    "an option of 76": [_input({"type": "static_select", "options": [_option("x" * 76)]})],
    "an option's value of 151": [_input({"type": "static_select", "options": [_option(value="x" * 151)]})],
    "an option's empty value": [_input({"type": "static_select", "options": [_option(value="")]})],
    "a description of 76": [_input({"type": "radio_buttons", "options": [_option(description=_plain("x" * 76))]})],
    "11 radio buttons": [_input(_choice("radio_buttons", 11))],
    "11 checkboxes": [_input(_choice("checkboxes", 11))],
    "101 in a select": [_input(_choice("static_select", 101))],
    "no options": [_input(_choice("static_select", 0))],
    "an initial option that is not there": [
        _input({**_choice("radio_buttons", 2), "initial_option": _option("x", "9")})
    ],
    "an empty list of initial options": [_input({**_choice("checkboxes", 2), "initial_options": []})],
    "a number input in a message": [_input({"type": "number_input", "is_decimal_allowed": True})],
    "a date of no such form": [_input({"type": "datepicker", "initial_date": "16/12/2024"})],
    "a block_id of 256": [_section(block_id="x" * 256)],
    "the same block_id twice": [_section(block_id="x"), _section(block_id="x")],
    "an action_id of 256": [_actions(_button(action_id="x" * 256))],
    "a block of no kind": [{"type": "chart"}],
    "an element of no kind": [_actions({"type": "slider", "action_id": "x"})],
    "a text input among actions": [_actions({"type": "plain_text_input", "action_id": "x"})],
    "a field nobody knows": [_section(colour="red")],
}


def _modal(**more: Any) -> Block:
    view = {"type": "modal", "title": _plain("T"), "submit": _plain("Send"), "blocks": [_section()]}
    return {name: value for name, value in (view | more).items() if value is not None}


BAD_VIEWS: dict[str, Block] = {
    "101 blocks in a modal": _modal(blocks=[_section() for _ in range(101)]),
    "a title of 25": _modal(title=_plain("x" * 25)),
    "a submit of 25": _modal(submit=_plain("x" * 25)),
    "a close of 25": _modal(close=_plain("x" * 25)),
    "no title": _modal(title=None),
    "an input without submit": _modal(submit=None, blocks=[_input({"type": "plain_text_input"})]),
    "private_metadata of 3,001": _modal(private_metadata="x" * 3001),
    "a callback_id of 256": _modal(callback_id="x" * 256),
    "101 blocks on a Home tab": {"type": "home", "blocks": [_section() for _ in range(101)]},
    "a Home tab with a title": {"type": "home", "title": _plain("x"), "blocks": [_section()]},
}


@pytest.mark.parametrize("name", GOOD)
def test_what_keeps_the_limits_is_taken(name: str, client: WebClient, someone: User) -> None:
    client.chat_postMessage(channel=someone.id, text="words", blocks=GOOD[name])


@pytest.mark.parametrize("name", BAD)
def test_blocks_over_a_limit_are_refused(name: str, client: WebClient, someone: User) -> None:
    _refused("invalid_blocks", lambda: client.chat_postMessage(channel=someone.id, text="words", blocks=BAD[name]))


@pytest.mark.parametrize("name", BAD_VIEWS)
def test_views_over_a_limit_are_refused(name: str) -> None:
    assert problems_of_view(BAD_VIEWS[name])
    assert not problems_of_view(_modal())


def test_the_texts_of_one_message_together_are_limited(client: WebClient, someone: User) -> None:
    blocks = [_section("x" * 2700) for _ in range(5)]
    assert not problems_of_blocks(blocks, "message")
    _refused("msg_blocks_too_long", lambda: client.chat_postMessage(channel=someone.id, text="x", blocks=blocks))


@pytest.fixture
def someone(workspace: Workspace) -> User:
    return workspace.add_user("avery@example.org")


@pytest.fixture
def member(workspace: Workspace, someone: User) -> Member:
    return Member(workspace=workspace, user=someone, door=None)  # type: ignore[arg-type]  # nothing is delivered


def _refused(error: str, call: Callable[[], object], *, status: int = 200) -> SlackApiError:
    with pytest.raises(SlackApiError) as caught:
        call()
    assert caught.value.response["error"] == error
    assert caught.value.response.status_code == status
    return caught.value


def test_tokens(workspace: Workspace, client: WebClient, server: Any) -> None:
    _refused("invalid_auth", lambda: WebClient(token="xoxb-of-another", base_url=server.url).auth_test())
    _refused("not_allowed_token_type", lambda: WebClient(token=workspace.app_token, base_url=server.url).auth_test())
    _refused("not_allowed_token_type", lambda: client.apps_connections_open(app_token=workspace.bot_token))
    for error in ("token_revoked", "account_inactive"):
        workspace.broken = error
        _refused(error, client.auth_test)


def test_scopes(workspace: Workspace, client: WebClient, someone: User) -> None:
    assert "chat:write" in client.auth_test().headers["x-oauth-scopes"]
    workspace.scopes.discard("users:read.email")
    error = _refused("missing_scope", lambda: client.users_lookupByEmail(email=someone.email))
    assert error.response["needed"] == "users:read.email"


def test_people(workspace: Workspace, client: WebClient, someone: User) -> None:
    _refused("users_not_found", lambda: client.users_lookupByEmail(email="nobody@example.org"))
    _refused("user_not_found", lambda: client.chat_postMessage(channel="U0STRANGER", text="x"))
    someone.active = False
    _refused("is_inactive", lambda: client.chat_postMessage(channel=someone.id, text="x"))
    _refused("users_not_found", lambda: client.users_lookupByEmail(email=someone.email))


def test_conversations(workspace: Workspace, client: WebClient) -> None:
    _refused("channel_not_found", lambda: client.chat_postMessage(channel="C0NOWHERE", text="x"))
    strange = workspace.add_channel(bot=False)
    _refused("not_in_channel", lambda: client.chat_postMessage(channel=strange.id, text="x"))
    old = workspace.add_channel()
    old.archived = True
    _refused("is_archived", lambda: client.chat_postMessage(channel=old.id, text="x"))


def test_a_message_needs_words_and_the_tab(workspace: Workspace, client: WebClient, someone: User) -> None:
    _refused("no_text", lambda: client.api_call("chat.postMessage", json={"channel": someone.id}))
    workspace.messages_tab = False
    _refused("messages_tab_disabled", lambda: client.chat_postMessage(channel=someone.id, text="x"))


def test_posting_answers_with_the_direct_channel_which_update_needs(client: WebClient, someone: User) -> None:
    posted = client.chat_postMessage(channel=someone.id, text="x", blocks=[_section()])
    assert posted["channel"].startswith("D")
    _refused("channel_not_found", lambda: client.chat_update(channel=someone.id, ts=posted["ts"], text="y"))
    _refused("message_not_found", lambda: client.chat_update(channel=posted["channel"], ts="1.000000", text="y"))
    client.chat_update(channel=posted["channel"], ts=posted["ts"], text="y")


def test_text_alone_takes_the_blocks_away(workspace: Workspace, client: WebClient, someone: User) -> None:
    posted = client.chat_postMessage(channel=someone.id, text="x", blocks=[_section()])
    client.chat_update(channel=posted["channel"], ts=posted["ts"], text="y")
    assert workspace.dm(someone)[0].blocks == []


def test_metadata_comes_back_only_when_asked_for(client: WebClient, someone: User) -> None:
    metadata = {"event_type": "line", "event_payload": {"key": "kent/mid/p1/invitation"}}
    posted = client.chat_postMessage(channel=someone.id, text="x", metadata=metadata)
    plain = client.conversations_history(channel=posted["channel"])["messages"][0]
    assert "metadata" not in plain
    told = client.conversations_history(channel=posted["channel"], include_all_metadata=True)["messages"][0]
    assert told["metadata"] == metadata
    wrong = {"event_type": "line"}
    _refused("invalid_metadata_format", lambda: client.chat_postMessage(channel=someone.id, text="x", metadata=wrong))


def test_history_comes_in_pages(client: WebClient, workspace: Workspace, someone: User, hand: Hand) -> None:
    for number in range(5):
        client.chat_postMessage(channel=someone.id, text=f"message {number}")
        hand.at += 5
    where = workspace.direct(someone.id).id
    first = client.conversations_history(channel=where, limit=3)
    rest = client.conversations_history(channel=where, limit=3, cursor=first["response_metadata"]["next_cursor"])
    assert [m["text"] for m in first["messages"]] == ["message 4", "message 3", "message 2"]
    assert [m["text"] for m in rest["messages"]] == ["message 1", "message 0"]
    assert not rest["has_more"]


def test_one_a_second_a_channel_with_short_bursts(client: WebClient, someone: User, hand: Hand) -> None:
    for _ in range(3):
        client.chat_postMessage(channel=someone.id, text="x")
    error = _refused("ratelimited", lambda: client.chat_postMessage(channel=someone.id, text="x"), status=429)
    assert int(error.response.headers["Retry-After"]) >= 1
    hand.at += 3
    client.chat_postMessage(channel=someone.id, text="x")


def test_several_hundred_posts_a_minute_in_a_workspace(client: WebClient, workspace: Workspace) -> None:
    people = [workspace.add_user(f"p{n}@example.org") for n in range(301)]
    for each in people[:300]:
        client.chat_postMessage(channel=each.id, text="x")
    _refused("ratelimited", lambda: client.chat_postMessage(channel=people[300].id, text="x"), status=429)


def test_look_ups_are_tier_three(client: WebClient, someone: User, hand: Hand) -> None:
    for _ in range(50):
        client.users_lookupByEmail(email=someone.email)
    _refused("ratelimited", lambda: client.users_lookupByEmail(email=someone.email), status=429)
    hand.at += 61
    client.users_lookupByEmail(email=someone.email)


def test_a_trigger_is_good_once_and_for_three_seconds(
    client: WebClient, workspace: Workspace, someone: User, hand: Hand
) -> None:
    trigger = workspace.trigger(someone.id)
    client.views_open(trigger_id=trigger, view=_modal())
    _refused("exchanged_trigger_id", lambda: client.views_open(trigger_id=trigger, view=_modal()))
    late = workspace.trigger(someone.id)
    hand.at += 3.5
    _refused("expired_trigger_id", lambda: client.views_open(trigger_id=late, view=_modal()))
    _refused("invalid_trigger_id", lambda: client.views_open(trigger_id="1.2.3", view=_modal()))


def test_a_root_and_two_more_views(client: WebClient, workspace: Workspace, someone: User) -> None:
    root = client.views_open(trigger_id=workspace.trigger(someone.id), view=_modal())["view"]["id"]
    for _ in range(2):
        client.views_push(trigger_id=workspace.trigger(someone.id, root), view=_modal())
    _refused(
        "push_limit_reached", lambda: client.views_push(trigger_id=workspace.trigger(someone.id, root), view=_modal())
    )


def test_a_view_changed_meanwhile_and_one_too_large(client: WebClient, workspace: Workspace, someone: User) -> None:
    view = client.views_open(trigger_id=workspace.trigger(someone.id), view=_modal())["view"]
    client.views_update(view_id=view["id"], hash=view["hash"], view=_modal())
    _refused("hash_conflict", lambda: client.views_update(view_id=view["id"], hash=view["hash"], view=_modal()))
    large = _modal(blocks=[_section("\N{SNOWMAN}" * 3000) for _ in range(30)])
    _refused("view_too_large", lambda: client.views_open(trigger_id=workspace.trigger(someone.id), view=large))


def test_an_unknown_method(client: WebClient) -> None:
    _refused("unknown_method", lambda: client.api_call("chat.shout"))


def test_a_client_offers_only_what_is_there(client: WebClient, member: Member, someone: User) -> None:
    blocks = [_actions(_button()), _input({**_choice("radio_buttons", 2)}, label="Which?")]
    client.chat_postMessage(channel=someone.id, text="x", blocks=blocks)
    with pytest.raises(CannotDoThat):
        member.click(member.last, "Stop")
    with pytest.raises(CannotDoThat):
        member.fill(member.last, "Which?", "Option 7")
    with pytest.raises(CannotDoThat):
        member.fill(member.last, "Who?", "Option 1")
