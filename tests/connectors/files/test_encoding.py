"""Texts in other encodings are decoded, and a note says from which."""

from __future__ import annotations

import pytest

from goalkeeper.connectors.files.encoding import encoding_of

TEXTS = {
    "cp1252": "id,text\n1,Müller – „Grüße“ für 5 €\n2,naïve café\n",
    "cp1251": "id,text\n"
    + "".join(f"{n},Здравствуйте, не могу войти в систему\n" for n in range(20)).replace(", не", " не"),
    "cp1250": "id,text\n"
    + "".join(f"{n},Proszę o zwrot pieniędzy za książkę, którą wysłałem źle\n".replace(", k", " k") for n in range(20)),
    "euc_kr": "id,text\n" + "".join(f"{n},문의해 주셔서 감사합니다 환불 부탁드립니다\n" for n in range(20)),
    "shift_jis": "id,text\n"
    + "".join(f"{n},お問い合わせありがとうございます。返金をお願いします。\n" for n in range(20)),
}


@pytest.mark.parametrize("encoding", TEXTS)
def test_an_encoding_is_recognised(one, encoding: str) -> None:
    text = TEXTS[encoding]
    found = one(text.encode(encoding))
    assert [row[1] for row in found.rows] == [line.split(",", 1)[1] for line in text.splitlines()[1:]]
    assert any(note.startswith("decoded from") for note in found.file.notes)


def test_bytes_beyond_ascii_far_from_the_beginning_are_seen(tmp_path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n" + b"1,plain text\n" * 900_000 + "2,Köln Straße\n".encode("cp1252"))
    assert encoding_of(path) == ("cp1252", "decoded from cp1252")


def test_one_bad_line_at_the_beginning_does_not_change_the_encoding(one) -> None:
    found = one(b"a,b\n1,caf\xe9\n" + "2,Köln Straße größer\n".encode() * 900)
    assert (len(found.rows), found.rows[0]) == (900, ("2", "Köln Straße größer"))
    assert [reject.position for reject in found.rejects] == [2]


def test_a_cut_utf16_text_keeps_what_can_be_read(one) -> None:
    found = one("a,b\n1,x\n2,y\n".encode("utf-16")[:-1])
    assert found.rows[0] == ("1", "x")
    assert any("could not be decoded" in note for note in found.file.notes)
