"""The questionnaire as a Word file: what is written, and what is read in one that came back."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.text.paragraph import Paragraph
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.word.layout import Place, lines_of, text_of
from channels.word.reading import NotRead, WordText, is_word, read_word
from channels.word.writing import word_of
from tests.mail.letters import instrument_of

EVERY = instrument_of("every")
LINES = lines_of(EVERY, "en-GB", frozenset(), reference="K7Q2-9F")
CONTENT = word_of(LINES, "en-GB")


def read(content: bytes) -> list[str]:
    found = read_word(content)
    assert isinstance(found, WordText)
    return [line for line in found.lines if line]


def packed(**parts: bytes) -> bytes:
    """The file with other parts in it; a name's first `__` stands for a slash."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(CONTENT)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        given = {name.replace("__", "/", 1).replace("_xml", ".xml"): content for name, content in parts.items()}
        for each in source.infolist():
            target.writestr(each, given.pop(each.filename, source.read(each.filename)))
        for name, content in given.items():
            target.writestr(name, content)
    return out.getvalue()


def box_of(paper: object, number: int) -> Paragraph:
    """The empty box beneath a question."""
    paragraphs = paper.paragraphs  # type: ignore[attr-defined]  # docx's Document is a function
    at = next(at for at, each in enumerate(paragraphs) if each.text.startswith(f"[Q{number}]"))
    return next(each for each in paragraphs[at:] if each.style.name == "Answer box")


def saved(paper: object) -> bytes:
    out = BytesIO()
    paper.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def run(inside: str) -> str:
    return f"<w:r {nsdecls('w')}>{inside}</w:r>"


def test_every_line_comes_back_as_it_was_written() -> None:
    assert read(CONTENT) == text_of(LINES).split("\n")
    assert sum(each.place is Place.ANSWER for each in LINES) == len(EVERY.questions())


def test_the_same_questionnaire_makes_the_same_file() -> None:
    with zipfile.ZipFile(BytesIO(CONTENT)) as one, zipfile.ZipFile(BytesIO(word_of(LINES, "en-GB"))) as other:
        assert {each: one.read(each) for each in one.namelist()} == {
            each: other.read(each) for each in other.namelist()
        }


def test_insertions_count_and_deletions_do_not() -> None:
    paper = Document(BytesIO(CONTENT))
    box = box_of(paper, 1)
    box.add_run("Jane ")
    box._p.append(parse_xml(f'<w:ins {nsdecls("w")} w:id="1" w:author="J">{run("<w:t>Whitlock</w:t>")}</w:ins>'))
    box._p.append(
        parse_xml(f'<w:del {nsdecls("w")} w:id="2" w:author="J">{run("<w:delText>Smith</w:delText>")}</w:del>')
    )
    box._p.append(parse_xml(run("<w:rPr><w:strike/></w:rPr><w:t>Brown</w:t>")))
    box._p.append(parse_xml(run('<w:rPr><w:strike w:val="0"/></w:rPr><w:t xml:space="preserve">, head</w:t>')))
    assert "Jane Whitlock, head" in read(saved(paper))


def test_runs_tabs_breaks_tables_and_controls_are_read() -> None:
    paper = Document(BytesIO(CONTENT))
    box_of(paper, 1)._p.append(parse_xml(run("<w:t>Ja</w:t><w:t>ne</w:t><w:br/><w:t>Head</w:t>")))
    table = paper.add_table(rows=1, cols=1)
    table.cell(0, 0).text = "in a cell"
    box_of(paper, 2)._p.addnext(table._tbl)
    filled = f"<w:sdt {nsdecls('w')}><w:sdtPr/><w:sdtContent><w:p>{run('<w:t>in a control</w:t>')}</w:p></w:sdtContent></w:sdt>"
    hint = filled.replace("<w:sdtPr/>", "<w:sdtPr><w:showingPlcHdr/></w:sdtPr>").replace("in a control", "Click here")
    box_of(paper, 3)._p.addnext(parse_xml(filled))
    box_of(paper, 3)._p.addnext(parse_xml(hint))
    found = read(saved(paper))
    assert {"Jane", "Head", "in a cell", "in a control"} <= set(found)
    assert "Click here" not in found


@settings(max_examples=30)
@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1), min_size=1, max_size=5)
)
def test_whatever_is_typed_comes_back(words: list[str]) -> None:
    paper = Document(BytesIO(CONTENT))
    box_of(paper, 1).text = "\n".join(words)
    found = read(saved(paper))
    start = found.index("[Q1] Your name and role") + 2
    assert found[start : start + len(words)] == words


def test_macros_are_known_by_their_type() -> None:
    kind = b"application/vnd.ms-word.document.macroEnabled.main+xml"
    types = b'<Types><Override PartName="/word/document.xml" ContentType="' + kind + b'"/></Types>'
    assert read_word(packed(**{"[Content_Types]_xml": types})) == NotRead("it holds macros", dangerous=True)


def test_macros_are_known_by_their_part() -> None:
    out = BytesIO(CONTENT)
    with zipfile.ZipFile(out, "a") as target:
        target.writestr("word/vbaProject.bin", b"\x00")
    assert read_word(out.getvalue()) == NotRead("it holds macros", dangerous=True)


def test_a_document_type_ends_the_reading() -> None:
    xxe = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><d>&e;</d>'
    for declared in (xxe, xxe.decode().encode("utf-16")):
        found = read_word(packed(word__document_xml=declared))
        assert isinstance(found, NotRead)
        assert "document type" in found.why


def test_a_bomb_is_not_unpacked() -> None:
    ours = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    start = f'<w:document xmlns:w="{ours}"><w:body><w:p><w:r><w:t>'.encode()
    assert isinstance(read_word(packed(word__document_xml=start + b"a" * 80_000_000)), NotRead)
    assert isinstance(read_word(packed(word__document_xml=start + b"<w:x>" * 1_000_000)), NotRead)
    assert isinstance(read_word(packed(**{"[Content_Types]_xml": b" " * 50_000_000})), NotRead)
    assert isinstance(read_word(b"PK\x01\x02" * 100_000), NotRead)
    assert isinstance(read_word(CONTENT + b"\x00" * 26_000_000), NotRead)


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", CONTENT[: len(CONTENT) // 2], b"\xd0\xcf\x11\xe0" + bytes(600), b"not a zip at all" * 100],
)
def test_what_is_damaged_is_said_to_be(content: bytes) -> None:
    found = read_word(content)
    assert isinstance(found, NotRead)
    assert not found.dangerous


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(CONTENT) - 1), st.binary(min_size=1, max_size=40))
def test_no_mutation_raises(at: int, bytes_: bytes) -> None:
    assert isinstance(read_word(CONTENT[:at] + bytes_ + CONTENT[at + len(bytes_) :]), WordText | NotRead)


def test_word_files_are_known_by_name_or_type() -> None:
    assert is_word("Reply.DOCX", "application/octet-stream")
    assert is_word("", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
    assert is_word("x", "application/vnd.ms-word.document.macroEnabled.12")
    assert not is_word("minutes.pdf", "application/pdf")
