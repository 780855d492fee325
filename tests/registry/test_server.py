"""What a tracking server, or the file in the workspace, can do wrong: one error with a fix that fits, in time."""

import shutil
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator

import mlflow
import pytest

from churnrisk.errors import ModelError
from churnrisk.registry.server import require_server, tracking


@pytest.fixture(autouse=True)
def own_store(monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")


def answer(status: str, body: str = "", header: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{header}Connection: close\r\n\r\n{body}".encode()


def drip(connection: socket.socket) -> None:
    """Send a byte at a time, so that no pause is long enough for a time limit between two of them."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        connection.sendall(b" ")
        time.sleep(0.1)


ANSWERS: dict[str, Callable[[socket.socket], None]] = {
    "hangs": lambda connection: time.sleep(60),
    "drips": drip,
    "refuses": lambda connection: connection.sendall(answer("401 Unauthorized", "no")),
    "redirects without end": lambda connection: connection.sendall(
        answer("302 Found", header="Location: /x?p=hunter2\r\n")
    ),
    "shows a page": lambda connection: connection.sendall(answer("200 OK", "<html>Log in</html>")),
    "fails": lambda connection: connection.sendall(answer("500 Internal Server Error", "boom")),
    "says something else": lambda connection: connection.sendall(answer("200 OK", '{"experiment": 5}')),
    "hangs up": lambda connection: None,
}


@pytest.fixture
def server(request) -> Iterator[str]:
    """The address of a server that answers every request in one way."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve(connection: socket.socket) -> None:
        with connection:
            try:
                connection.recv(65536)
                ANSWERS[request.param](connection)
            except OSError:
                pass  # whoever asked has hung up

    def listen() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=listen, daemon=True).start()
    yield f"http://ana:hunter2@127.0.0.1:{listening.getsockname()[1]}"
    listening.close()


@pytest.mark.parametrize(
    ("server", "says"),
    [
        ("hangs", "was not done after 2 seconds. Fix: see why the server is slow or hangs"),
        ("drips", "was not done after 2 seconds. Fix: see why the server is slow or hangs"),
        ("refuses", "401 != 200. Response body: 'no'). Fix: set MLFLOW_TRACKING_USERNAME and"),
        ("redirects without end", "Exceeded 30 redirects). Fix: start the server, check its address"),
        ("shows a page", "not in a valid JSON format. Response body: '<html>Log in</html>'). Fix: start the server"),
        ("fails", "500 error responses"),
        ("says something else", "Failed to parse experiment field"),
        ("hangs up", "Connection aborted"),
    ],
    indirect=["server"],
)
def test_a_server_that_does_not_do_as_it_should_is_one_error_in_time(server, says, tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server)
    began = time.monotonic()
    with pytest.raises(ModelError) as error:
        require_server(tmp_path, "e", seconds=2)
    assert time.monotonic() - began < 10
    assert says in str(error.value)
    assert str(error.value).startswith("MLFLOW_TRACKING_URI: MLflow ")
    assert "hunter2" not in str(error.value)
    assert [*tmp_path.iterdir()] == []


def test_a_file_that_another_process_writes_to_is_waited_for_and_then_named(tmp_path):
    require_server(tmp_path, "e")
    other = sqlite3.connect(tmp_path / "mlflow.db", check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")
    threading.Timer(6, other.rollback).start()  # SQLite itself gives up after 5 seconds
    require_server(tmp_path, "e")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(ModelError, match=r"mlflow\.db: MLflow was not done .* Fix: end the other process"):
        require_server(tmp_path, "e", seconds=1)
    other.close()


def test_a_file_that_is_no_store_is_named(tmp_path):
    (tmp_path / "mlflow.db").write_text("not a database, but long enough to look like one " * 40)
    with pytest.raises(ModelError, match=r"mlflow\.db: MLflow refused .*Fix: move it elsewhere"):
        require_server(tmp_path, "e")


def test_a_deleted_experiment_is_named_with_what_restores_it(tmp_path):
    require_server(tmp_path, "e")
    number = mlflow.get_experiment_by_name("e").experiment_id
    mlflow.delete_experiment(number)
    with pytest.raises(ModelError, match=rf"tracking\.experiment: .*deleted in MLflow\. Fix: .*restore -x {number}"):
        require_server(tmp_path, "e")
    require_server(tmp_path, "another")


@pytest.mark.parametrize("move", [shutil.move, shutil.copytree])
def test_a_workspace_that_was_renamed_or_copied_keeps_to_itself(tmp_path, move):
    for name in ("first", "second"):
        if name == "second":
            before = sorted((tmp_path / "first").rglob("*"))
            move(tmp_path / "first", tmp_path / "second")
        else:
            (tmp_path / "first").mkdir()
        with tracking(tmp_path / name, "e"), mlflow.start_run(run_name=name):
            mlflow.log_text("artifact", "a.txt")
        assert len([*(tmp_path / name / "mlruns").rglob("a.txt")]) == (1 if name == "first" else 2)
    if move is shutil.copytree:
        assert sorted((tmp_path / "first").rglob("*")) == before
    else:
        assert not (tmp_path / "first").exists()
    names = [run.info.run_name for run in mlflow.search_runs(search_all_experiments=True, output_format="list")]
    assert sorted(names) == ["first", "second"]


def test_two_workspaces_in_one_process_have_a_store_each(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        require_server(tmp_path / name, "e")
    assert (tmp_path / "b" / "mlflow.db").exists()


class Swallowing:
    """Swallows what is raised while it is deleted, as Python does with every destructor."""

    def __del__(self):
        time.sleep(3)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_time_is_up_also_where_it_ends_within_a_destructor(tmp_path):
    def slow() -> None:
        with tracking(tmp_path, None, 2):
            held = Swallowing()
            del held
            time.sleep(20)

    with pytest.raises(ModelError, match="was not done after 2 seconds"):
        slow()
