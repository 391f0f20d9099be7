"""Lines of access logs: what is read, and what is refused rather than guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.smartcity.visits.loglines import LINE, Origin, moment, origin, path, unescaped

AGENT = b"Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
TIME = b"29/Jul/2023:10:26:06 +0700"


def line(front=b"192.0.2.1 - -", time=TIME, request=b"GET /dataset/air HTTP/1.1", rest=b'200 5120 "-" "%s"' % AGENT):
    return b'%s [%s] "%s" %s' % (front, time, request, rest)


def groups(text: bytes) -> tuple:
    (found,) = LINE.finditer(text)
    return found.groups()


def test_all_parts_of_a_plain_line():
    assert groups(line()) == (b"192.0.2.1 - -", TIME, b"GET /dataset/air", b"200", b"-", AGENT)


@pytest.mark.parametrize("end", [b"", b"\r", b' "203.0.113.9"', b' "-" 0.012 "portal"', b' "-"\r'])
def test_what_stands_behind_the_agent_is_left_alone(end):
    assert groups(line() + end)[5] == AGENT


def test_a_query_is_left_out():
    assert (
        groups(line(request=b'GET /dataset/?q=a%20b+"c"'.replace(b'"', b'\\"') + b" HTTP/1.1"))[2] == b"GET /dataset/"
    )


@pytest.mark.parametrize(
    "request_line",
    [
        b"",
        b"-",
        b"HELP",
        b"hello",
        b"\\x16\\x03\\x01\\x00t\\x01\\x00\\x00p",
        b"GET /",  # HTTP/0.9
        b"GET /two words HTTP/1.1",
        b"lv|'|'|VHJvamFuX0M0NkY2RTk=|'|'|MARK",
    ],
)
def test_a_request_that_is_not_one_of_http(request_line):
    found = groups(line(request=request_line, rest=b'400 157 "-" "-"'))
    assert found[0] == b"192.0.2.1 - -"
    assert found[2] is None


@pytest.mark.parametrize(
    "agent", [b'say \\"hello\\"', b"say \\x22hello\\x22", b"back\\\\slash", b"null \x00 byte", b""]
)
def test_agents_with_escapes(agent):
    assert groups(line(rest=b'200 5 "-" "%s"' % agent))[5] == agent


@pytest.mark.parametrize(
    "text",
    [
        b"one word",
        line(rest=b"200 5120"),  # the format "common"
        line(rest=b'200 5120 "-"'),
        line(rest=b'200 5120 "-" "Mozilla/5.0 (X11; Li'),  # cut
        line(rest=b'200 5120 "-" "say "hello""'),  # quotes that nobody escaped
        line(rest=b'20 5120 "-" "x"'),
        line(rest=b'200 "-" "x"'),
        line(request=b'GET /"'),
        line()[:60] + line(),  # cut, and the next one behind it
        b'{"level":"info","ts":1693840791.75,"request":{"remote_ip":"172.17.0.1","method":"GET"},"status":200}',
        b'2021/12/01 13:53:33 [error] 31#31: *46 "/index.html" is not found, client: 172.17.0.1',
    ],
)
def test_a_line_that_cannot_be_read(text):
    assert groups(text)[0] is None


def test_each_line_is_found_once_and_empty_ones_are_none():
    text = b"\n".join([line(), b"", b"junk", line(request=b""), b"\x00" * 40, line()]) + b"\n"
    assert [found[1] is not None for found in LINE.finditer(text)] == [True, False, True, False, True]


def test_a_very_long_line():
    assert groups(line(request=b"GET /" + b"a" * 100_000 + b" HTTP/1.1"))[3] == b"200"
    assert groups(b"a [" * 33_000)[0] is None
    assert groups(line(rest=b'200 5 "' + b"\\" * 100_000))[0] is None


def test_bytes_that_are_not_utf_8():
    found = groups(line(request=b"GET /dataset/caf\xe9 HTTP/1.1", rest=b'200 5 "-" "Moz\xff\xfe"'))
    assert path(found[2].partition(b" ")[2]) == "/dataset/caf�"
    assert found[5] == b"Moz\xff\xfe"


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ("192.0.2.1 - -", Origin("192.0.2.1", None)),
        ("192.0.2.1 - user123", Origin("192.0.2.1", None)),
        ("192.0.2.1 - John Doe", Origin("192.0.2.1", None)),
        ("2001:db8::1 - -", Origin("2001:db8::1", None)),
        ("::ffff:192.0.2.1 - -", Origin("::ffff:192.0.2.1", None)),
        ("portal.example 192.0.2.1 - -", Origin("192.0.2.1", None)),
        ("portal.example:443 2001:db8::1 - -", Origin("2001:db8::1", None)),
        ("192.0.2.6:80 127.0.0.1 - -", Origin("127.0.0.1", None)),
        ("[2001:db8::6]:80 127.0.0.1 - -", Origin("127.0.0.1", None)),
        ("- 192.0.2.1 - -", Origin("192.0.2.1", None)),
        ("203.0.113.9 192.0.2.1 - -", Origin("192.0.2.1", "203.0.113.9")),
        ("example.com 10.0.0.2, 10.0.0.1, 127.0.0.1 - -", Origin("127.0.0.1", "10.0.0.2, 10.0.0.1")),
        ("10.0.0.2,10.0.0.1 127.0.0.1 - -", None),  # no blank: no address
        (
            'x:80 "10.5.1.2, 192.0.2.4, 192.0.2.5" 10.2.1.185 - -',
            Origin("10.2.1.185", "10.5.1.2, 192.0.2.4, 192.0.2.5"),
        ),
        ('"unknown, 192.0.2.4" 10.2.1.185 - -', Origin("10.2.1.185", "unknown, 192.0.2.4")),
        ('"-" 10.2.1.185 - -', Origin("10.2.1.185", None)),
        (
            "192.0.2.6 2001:db8:1::5, 10.225.192.17 10.2.2.121 - -",
            Origin("10.2.2.121", "192.0.2.6, 2001:db8:1::5, 10.225.192.17"),
        ),
        ("example.com:80 unix: - -", None),
        ("unix: - -", None),
        ("192.0.2.6 localhost - -", None),
        ("localhost - -", None),
        ("- -", None),
        ("portal.example - -", None),
        ("192.0.2.1 -", None),
        ("192.0.2.1", None),
        ("999.0.2.1 - -", None),
        ('"192.0.2.1" - -', None),
        ('"192.0.2.1 192.0.2.2 - -', None),
        ('bad/host "192.0.2.1" 192.0.2.2 - -', None),
        ("\x00\x00\x00192.0.2.1 - -", None),
        ("", None),
    ],
)
def test_who_sent_it(front, expected):
    assert origin(front.encode("latin-1")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("01/Jan/1970:00:00:00 +0000", 0),
        ("29/Jul/2023:10:26:06 +0700", 1_690_601_166_000),
        ("29/Jul/2023:03:26:06 +0000", 1_690_601_166_000),
        ("28/Jul/2023:20:26:06 -0700", 1_690_601_166_000),
        ("29/Feb/2024:12:00:00 +0530", 1_709_188_200_000),
        ("29/Feb/2023:12:00:00 +0000", None),
        ("31/Apr/2023:12:00:00 +0000", None),
        ("00/Apr/2023:12:00:00 +0000", None),
        ("01/Foo/2023:12:00:00 +0000", None),
        ("01/Apr/0000:12:00:00 +0000", None),
        ("01/Jan/0001:00:00:00 +1400", None),
        ("31/Dec/1969:23:59:59 +0000", None),
        ("01/Apr/2023:24:00:00 +0000", None),
        ("01/Apr/2023:12:60:00 +0000", None),
        ("01/Apr/2023:12:00:00", None),
        ("01/Apr/2023:12:00:00 WIB", None),
        ("2023-04-01T12:00:00+07:00", None),
        ("", None),
    ],
)
def test_times(text, expected):
    assert moment(text.encode()) == expected


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (b"/dataset/air", "/dataset/air"),
        (b"/dataset/kualitas%20udara", "/dataset/kualitas udara"),
        (b"/organization/%D0%A0%D1%83%D1%81", "/organization/Рус"),
        (b"/organization/\\xD0\\xA0", "/organization/Р"),
        (b"http://portal.example/dataset/air", "/dataset/air"),
        (b"https://portal.example", "/"),
        (b"/\\x22\\t\\\\", '/"\t\\'),
        (b"*", "*"),
        (b"/%zz%ff", "/%zz�"),
    ],
)
def test_paths(target, expected):
    assert path(target) == expected


def test_escapes_are_undone_once():
    assert unescaped(b"a\\\\x41\\x41\\\"\\'") == b"a\\x41A\"'"


@given(st.binary(max_size=300))
def test_no_bytes_are_an_error(data):
    lines = list(LINE.finditer(data))
    assert len(lines) == sum(1 for one in data.split(b"\n") if one)
    origin(data)
    moment(data)
    path(data)


@given(st.lists(st.sampled_from([*b'[]" \\-:,./?\n', *b"GETHP1x.", 0, 255]), max_size=400).map(bytes))
def test_no_line_of_signs_is_an_error(data):
    for found in LINE.finditer(line(front=data.replace(b"\n", b"")) + b"\n" + data):
        if found[1] is not None:
            origin(found[1])
            moment(found[2])
