"""The neutral reader: only text, lists and mappings, every fault in its place."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from competency.files.faults import Fault, Finding, Severity, refuses, written
from competency.files.limits import LIMITS, Limits
from competency.files.places import locate
from competency.files.reader import Document, Value, read, read_file
from competency.files.said import Said


def reading(text: str, limits: Limits = LIMITS) -> Document:
    return read(text.encode("utf-8"), "a.yaml", limits)


def only_fault(document: Document) -> Fault:
    assert len(document.faults) == 1, [str(fault) for fault in document.faults]
    return document.faults[0]


def test_scalars_stay_text_whatever_they_look_like() -> None:
    text = "[25.224, 12:30, NO, yes, 0o17, 1e3, 2021-12-02, true, '', \"null\", '~', NULL, .nan]"
    assert reading(text).data == [
        *("25.224", "12:30", "NO", "yes", "0o17", "1e3", "2021-12-02", "true"),
        *("", "null", "~", "NULL", ".nan"),
    ]


def test_only_null_tilde_and_nothing_are_none() -> None:
    assert reading("a: null\nb: ~\nc:\n").data == {"a": None, "b": None, "c": None}


def test_a_byte_order_mark_is_passed_over() -> None:
    document = read(b"\xef\xbb\xbfa: b", "a.yaml")
    assert document.data == {"a": "b"}
    assert document.faults == ()


def test_a_fault_reads_as_place_path_wrong_and_right() -> None:
    fault = Fault("f.yaml", 3, 7, "units[0].id", Said("it is empty"), Said("write something here"))
    assert str(fault) == "f.yaml:3:7: units[0].id: it is empty; write something here"
    assert (
        str(Fault("f.yaml", 0, 0, "", Said("too large"), Said("split it")))
        == "f.yaml: too large; split it"
    )


def test_a_key_that_would_move_the_cursor_is_shown_escaped() -> None:
    assert written(("a", 0, "\x1b[2J")) == "a[0].'\\x1b[2J'"


REFUSED = [
    ("tag", "a: 1\nb: !!python/object/apply:os.system [x]\n", 2, 4, "tag"),
    ("tag of the own document", "!x\na: 1\n", 1, 1, "tag"),
    ("tag that says nothing", "a: ! b\n", 1, 4, "tag"),
    ("tag on a key", "!!str a: b\n", 1, 1, "tag"),
    ("anchor", "a:\n  &x b\n", 2, 3, "anchor"),
    ("anchor on a key", "&x a: b\n", 1, 1, "anchor"),
    ("duplicate key", "a: 1\nb: 2\na: 3\n", 3, 1, "once"),
    ("duplicate key under other quotes", 'a: 1\n"a": 2\n', 2, 1, "once"),
    ("duplicate key deep down", "x:\n  - a: 1\n    a: 2\n", 3, 5, "once"),
    ("merge key", "a: 1\n<<: {b: 2}\n", 2, 1, "merges"),
    ("key that is a list", "a: 1\n? [b, c]\n: d\n", 2, 3, "a key must be"),
    ("key that is empty", "a: 1\n~: 2\n", 2, 1, "a key is empty"),
    ("second document", "a: 1\n---\nb: 2\n", 2, 1, "second document"),
    ("directive", "%YAML 1.1\n---\na: 1\n", 1, 1, "directive"),
    ("tab", "a:\n\tb: 1\n", 2, 1, "tab"),
    ("two colons", "a: b\nc: d: e\n", 2, 5, "colon"),
    ("key without a colon", "a: 1\nb\nc: 2\n", 2, 1, "colon"),
    ("open quote", 'a: 1\nb: "c\n', 2, 4, "quote"),
    ("open bracket", "a: [b\nc: d]: e\n", 1, 4, "bracket"),
    ("wrong indentation", "a:\n   b: 1\n  c: 2\n", 3, 3, "fit"),
    ("list inside a line", "a: - b\n", 1, 4, "hyphen"),
    ("unknown escape", 'a: 1\nb: "\\q"\n', 2, 5, "backslash"),
    ("nothing", "", 1, 1, "empty"),
    ("only a comment", "# nothing\n", 1, 1, "empty"),
    ("escape character", "a: b\nc: \x1b[2J\n", 2, 4, "control"),
    ("next line character", "a: b\nc: d\x85e: f\n", 2, 5, "control"),
    ("line separator", "a: b\u2028c: d\n", 1, 5, "control"),
    ("byte order mark inside", "a: b\nc: \ufeffd\n", 2, 4, "control"),
    ("direction override", "a: b\r\nc: d\u202ee\r\n", 2, 5, "direction"),
    ("direction isolate", "a: \u2066b\n", 1, 4, "direction"),
    ("direction override as an escape", 'a: b\nc: "d\\u202ee"\n', 2, 4, "direction"),
    ("control character as an escape", 'a: b\nc: "\\e[2J"\n', 2, 4, "control"),
]


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [case[1:] for case in REFUSED],
    ids=[case[0] for case in REFUSED],
)
def test_what_is_refused_is_named_at_its_place(
    text: str, line: int, column: int, words: str
) -> None:
    fault = only_fault(reading(text))
    assert (fault.line, fault.column) == (line, column), str(fault)
    assert words in fault.message
    assert fault.remedy
    assert fault.severity is Severity.FAULT


def test_an_alias_is_refused_and_never_followed() -> None:
    document = reading("a: &x [1]\nb: *x\n")
    assert [(fault.line, fault.path) for fault in document.faults] == [(1, "a"), (2, "b")]
    assert document.data == {"a": ["1"], "b": None}


def test_all_faults_are_reported_not_only_the_first() -> None:
    document = reading("a: !x 1\na: 2\nb: &y 3\n<<: {}\n")
    assert [fault.line for fault in document.faults] == [1, 2, 3, 4]


def test_faults_before_a_syntax_error_are_kept() -> None:
    assert [fault.line for fault in reading("a: !x 1\nb: c: d\n").faults] == [1, 2]


def test_of_two_equal_keys_the_first_counts() -> None:
    assert reading("a: 1\na: 2\n").data == {"a": "1"}


@pytest.mark.parametrize(
    ("content", "line", "column", "words"),
    [
        ("a: ñ\nb: año\n".encode("latin-1"), 1, 4, "not UTF-8"),
        ("a: b\nc: ñandú".encode() + b"\xff", 2, 9, "not UTF-8"),
        ("a: b".encode("utf-16"), 1, 1, "UTF-16"),
        (b"\xfe\xff\x00a", 1, 1, "UTF-16"),
        (b"\xed\xa0\x80", 1, 1, "not UTF-8"),
    ],
)
def test_another_encoding_is_refused(content: bytes, line: int, column: int, words: str) -> None:
    fault = only_fault(read(content, "a.yaml"))
    assert (fault.line, fault.column) == (line, column)
    assert words in fault.message


def test_a_large_file_is_refused_by_its_size_and_never_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "large.yaml"
    with path.open("wb") as stream:
        stream.truncate(100_000_000)

    def opened(*_: object, **__: object) -> None:
        pytest.fail("the file was opened")

    monkeypatch.setattr(Path, "open", opened)
    fault = only_fault(read_file(path))
    assert "larger than 6 MB" in fault.message


def test_what_is_no_file_is_a_fault_and_no_exception(tmp_path: Path) -> None:
    assert "not a file" in only_fault(read_file(tmp_path)).message
    assert "not a file" in only_fault(read_file(tmp_path / "missing.yaml")).message


def test_large_bytes_are_refused_before_they_are_decoded() -> None:
    limits = Limits(bytes=10)
    assert "larger" in only_fault(read(b"\xff" * 11, "a.yaml", limits)).message
    assert read(b"a: bcdefgh", "a.yaml", limits).faults == ()


def test_nesting_ends_at_the_limit_with_one_fault() -> None:
    limits = Limits(depth=3)
    assert reading("[[[a]]]", limits).faults == ()
    fault = only_fault(reading("[[[[a]]]]", limits))
    assert "nested deeper than 3" in fault.message
    assert (fault.line, fault.column) == (1, 4)


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "a:\n"])
def test_very_deep_nesting_is_one_fault_in_a_short_line(opening: str) -> None:
    text = "".join(" " * n + opening for n in range(500)) if "\n" in opening else opening * 100_000
    fault = only_fault(reading(text))
    assert "nested deeper" in fault.message
    assert len(str(fault)) < 150


def test_the_number_of_values_ends_at_the_limit_with_one_fault() -> None:
    assert reading("[a, b, c]", Limits(nodes=4)).faults == ()
    fault = only_fault(reading("[a, b, c, d]", Limits(nodes=4)))
    assert "more than 4 values" in fault.message
    keys = only_fault(reading("{a: , b: , c: }", Limits(nodes=4)))
    assert "more than 4 values" in keys.message


def test_a_million_values_are_one_fault() -> None:
    assert "values" in only_fault(reading("[" + "[]," * 1_000_000 + "]")).message


def test_the_keys_of_one_mapping_end_at_the_limit() -> None:
    assert reading("{a: , b: }", Limits(keys=2)).faults == ()
    assert "more than 2 keys" in only_fault(reading("{a: , b: , c: }", Limits(keys=2))).message


def test_the_texts_of_one_list_end_at_the_limit() -> None:
    assert reading("[a, b]", Limits(texts=2)).faults == ()
    assert reading("[a, b, {c: d}, [e]]", Limits(texts=2)).faults == ()
    assert "more than 2 texts" in only_fault(reading("[a, b, c]", Limits(texts=2))).message


def test_each_alias_is_named_unless_they_multiply() -> None:
    plain = reading("a: &x [b]\nc: *x\nd: *x\n")
    assert [fault.line for fault in plain.faults] == [1, 2, 3]
    laughs = reading("a: &x [b]\nc: &y [*x, *x]\nd: *y\n")
    assert [(fault.line, "multiplies" in fault.message) for fault in laughs.faults] == [(2, True)]


def test_texts_and_keys_have_a_longest_length() -> None:
    limits = Limits(characters=5, key=3)
    assert reading("abc: defgh", limits).faults == ()
    assert "longer than 5" in only_fault(reading("a: defghi", limits)).message
    assert "longer than 3" in only_fault(reading("abcd: a", limits)).message


@pytest.mark.parametrize("text", ["a: !x 1\n" * 50, "a: \x01\n" * 50])
def test_the_report_ends_at_the_limit_of_faults(text: str) -> None:
    assert len(reading(text, Limits(faults=7)).faults) == 7


def test_findings_get_the_line_of_their_value_or_key() -> None:
    document = reading("a:\n  - b: c\n    d: e\n")
    found = document.placed(
        (
            Finding(("a", 0, "d"), Said("wrong"), Said("mend")),
            Finding(("a", 0, "d"), Said("wrong"), Said("mend"), at_key=True),
            Finding(("a", 0, "missing"), Said("wrong"), Said("mend"), at_key=True),
            Finding((), Said("wrong"), Said("mend")),
        )
    )
    assert [(fault.line, fault.column) for fault in found] == [(3, 8), (3, 5), (2, 5), (1, 1)]
    assert found[0].path == "a[0].d"


def test_of_two_equal_keys_the_first_is_pointed_at() -> None:
    assert locate("a: 1\na: 2\n", {("a",), ("z",)})[("a",)].key == (1, 1)


def test_findings_inside_a_faulty_value_are_left_out() -> None:
    document = reading("a: *x\nb: c\n")
    found = document.placed(
        (Finding(("a",), Said("empty"), Said("add")), Finding(("b",), Said("wrong"), Said("mend")))
    )
    assert [fault.path for fault in found] == ["b"]


def test_places_are_not_looked_up_when_there_is_nothing_to_report(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def looked_up(*_: object) -> None:
        pytest.fail("the text was read again")

    monkeypatch.setattr("competency.files.reader.locate", looked_up)
    assert reading("a: b").placed(()) == ()


def test_warnings_do_not_refuse() -> None:
    warning = Fault("f", 1, 1, "", Said("m"), Said("r"), Severity.WARNING)
    assert not refuses([warning])
    assert refuses([warning, Fault("f", 1, 1, "", Said("m"), Said("r"))])


VALUES: st.SearchStrategy[Value] = st.recursive(
    st.none() | st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text("abcñЖ-. :#", max_size=6), inner, max_size=4)
    ),
    max_leaves=12,
)


def without_hidden(value: Value) -> bool:
    hidden = set(map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]))
    hidden |= {"\u2028", "\u2029", "\ufeff", "\ufffe", "\uffff"}
    return not hidden & set(repr(value)) and not any(
        f"u{ord(h):04x}" in repr(value) for h in hidden
    )


@given(VALUES.filter(without_hidden))
def test_what_is_written_as_yaml_comes_back(value: Value) -> None:
    text = yaml.safe_dump({"top": value}, allow_unicode=True)
    document = reading(text)
    assert document.faults == ()
    assert document.data == {"top": value}


@given(VALUES.filter(without_hidden))
def test_every_path_has_a_place(value: Value) -> None:
    paths = set(paths_of({"top": value}))
    text = yaml.safe_dump({"top": value}, allow_unicode=True)
    assert paths <= set(locate(text, paths))


def paths_of(value: Value, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner: list[tuple[str | int, Value]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [path, *(found for key, item in inner for found in paths_of(item, (*path, key)))]


@given(st.binary(max_size=300))
def test_no_bytes_raise(content: bytes) -> None:
    document = read(content, "a.yaml")
    assert document.faults or document.data is not None


@given(st.text("ab:-[]{}&*!?|>'\"%@`#,~<\n \t\\u202e", max_size=80))
def test_no_punctuation_raises(text: str) -> None:
    document = reading(text)
    assert document.faults or document.data is not None
    document.placed((Finding(("a", 0, "b"), Said("wrong"), Said("mend")),))
