import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.files.yaml_file import parse_yaml, read_yaml
from surveys.source import Problems


def parsed(text: str):
    problems = Problems()
    node = parse_yaml(text, "file.yaml", problems)
    return node, [str(problem) for problem in problems.found]


def test_every_word_stays_as_written():
    node, problems = parsed("a: yes\nb: 09:30\nc: 2024-12-16\nd: 'null'\ne: null\nf: ~\ng:\nh: 1.50\n")
    assert node.plain() == {
        "a": "yes", "b": "09:30", "c": "2024-12-16", "d": "null", "e": None, "f": None, "g": None, "h": "1.50",
    }  # fmt: skip
    assert problems == []


def test_places_are_those_of_the_keys():
    node, _ = parsed("first:\n  - a: >-\n      folded\n      words\n    b: 2\nlast: x\n")
    item = node.value["first"].value[0]
    assert (node.value["first"].line, node.value["last"].line) == (1, 6)
    assert (item.line, item.path) == (2, "first[0]")
    assert (item.value["a"].line, item.value["b"].line, item.value["b"].path) == (2, 5, "first[0].b")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 1\nb: 2\na: 3\n", "file.yaml:3: a: this key stands here twice; first on line 1"),
        ("a:\n\t- b", "file.yaml:2: not readable as YAML: found character '\\t' that cannot start any token"),
        ("title: One: two", "file.yaml:1: not readable as YAML: mapping values are not allowed here"),
        ("", "file.yaml:1: is empty"),
        ("# nothing\n", "file.yaml:1: is empty"),
        ("a: !!python/object:os.system x", "file.yaml:1: a: the tag"),
        ("a: *b", "file.yaml:1: a: '*b' names no anchor"),
        ("a: &b [*b]", "file.yaml:1: a[0]: '*b' names no anchor"),
        ("a: 1\n---\nb: 2", "file.yaml:2: only one document"),
        ("a: \x07", "file.yaml:1: holds a character"),
        ("? [a]\n: 1", "file.yaml:1: a key must be a word, not a list"),
        ("[" * 60 + "]" * 60, "lies more than 40 levels deep"),
        ("[" * 50_000, "lies more than 40 levels deep"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text, problem):
    assert problem in "\n".join(parsed(text)[1])


def test_aliases_are_unfolded_but_not_without_end():
    node, problems = parsed("a: &x [1, 2]\nb: *x\nc: &y {q: *x}\nd: *y\n")
    assert node.plain() == {"a": ["1", "2"], "b": ["1", "2"], "c": {"q": ["1", "2"]}, "d": {"q": ["1", "2"]}}
    assert problems == []
    laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    laughs += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))
    assert parsed(laughs)[1] == ["file.yaml:6: unfolds into more than 200,000 values"]


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    node, problems = parsed(text)
    assert node is not None or problems


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings_are_seen(tmp_path, encoding):
    path = tmp_path / "a.yaml"
    path.write_bytes("title: Café\n".encode(encoding))
    problems = Problems()
    assert read_yaml(path, problems).plain() == {"title": "Café"}
    assert problems.found == []


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"", "a.yaml:1: is empty"),
        ("a: 1\nb: Caf\xe9\n".encode("cp1252"), "a.yaml:2: is not UTF-8 text (byte e9 on this line)"),
        (bytes(range(256)), "is not a text file"),
        (b"\xff\xfea", "a.yaml:1: begins as UTF-16-LE text"),
        (b"a: b\n" * 1_000_000, "a.yaml:1: is too big"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path, raw, problem):
    path = tmp_path / "a.yaml"
    path.write_bytes(raw)
    problems = Problems()
    assert read_yaml(path, problems) is None
    assert problem in str(problems.found[0])


def test_a_folder_or_nothing_is_refused(tmp_path):
    problems = Problems()
    assert read_yaml(tmp_path, problems) is None
    assert read_yaml(tmp_path / "none.yaml", problems) is None
    assert [problem.what for problem in problems.found] == [
        "is a folder; a file is needed here",
        "there is no such file",
    ]


def test_a_file_that_can_not_be_opened_is_refused(tmp_path):
    problems = Problems()
    assert read_yaml(tmp_path / ("x" * 300), problems) is None
    assert "can't be read" in str(problems.found[0])
