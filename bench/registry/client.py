"""What the scripts about changes of the registry share: calls of a server, bundles as archives, golden rows."""
import hashlib
import http.client
import io
import json
import math
import os
import pathlib
import time
import urllib.parse
import zipfile

TOLERANCE = 1e-5        # of probabilities
PENDING = ("received", "checking", "loading")

repository = pathlib.Path(os.environ["MODELAPI_REPOSITORY"])


class Gone(Exception):
    """The server was not there, or went before it answered."""

    def __init__(self, was_sent):
        super().__init__("the server has gone")
        self.was_sent = was_sent


class Server:
    """A server, called over a new connection each time."""

    def __init__(self, url, patience=60):
        parts = urllib.parse.urlsplit(url)
        self.host, self.port, self.patience = parts.hostname, parts.port, patience

    def call(self, method, path, body=None, content_type="application/json"):
        """Sends a request: the body is bytes, an iterable of bytes, or an object for JSON.

        Returns the status, the headers and the JSON of the answer. Raises Gone.
        """
        headers = {"Authorization": f"Bearer {os.environ['BENCH_KEY']}"}
        if body is not None:
            headers["Content-Type"] = content_type
            body = json.dumps(body) if isinstance(body, dict) else body
        connection = http.client.HTTPConnection(self.host, self.port, timeout=self.patience)
        try:
            connection.connect()
        except OSError as error:
            raise Gone(was_sent=False) from error
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Gone(was_sent=True) from error
        finally:
            connection.close()
        is_json = text and "json" in answer.headers.get("Content-Type", "")
        return answer.status, answer.headers, json.loads(text) if is_json else None

    def change(self, method, path, body=None, content_type="application/json", expected=(200,)):
        """A call that must succeed. Returns the JSON of the answer."""
        status, _, answer = self.call(method, path, body, content_type)
        if status not in expected:
            raise SystemExit(f"{method} {path} was answered {status}: {answer}")
        return answer

    def set_stage(self, model, version, stage="Production"):
        return self.change("POST", f"/models/{model}/versions/{version}/stage", {"stage": stage})

    def model(self, name):
        """The description of a model, or None."""
        status, _, answer = self.call("GET", f"/models/{name}")
        return answer if status == 200 else None

    def wait_settled(self, name, seconds=60):
        """Waits until no version of a model is being loaded, and returns its description."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            model = self.model(name)
            if model is None or not any(version["state"] in PENDING for version in model["versions"]):
                return model
            time.sleep(0.02)
        raise SystemExit(f"{name} was not loaded within {seconds} s")


class Golden:
    """The golden rows of a shipped model, one after the other."""

    def __init__(self, model):
        lines = (repository / "models" / model / "1" / "golden.jsonl").read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        self.rows = [row for row in rows if row.get("kind") != "unknown-category"]
        self.next = 0

    def ask(self, server, path):
        """Sends the next row. Returns the status, the version that has answered, and whether the answer is right."""
        row = self.rows[self.next % len(self.rows)]
        self.next += 1
        status, _, answer = server.call("POST", path, row["input"])
        if status != 200:
            return status, None, False
        given, wanted = answer["probabilities"], row["probabilities"]
        is_right = answer["prediction"] == row["label"] and all(
            math.isclose(given[name], wanted[name], abs_tol=TOLERANCE) for name in wanted)
        return status, answer["version"], is_right


def archive(shipped, model, version):
    """A shipped bundle under another name and number, as a zip file. The same arguments give the same bytes."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as target:
        for file in sorted((repository / "models" / shipped / "1").iterdir()):
            data = file.read_bytes()
            if file.name == "model.json":
                data = renamed(data, model, version)
            target.writestr(zipfile.ZipInfo(file.name, (2026, 1, 1, 0, 0, 0)), data)
    return content.getvalue()


def renamed(manifest, model, version):
    """A manifest under another name and number."""
    return json.dumps({**json.loads(manifest), "name": model, "version": str(version)}).encode()


def copy_bundle(shipped, folder, model, version):
    """A shipped bundle under another name and number in a folder of models."""
    target = pathlib.Path(folder) / model / str(version)
    target.mkdir(parents=True)
    for file in (repository / "models" / shipped / "1").iterdir():
        data = file.read_bytes()
        (target / file.name).write_bytes(renamed(data, model, version) if file.name == "model.json" else data)


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def files_below(*folders):
    """The files below folders, by path. Not the sockets that the runtime leaves when it is killed."""
    return {path for folder in folders for path in pathlib.Path(folder).rglob("*") if path.is_file()}
