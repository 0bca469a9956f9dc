"""HTML as a reader sees it, also where it is broken: tags are told from words, and no word is swallowed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from channels.mail.reading.html_lines import lines_of_html


def seen(html: str) -> list[str]:
    return [line.words for line in lines_of_html(html) if line.words]


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("<p>one</p><p>two</p>", ["one", "two"]),
        ("<P CLASS=x>one<BR>two", ["one", "two"]),
        ("one<br/>two<br />three", ["one", "two", "three"]),
        ('<a title="more > less">one</a> two', ["one two"]),
        ("<a title='say \"no\" >'>one</a>", ["one"]),
        ('<a title="it\'s > that">one</a>', ["one"]),
        ('<p b"c>one</p>', ["one"]),
        ('<p class="x>one</p><p>two</p>', ["one", "two"]),
        ("3 < 4 and 5 > 4", ["3 < 4 and 5 > 4"]),
        ("I <3 it <b>so</b> much", ["I <3 it so much"]),
        ("one <b and two <i>three</i>", ["one <b and two three"]),
        ("one <", ["one <"]),
        ("one <b", ["one <b"]),
        ("one </", ["one </"]),
        ("one<!-- never --> two", ["one two"]),
        ("one<!--> two --> three", ["one two --> three"]),
        ("one <!-- two", ["one <!-- two"]),
        ("<!DOCTYPE html><html><body>one", ["one"]),
        ("<?xml:namespace prefix = o />one", ["one"]),
        ("<![if !supportLists]>1. <![endif]>one", ["1. one"]),
        ("<!--[if mso]><p>never</p><![endif]-->one", ["one"]),
        ("<style>p > a {} <b></style>one", ["one"]),
        ("<STYLE>never</StYlE >one", ["one"]),
        ("<script>if (a < b) { '</p>' }</script>one", ["one"]),
        ("<head><style>never</head><body>one</body>", ["one"]),
        ("<title>never</title>one", ["one"]),
        ("<span style='display:none'>never</span>one", ["one"]),
        ("<span style='DISPLAY : NONE'>never</span>one", ["one"]),
        ("<span style='display:&#110;one'>never</span>one", ["one"]),
        ("<span style=display:none>never</span>one", ["one"]),
        ("<span style='display:none' style='color:red'>never</span>one", ["one"]),
        ("<span style='display:none'/>one", ["one"]),
        ("<span title='display:none'>one</span>", ["one"]),
        ("yes <s>no</s>", ["yes"]),
        ("a &amp; b &lt;i&gt; &eacute; &#x263a;", ["a & b <i> é ☺"]),
        ("<ol start=3><li>one<li>two</ol>", ["3. one", "4. two"]),
        ("<ol><li value='7'>one</li></ol>", ["7. one"]),
        ("one<o:p></o:p> two<o:p/>", ["one two"]),
    ],
)
def test_what_a_reader_sees(html: str, lines: list[str]) -> None:
    assert seen(html) == lines


@pytest.mark.parametrize(
    ("html", "depths"),
    [
        ("one<blockquote>two</blockquote>three", [0, 1, 0]),
        ('<blockquote type="cite">one<blockquote>two</blockquote></blockquote>', [1, 2]),
        ("</blockquote>one", [0]),
    ],
)
def test_how_deep_it_is_quoted(html: str, depths: list[int]) -> None:
    assert [line.depth for line in lines_of_html(html) if line.words] == depths


_PIECES = some.lists(
    some.sampled_from(
        ["<b>", "</b>", "<p class='x'>", "</p>", "<", ">", '"', "'", "=", "<!--", "-->", "<!", "<?", "</", "/>"]
        + ["<a href=", '<a href="', "<td ", " ", "&", "&amp;", "<br>", "<blockquote>", "<i", "é"]
        + [f"word{at}" for at in range(5)]
    ),
    max_size=30,
)


@given(_PIECES)
def test_what_stands_in_no_tag_is_seen_however_broken_the_rest_is(pieces: list[str]) -> None:
    page = "".join(pieces)
    # Between the last sign that could begin or end a tag and the next is text, whoever reads it.
    told = " ".join(seen(f"<p>first</p>{page}"))
    assert told.startswith("first")
    after = re.fullmatch(r"[^<]*", page)
    if after is not None:
        assert set(re.findall(r"word\d", page)) == set(re.findall(r"word\d", told))


@given(_PIECES)
def test_a_whole_paragraph_after_what_is_broken_is_seen(pieces: list[str]) -> None:
    assert "last" in " ".join(seen("".join(pieces) + "--></i'\"><p>last</p>"))
