"""The server as its clients meet it: a process of its own, asked over the loopback."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from running import JSON, serving

import cleaner
from cleaner.review.page import policy
from cleaner.serving.asked import RefusedError, read
from cleaner.serving.budget import Budget, Share

ARTICLE = "It rained all day in the valley.\n\n- Advertisement -\n\nThe river rose by a metre 🌊.\n"
CLEAN = "It rained all day in the valley.\n\nThe river rose by a metre 🌊.\n"
LIMIT = 200_000
POST = "POST /clean HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
# A text that takes many seconds.
LONG = {"text": "".join(f"Line {n} of the rain.\n" for n in range(400_000))}
# A protected pattern that takes a minute and more: it tries every way to share the letters out.
SLOW = {"text": f"{'a' * 60} b", "options": {"keep": ["/(?:a|a|aa)+$/"]}}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    args = ("--workers", 2, "--limit-bytes", LIMIT)
    with serving(tmp_path_factory.mktemp("server"), *args) as running:
        yield running
        assert running.process.poll() is None


@pytest.fixture(scope="module")
def hasty(tmp_path_factory):
    """A server with one worker and little patience."""
    args = ("--workers", 1, "--timeout", 1, "--allow-host", "Clean.example")
    with serving(tmp_path_factory.mktemp("hasty"), *args) as running:
        yield running
        assert running.process.poll() is None


def test_a_text_is_cleaned(server):
    status, told = server.post("/clean", {"text": ARTICLE})
    assert status == 200
    assert (told["text"], told["changed"], told["state"]) == (CLEAN, True, "complete")


def test_explain_tells_every_edit_and_its_rule(server):
    status, told = server.post("/explain", {"text": ARTICLE})
    assert status == 200
    (edit,) = told["edits"]
    assert cleaner.apply(ARTICLE, [cleaner.Edit(edit["start"], edit["end"], edit["new"], "")]) == CLEAN
    assert told["rules"][edit["rule"]]["family"] == "adverts"
    assert told["rules"][edit["rule"]]["why"]
    assert edit["words"] == told["removed"] == 3
    assert "source" not in told


def test_explain_gives_the_source_that_it_made_of_a_page(server):
    page = "<p>It rained all day.</p><p>Advertisement</p>"
    told = server.post("/explain", {"text": page, "options": {"input_format": "html"}})[1]
    assert "<p>" not in told["source"]
    assert "Advertisement" in told["source"]


def test_options_of_the_request_count(server):
    asked = {"text": ARTICLE, "options": {"without": ["adverts"]}}
    assert server.post("/clean", asked)[1]["text"] == ARTICLE
    asked = {"text": "Flood in the valley\n\nIt rained.", "title": "Flood in the valley"}
    asked["options"] = {"drop": ["title"]}
    assert server.post("/clean", asked)[1]["text"] == "It rained."


def test_texts_that_cannot_be_written_in_utf_8_go_there_and_back(server):
    text = "It rained \ud800 all day.\x00\u2028\r\n\n- Advertisement -"
    status, told = server.post("/explain", {"text": text})
    assert status == 200
    assert told["text"].startswith("It rained \ud800 all day.")


@pytest.mark.parametrize(
    ("body", "status", "word"),
    [
        (b'{"text": "It', 400, "JSON"),
        (b"", 400, "JSON"),
        (b"\xff\xfe\xfa", 400, "JSON"),
        (b"[" * 100_000, 400, "nested"),
        (b"[]", 422, "object"),
        (b"{}", 422, "text"),
        (b'{"text": 5}', 422, "string"),
        (b'{"text": null}', 422, "string"),
        (b'{"text": "", "texts": ""}', 422, "texts"),
        (b'{"text": "", "url": []}', 422, "url"),
        (b'{"text": "", "options": []}', 422, "options"),
        (b'{"text": "", "options": {"levle": "light"}}', 422, "levle"),
        (b'{"text": "", "options": {"level": "hard"}}', 422, "light"),
        (b'{"text": "", "options": {"level": 3}}', 422, "string"),
        (b'{"text": "", "options": {"max_loss": 7}}', 422, "0 to 1"),
        (b'{"text": "", "options": {"only": ["advert"]}}', 422, "did you mean adverts"),
        (b'{"text": "", "options": {"keep": ["/(/"]}}', 422, "keep"),
        (
            b'{"text": "", "options": {"keep": ["/' + b"(a|" * 900 + b")" * 900 + b'/"]}}',
            422,
            "nested too deeply",
        ),
        (b'{"text": "", "options": {"keep": ["/' + b"(" * 9_000 + b'/"]}}', 422, "keep"),
        (b'{"text": "", "options": {"keep": ["@/etc/passwd"]}}', 422, "file"),
        (b'{"text": "", "options": {"keep": "@/etc/passwd"}}', 422, "file"),
        (b'{"text": "", "options": {"packs": ["/etc/passwd"]}}', 422, "file"),
        (b'{"text": "", "options": {"packs_only": ["/etc/passwd"]}}', 422, "file"),
    ],
)
def test_what_is_wrong_with_a_request_is_told_in_one_line(server, body, status, word):
    answered, told = server.post("/explain", body)
    assert answered == status
    assert word in told["error"]
    assert "root:" not in told["error"]
    assert "\n" not in told["error"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/clean", 405), ("PUT", "/explain", 405), ("OPTIONS", "/clean", 405), ("GET", "/etc", 404)],
)
def test_other_ways_and_places_are_not_there(server, method, path, status):
    answered, headers, body = server.ask(method, path)
    assert answered == status
    assert json.loads(body)["error"]
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json; charset=latin-1"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
        {},
    ],
)
def test_only_plain_json_is_taken(server, headers):
    assert server.ask("POST", "/clean", b'{"text": ""}', headers)[0] == 415


def test_the_page_lets_nothing_run_but_its_own_script(server):
    status, headers, body = server.ask("GET", "/")
    assert status == 200
    assert headers["Content-Security-Policy"] == f"{policy(live=True)}; frame-ancestors 'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert b'data-kind="serve"' in body


def test_health_is_told(server):
    told = json.loads(server.ask("GET", "/health")[2])
    assert told["status"] == "ok"
    assert told["bytes"] == 0


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", "", "[:"])
def test_a_name_that_was_made_to_point_here_gets_nothing(server, host):
    for method, path, body in (("GET", "/", None), ("POST", "/clean", b'{"text": ""}')):
        assert server.ask(method, path, body, JSON | {"Host": host})[0] == 421


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1", "[::1]:8765", "LOCALHOST:8765"])
def test_the_machine_itself_is_asked_by_any_of_its_names(server, host):
    assert server.ask("GET", "/health", headers={"Host": host})[0] == 200


def test_a_name_that_was_allowed_is_answered(hasty):
    assert hasty.ask("GET", "/health", headers={"Host": "clean.example"})[0] == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
    ],
)
def test_pages_of_other_sites_may_not_ask(server, headers, status):
    assert server.ask("POST", "/clean", b'{"text": ""}', JSON | headers)[0] == status


def test_our_own_page_may_ask(server):
    own = {"Origin": f"http://127.0.0.1:{server.port}"}
    assert server.ask("POST", "/clean", b'{"text": ""}', JSON | own)[0] == 200


def test_a_body_too_large_is_refused_before_it_is_sent(server):
    head = f"{POST}Content-Length: {LIMIT + 1}"
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as client:
        client.sendall(f"{head}\r\n\r\n".encode())
        assert client.recv(4096).startswith(b"HTTP/1.1 413 ")


def test_a_client_that_sends_a_body_too_large_is_told(server):
    status, told = server.post("/clean", {"text": "a" * LIMIT})
    assert status == 413
    assert "200,000 bytes" in told["error"]


def test_a_body_that_does_not_say_its_size_is_measured_as_it_comes(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    parts = (b'{"text": "', *[b"a" * 10_000] * (LIMIT // 10_000), b'"}')
    connection.request("POST", "/clean", iter(parts), JSON, encode_chunked=True)
    assert connection.getresponse().status == 413
    connection.close()


def test_a_text_of_the_size_that_is_allowed_is_cleaned(server):
    line = "It rained all day in the valley, and the river rose.\n"
    text = line * ((LIMIT - 100) // (len(line) + 1))
    status, told = server.post("/clean", {"text": text, "options": {"without": ["repeats"]}})
    assert status == 200
    assert told["text"] == text


@pytest.mark.parametrize(
    "head", [b"\x00\x01\r\n\r\n", b"GET / HTTP/9\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n",
             b"POST /clean HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
             b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 20_000],
)  # fmt: skip
def test_what_is_not_http_is_refused(server, head):
    assert server.raw(head).startswith(b"HTTP/1.1 400 ")


def test_many_clients_at_once_all_get_their_own_answer(server):
    def one(number):
        text = f"Client {number} wrote of the rain.\n\n- Advertisement -\n\nIt went on for {number} days."
        status, told = server.post("/clean", {"text": text})
        return status, told["text"] == text.replace("- Advertisement -\n\n", "")

    with ThreadPoolExecutor(64) as clients:
        assert list(clients.map(one, range(192))) == [(200, True)] * 192


def test_more_bytes_than_there_is_room_for_are_refused_and_taken_later(tmp_path):
    line = "It rained all day in the valley, and the river rose.\n"
    body = json.dumps({"text": line * 70_000, "options": {"only": ["adverts"]}}).encode()
    with serving(tmp_path, "--workers", 1, "--limit-bytes", 4_000_000, "--timeout", 60) as running:

        def one(_):
            statuses = []
            while not statuses or statuses[-1] == 503:
                status, headers, _ = running.ask("POST", "/clean", body, JSON)
                assert (headers["Retry-After"] is not None) is (status == 503)
                statuses.append(status)
                time.sleep(0.2)
            return statuses

        with ThreadPoolExecutor(8) as clients:
            answers = list(clients.map(one, range(8)))
        assert [statuses[-1] for statuses in answers] == [200] * 8
        assert 503 in {status for statuses in answers for status in statuses}
        assert json.loads(running.ask("GET", "/health")[2])["bytes"] == 0


def test_a_text_that_takes_too_long_is_given_up_and_the_next_is_cleaned(hasty):
    status, told = hasty.post("/explain", LONG)
    assert (status, "seconds" in told["error"]) == (504, True)
    assert hasty.post("/clean", {"text": ARTICLE})[1]["text"] == CLEAN


def test_a_protected_pattern_that_runs_away_costs_its_own_request(hasty):
    status, told = hasty.post("/clean", SLOW)
    assert status in (422, 504)
    assert told["error"]
    assert hasty.post("/clean", {"text": ARTICLE})[0] == 200


def test_who_waits_too_long_for_a_worker_is_told_to_come_again(hasty):
    with ThreadPoolExecutor(4) as clients:
        statuses = {status for status, _ in clients.map(lambda _: hasty.post("/explain", LONG), range(4))}
    assert statuses == {503, 504}


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nHost: loc",
        POST.encode() + b'Content-Length: 50\r\n\r\n{"text"',
    ],
    ids=["head", "body"],
)
def test_a_client_that_never_ends_its_request_is_let_go(hasty, sent):
    assert hasty.raw(sent).startswith(b"HTTP/1.1 408 ")


def is_cut_off(client, data):
    """Whether the server ends a connection on which more and more comes."""
    try:
        for _ in range(100):
            client.sendall(data)
            time.sleep(0.1)
    except OSError:
        return True
    return False


def test_a_head_that_trickles_in_is_let_go(hasty):
    with socket.create_connection(("127.0.0.1", hasty.port), timeout=20) as client:
        client.sendall(b"GET / HTTP/1.1\r\n")
        assert is_cut_off(client, b"X: y\r\n")


def test_a_connection_on_which_nothing_is_said_is_closed(hasty):
    assert hasty.raw(b"") == b""


def test_a_refused_body_that_goes_on_and_on_is_cut_off(hasty):
    with socket.create_connection(("127.0.0.1", hasty.port), timeout=20) as client:
        client.sendall(f"{POST}Content-Length: 99999999999\r\n\r\n".encode())
        assert client.recv(4096).startswith(b"HTTP/1.1 413 ")
        assert is_cut_off(client, b"a" * 100)


def test_slow_clients_do_not_keep_others_waiting(server):
    with ThreadPoolExecutor(32) as clients:
        idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(100)]
        for client in idle:
            client.sendall(b"POST /clean HTTP/1.1\r\nHost: localhost\r\nContent-Le")
        answers = list(clients.map(lambda _: server.post("/clean", {"text": ARTICLE})[0], range(32)))
        for client in idle:
            client.close()
    assert answers == [200] * 32


def children(pid):
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_a_worker_that_dies_costs_one_request(tmp_path):
    with serving(tmp_path, "--workers", 1) as running:
        (worker,) = children(running.process.pid)
        killer = threading.Timer(0.5, os.kill, (worker, signal.SIGKILL))
        killer.start()
        status, told = running.post("/explain", LONG)
        assert (status, "died" in told["error"]) == (500, True)
        assert running.post("/clean", {"text": ARTICLE})[1]["text"] == CLEAN


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_it_ends_cleanly_and_leaves_nothing_running(tmp_path, number, code):
    with serving(tmp_path, "--workers", 2) as running:
        assert running.post("/clean", {"text": ARTICLE})[0] == 200
        workers = children(running.process.pid)
        assert workers
        running.process.send_signal(number)
        assert running.process.wait(timeout=20) == code
        assert not any(Path(f"/proc/{worker}").exists() for worker in workers)
        assert running.process.stderr.read() == b""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_workers_end_with_a_server_that_was_killed(tmp_path):
    with serving(tmp_path, "--workers", 1) as running:
        (worker,) = children(running.process.pid)
        running.process.kill()
        running.process.wait()
        until = time.monotonic() + 20
        while Path(f"/proc/{worker}").exists() and time.monotonic() < until:
            if " Z " in Path(f"/proc/{worker}/stat").read_text("ascii"):
                break
            time.sleep(0.05)
        else:
            assert not Path(f"/proc/{worker}").exists()


def refused(folder, *args):
    command = [sys.executable, "-m", "cleaner", "serve", *map(str, args)]
    environment = {**os.environ, "PYTHONPATH": str(Path(cleaner.__file__).parents[1])}
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False, timeout=60)
    assert ended.returncode == 2
    told = ended.stderr.decode()
    assert told.startswith("cleaner: ")
    assert told.count("\n") == 1
    return told


def test_a_port_in_use_is_told_in_one_line(tmp_path, server):
    assert "choose another --port" in refused(tmp_path, "--port", server.port)


def test_what_it_cannot_begin_with_is_told_in_one_line(tmp_path):
    assert "--host" in refused(tmp_path, "--port", 0, "--host", "no.such.name.invalid")
    assert "did you mean adverts" in refused(tmp_path, "--port", 0, "--only", "advert")
    assert "none.toml" in refused(tmp_path, "--port", 0, "--packs", "none.toml")


def test_it_warns_when_others_can_reach_it(tmp_path, server):
    assert "warning" not in server.told
    with serving(tmp_path, "--host", "0.0.0.0", "--workers", 1) as running:  # noqa: S104 - what is tested
        assert "warning: anyone who can reach" in running.told
        assert running.post("/clean", {"text": ARTICLE})[0] == 200


def test_the_options_of_the_command_line_are_where_requests_begin(tmp_path):
    (tmp_path / "keep.txt").write_text("Advertisement\n")
    with serving(tmp_path, "--level", "strict", "--keep", "@keep.txt", "--workers", 1) as running:
        assert running.post("/clean", {"text": ARTICLE})[1]["text"] == ARTICLE
        assert b'"level":"strict"' in running.ask("GET", "/")[2]


def test_the_page_is_opened_when_asked_to(tmp_path, monkeypatch):
    """The browser is a program that writes down what it is to open."""
    told = tmp_path / "opened.txt"
    program = tmp_path / "browser.py"
    program.write_text("import sys, os\nopen(sys.argv[1] + '~', 'w').write(sys.argv[2])\n")
    program.write_text(program.read_text() + "os.rename(sys.argv[1] + '~', sys.argv[1])\n")
    monkeypatch.setenv("BROWSER", f"{sys.executable} {program} {told} %s")
    with serving(tmp_path, "--open", "--workers", 1) as running:
        until = time.monotonic() + 20
        while not told.exists() and time.monotonic() < until:
            time.sleep(0.05)
        assert told.read_text() == f"http://127.0.0.1:{running.port}/"


def test_a_share_is_given_back_whatever_happens():
    budget = Budget(100)
    with suppress(RefusedError), Share(budget) as share:
        assert share.reach(60)
        assert share.reach(40)
        assert budget.held == 60
        with Share(budget) as other:
            assert not other.reach(41)
            other.add(41)
            assert budget.held == 101
        assert budget.held == 60
        raise RefusedError(413, "too much")
    assert budget.held == 0


def test_a_request_overrides_the_options_of_the_server():
    asked = read(b'{"text": "", "options": {"level": "light"}}', {"level": "strict", "packs": ["a.toml"]})
    assert (asked.options.level, asked.options.packs) == ("light", ("a.toml",))
