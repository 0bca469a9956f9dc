"""The questionnaire as a Word file that looks calm and is filled in by typing into boxes."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

from docx import Document
from docx.document import Document as Paper
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

from channels.word.layout import Place, Said

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_INK, _SEA, _MUTED = RGBColor(0x10, 0x24, 0x3A), RGBColor(0x0A, 0x5A, 0x74), RGBColor(0x4D, 0x60, 0x70)
_LINE = "6B7F8D"
_BOX = "Answer box"
_LABEL = "Answer label"
_NEAR, _APART = Pt(3), Pt(9)
# The same lines make the same bytes, whenever they are written.
_WRITTEN = datetime(2024, 1, 1, tzinfo=UTC)


def word_of(lines: tuple[Said, ...], language: str) -> bytes:
    """The file. Its boxes are bordered paragraphs, which grow with what is typed and read well aloud."""
    paper = Document()
    _set_up(paper, language)
    for each in lines:
        match each.place:
            case Place.TITLE:
                paper.add_paragraph(each.words, style="Title")
                paper.core_properties.title = each.words
            case Place.HEADING:
                paper.add_paragraph(each.words, style="Heading 1")
            case Place.ASK:
                paper.add_paragraph(each.words, style="Heading 2")
            case Place.HELP:
                paper.add_paragraph(each.words, style="Subtitle")
            case Place.ANSWER:
                paper.add_paragraph(each.words, style=_LABEL)
                paper.add_paragraph("", style=_BOX)
            case Place.END:
                paper.add_paragraph(each.words, style=_LABEL)
            case Place.TEXT:
                paper.add_paragraph(each.words)
    out = BytesIO()
    paper.save(out)
    return out.getvalue()


def _set_up(paper: Paper, language: str) -> None:
    properties = paper.core_properties
    properties.author, properties.comments, properties.language = "", "", language
    properties.created = properties.modified = _WRITTEN
    section = paper.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin = section.bottom_margin = Cm(2.2)
    normal = _style(paper, "Normal", size=11.5, colour=_INK, after=_APART)
    normal.paragraph_format.line_spacing = 1.25
    _set_language(normal, language)
    _style(paper, "Title", size=22, colour=_INK, after=Pt(12))
    _style(paper, "Heading 1", size=16, colour=_SEA, before=Pt(24), after=_APART)
    ask = _style(paper, "Heading 2", size=12, colour=_INK, before=Pt(16), after=_NEAR)
    ask.font.bold = True
    help_ = _style(paper, "Subtitle", size=10.5, colour=_MUTED, after=_NEAR)
    help_.font.italic = False
    for spaced in help_.element.get_or_add_rPr().findall(qn("w:spacing")):
        help_.element.get_or_add_rPr().remove(spaced)
    label = paper.styles.add_style(_LABEL, WD_STYLE_TYPE.PARAGRAPH)
    label.base_style = normal
    _style(paper, _LABEL, size=10.5, colour=_MUTED, after=_NEAR)
    box = paper.styles.add_style(_BOX, WD_STYLE_TYPE.PARAGRAPH)
    box.base_style = normal
    shaped = _style(paper, _BOX, size=11.5, colour=_INK, after=Pt(6))
    shaped.paragraph_format.left_indent = shaped.paragraph_format.right_indent = Cm(0.2)
    _border(shaped)
    for style in (ask, help_, _paragraph_style(paper, _LABEL)):
        style.paragraph_format.keep_with_next = True
    # What follows an answer that is typed with the return key belongs to the same answer.
    shaped.next_paragraph_style = shaped


def _paragraph_style(paper: Paper, name: str) -> ParagraphStyle:
    style = paper.styles[name]
    if not isinstance(style, ParagraphStyle):
        raise TypeError(f"{name} is no style of paragraphs")
    return style


def _style(paper: Paper, name: str, *, size: float, colour: RGBColor, after: Pt, before: Pt = _NEAR) -> ParagraphStyle:
    style = _paragraph_style(paper, name)
    style.font.size, style.font.color.rgb = Pt(size), colour
    style.paragraph_format.space_before, style.paragraph_format.space_after = before, after
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for which in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(which), None)
    style.font.name = "Calibri"
    for rule in style.element.get_or_add_pPr().findall(qn("w:pBdr")):
        style.element.get_or_add_pPr().remove(rule)
    return style


def _set_language(style: ParagraphStyle, language: str) -> None:
    """So that it is spelt and read aloud in its own language."""
    told = OxmlElement("w:lang")
    told.set(qn("w:val"), language)
    style.element.get_or_add_rPr().append(told)


def _border(style: ParagraphStyle) -> None:
    border = OxmlElement("w:pBdr")
    for side in ("top", "left", "bottom", "right"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "6"), ("space", "6"), ("color", _LINE)):
            line.set(qn(f"w:{name}"), value)
        border.append(line)
    properties = style.element.get_or_add_pPr()
    # The schema wants borders before the spacing.
    spacing = properties.find(qn("w:spacing"))
    if spacing is None:
        properties.append(border)
    else:
        spacing.addprevious(border)
