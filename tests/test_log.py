"""Logs as JSON lines: one object a line whatever is logged, and no trace left after."""

import io
import json
import logging
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from cleaner.log import json_lines

values = st.none() | st.integers() | st.text() | st.lists(st.text(), max_size=2)


@given(st.text(), st.dictionaries(st.text(max_size=8), values, max_size=3))
def test_whatever_is_logged_is_one_line_of_json(message, about):
    stream = io.StringIO()
    with json_lines(stream) as logger:
        logger.warning("%s", message, extra={"about": about})
    line = stream.getvalue()
    assert line.isascii()
    assert line.endswith("\n")
    assert line.count("\n") == 1
    assert not any(ord(char) < 32 for char in line[:-1])
    read = json.loads(line)
    assert (read["message"], read["level"], read["logger"]) == (message, "warning", "cleaner")
    assert datetime.fromisoformat(read["time"]).tzinfo
    own = {"time", "level", "logger", "message", "error"}
    for name, value in about.items():
        assert read[f"{name}_" if name in own else name] == value


def test_an_error_is_told_in_the_same_line():
    stream = io.StringIO()
    with json_lines(stream) as logger:
        try:
            int("two\nlines")
        except ValueError:
            logger.exception("a document failed", extra={"about": {"source": "a.jsonl", "ordinal": 3}})
    read = json.loads(stream.getvalue())
    assert read["error"] == "ValueError: invalid literal for int() with base 10: 'two\\nlines'"
    assert (read["source"], read["ordinal"]) == ("a.jsonl", 3)


def test_the_level_decides_and_nothing_stays_behind():
    stream = io.StringIO()
    logger = logging.getLogger("cleaner")
    before = (list(logger.handlers), logger.level, logger.propagate)
    with json_lines(stream, logging.WARNING):
        logging.getLogger("cleaner.batch").info("not this")
        logging.getLogger("cleaner.batch").warning("this")
    assert (list(logger.handlers), logger.level, logger.propagate) == before
    assert [json.loads(line)["message"] for line in stream.getvalue().splitlines()] == ["this"]
