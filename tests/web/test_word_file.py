"""The person's questionnaire as a Word file, from their own link."""

from io import BytesIO

from docx import Document

from channels.word.writing import CONTENT_TYPE
from tests.web.conftest import Garden

WHO = "t1"


def test_the_link_gives_the_questions_put_to_this_person(garden: Garden) -> None:
    answer = garden.app.test_client().get(f"{garden.link(WHO)}/questionnaire.docx")
    assert answer.status_code == 200
    assert answer.content_type == CONTENT_TYPE
    assert "attachment" in answer.headers["Content-Disposition"]
    text = "\n".join(each.text for each in Document(BytesIO(answer.data)).paragraphs)
    assert "[Q8] Did you come to the open day?" in text
    assert "[END] Reference" in text


def test_a_forged_link_gives_nothing(garden: Garden) -> None:
    assert garden.app.test_client().get("/f/forged/questionnaire.docx").status_code == 404


def test_an_unlinked_round_is_answered_on_its_page_only(unlinked_garden: Garden) -> None:
    link = unlinked_garden.link(WHO)
    assert unlinked_garden.app.test_client().get(f"{link}/questionnaire.docx").status_code == 404
