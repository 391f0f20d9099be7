"""How a tag file is read: as spreadsheets save it, and never wrongly. Needs no database."""

from __future__ import annotations

import pytest

from ckanext.smartcity.cli.tagging import FileRefused, read_rows

UID, OTHER = "iso37122:2019/5.1", "iso37122:2019/7.10"
ROW = {"line": 2, "dataset": "aduan", "indicators": [UID, OTHER], "opd": ["dinkes"]}


@pytest.mark.parametrize(
    "text",
    [
        f"dataset,indicators,opd\naduan,{UID};{OTHER},dinkes\n",
        f'dataset;indicators;opd\naduan;"{UID};{OTHER}";dinkes\n',
        f"dataset\tindicators\topd\naduan\t{UID};{OTHER}\tdinkes\n",
        f"\ufeffdataset,indicators,opd\r\naduan,{UID};{OTHER},dinkes\r\n",
        f"dataset,indicators,opd\raduan,{UID};{OTHER},dinkes\r",
        f" Dataset , INDICATORS,opd\naduan , {UID} ; {OTHER} ;, dinkes;\n\n;;\n".replace("\n;;", ""),
        f"opd,dataset,indicators\ndinkes,aduan,{UID};{OTHER}",
    ],
)
def test_files_as_spreadsheets_save_them(text):
    assert read_rows(text.encode()) == [ROW]


def test_lines_are_those_of_the_file_also_behind_blank_lines_and_line_breaks_in_cells():
    text = 'dataset,opd\n\n,,\n"aduan","dinkes\n"\nhalte,\n'
    assert [(row["line"], row["dataset"], row["opd"]) for row in read_rows(text.encode())] == [
        (4, "aduan", ["dinkes"]),
        (6, "halte", []),
    ]


def test_a_column_may_be_missing_and_a_line_may_be_short():
    assert read_rows(b"dataset,indicators\naduan\n")[0] == {**ROW, "indicators": [], "opd": []}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"dataset,opd\n", "no row"),
        (b"dataset,indikator\naduan,x\n", '"indikator" is not a column'),
        (b"indicators,opd\nx,y\n", '"dataset" is missing'),
        (b"dataset,opd,opd\na,b,c\n", '"opd" stands there twice'),
        (b"dataset;indicators;opd\naduan;iso37122:2019/5.1;iso37122:2019/7.10;dinkes\n", "line 2 has 4 cells"),
        (b'dataset,opd\n"aduan,dinkes\n', "not a CSV file"),
        (b"dataset,opd\nadu\xe9n,dinkes\n", "UTF-8"),
        ("dataset,opd\naduan,dinkes\n".encode("utf-16"), "UTF-8"),
        (b"PK\x03\x04\x00\x00", "not a column"),
    ],
)
def test_what_would_be_read_wrongly_is_refused_with_the_place(content, said):
    with pytest.raises(FileRefused) as refused:
        read_rows(content)
    assert said in str(refused.value)
