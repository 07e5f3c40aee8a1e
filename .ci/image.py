#!/usr/bin/env python3
"""Proves the Dockerfile without a container engine.

Runs every stage of ./Dockerfile in a folder of its own (COPY copies, RUN runs), starts the final stage's ENTRYPOINT there as
an unprivileged user in Production with a key made up on the spot, waits until the HEALTHCHECK command succeeds, asks for a
prediction, runs the command that was given (with MODELAPI_URL and MODELAPI_KEY set), stops the server with SIGTERM and
requires exit code 0.

usage: .ci/image.py [command ...]
"""
import glob
import hashlib
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

UID = 1654  # APP_UID of the .NET images


def instructions(dockerfile):
    """Yields (keyword, arguments), with continued lines joined and comments left out."""
    lines = [line for line in open(dockerfile, encoding="utf-8") if not line.startswith("#")]
    for line in re.sub(r"\\\n", " ", "".join(lines)).splitlines():
        if line.strip():
            keyword, _, arguments = line.strip().partition(" ")
            yield keyword, arguments.strip()


class Stage:
    def __init__(self, root, arguments):
        self.root, self.variables, self.workdir = root, dict(arguments), "/"
        self.entrypoint = self.healthcheck = None
        self.user = "root"
        os.makedirs(root)

    def path(self, inside):
        return os.path.normpath(self.root + "/" + os.path.join(self.workdir, inside))

    def copy(self, source_root, arguments):
        *sources, target = arguments.split()
        target = self.path(target) if not target.endswith("/") and len(sources) == 1 else self.path(target) + "/"
        for pattern in sources:
            matches = glob.glob(os.path.join(source_root, pattern.lstrip("/")))
            if not matches:
                sys.exit(f"COPY {arguments}: nothing is called {pattern}")
            for match in matches:
                if os.path.isdir(match):
                    shutil.copytree(match, target, dirs_exist_ok=True)
                else:
                    os.makedirs(os.path.dirname(target) if not target.endswith("/") else target, exist_ok=True)
                    shutil.copy2(match, target)

    def run(self, command):
        # An absolute path of the image is one below the stage's folder here.
        command = command.replace(" /app", f" {self.root}/app")
        print(f"RUN {command}", flush=True)
        subprocess.run(command, shell=True, check=True, cwd=self.path("."), env={**os.environ, **self.variables})


def build(dockerfile, context, folder):
    stages, stage = {}, None
    for keyword, arguments in instructions(dockerfile):
        if keyword == "FROM":
            words = [word for word in arguments.split() if not word.startswith("--")]
            name = words[2] if len(words) == 3 else "final"
            stage = stages[name] = Stage(os.path.join(folder, name), {})
        elif keyword in ("ARG", "ENV"):
            name, _, value = arguments.partition("=")
            stage.variables[name] = value
        elif keyword == "WORKDIR":
            stage.workdir = arguments
            os.makedirs(stage.path("."), exist_ok=True)
        elif keyword == "COPY":
            match = re.match(r"--from=(\S+) (?:--chown=\S+ )?(.*)", arguments)
            stage.copy(stages[match[1]].root, match[2]) if match else stage.copy(context, arguments)
            if "--chown=" in arguments and os.geteuid() == 0:
                os.chown(stage.path(arguments.split()[-1]), UID, UID)
        elif keyword == "RUN":
            stage.run(arguments)
        elif keyword == "USER":
            stage.user = arguments
        elif keyword == "HEALTHCHECK":
            stage.healthcheck = json.loads(arguments[arguments.index("["):])
        elif keyword == "ENTRYPOINT":
            stage.entrypoint = json.loads(arguments)
        elif keyword not in ("EXPOSE", "VOLUME"):
            sys.exit(f"{keyword} is not known here")
    return stage


def checkout(folder):
    """Copies what a clone would hold: neither builds nor node_modules."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], capture_output=True, check=True)
    for file in listed.stdout.decode().split("\0"):
        if file and os.path.exists(file):
            os.makedirs(os.path.dirname(os.path.join(folder, file)), exist_ok=True)
            shutil.copy2(file, os.path.join(folder, file))
    return folder


def predict(url, key, row):
    request = urllib.request.Request(
        f"{url}/predict", json.dumps(row).encode(), {"Authorization": f"Bearer {key}", "Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


def main():
    os.chdir(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        context = os.path.join(folder, "context")
        final = build("Dockerfile", checkout(context), folder)
        if final.user in ("root", "0", ""):
            sys.exit("The final stage runs as root.")
        size = sum(os.path.getsize(os.path.join(path, file)) for path, _, files in os.walk(final.root) for file in files)
        print(f"The final stage adds {size / 1e6:.0f} MB to its base image.")

        key = secrets.token_hex(16)
        url = f"http://localhost:{final.variables['ASPNETCORE_HTTP_PORTS']}"
        environment = {
            "DOTNET_ROOT": os.environ.get("DOTNET_ROOT", ""),
            "PATH": os.environ["PATH"],
            "HOME": "/nonexistent",
            **final.variables,
            "Identity__ApiKeys__0__User": "ci",
            "Identity__ApiKeys__0__Sha256": hashlib.sha256(key.encode()).hexdigest(),
            "Limits__DrainSeconds": "0",
        }
        # Who is not root is unprivileged already.
        unprivileged = ["setpriv", f"--reuid={UID}", f"--regid={UID}", "--clear-groups"] if os.geteuid() == 0 else []
        unprivileged += ["env", "-i"]
        unprivileged += [f"{name}={value}" for name, value in environment.items() if value]
        log = open(os.path.join(folder, "server.log"), "w+", encoding="utf-8")
        server = subprocess.Popen(unprivileged + final.entrypoint, cwd=final.path("."), stdout=log, stderr=log)
        try:
            healthy = lambda: subprocess.run(
                unprivileged + final.healthcheck, cwd=final.path("."), capture_output=True).returncode == 0
            deadline = time.monotonic() + 30
            while not healthy():
                if server.poll() is not None or time.monotonic() > deadline:
                    log.seek(0)
                    sys.exit(f"The server did not become healthy:\n{log.read()}")
                time.sleep(0.2)
            with open("models/bank/1/golden.jsonl", encoding="utf-8") as golden:
                row = json.loads(golden.readline())
            answer = predict(url, key, row["input"])
            if answer["prediction"] != row["label"] or answer["username"] != "ci":
                sys.exit(f"Not the trainer's answer: {answer}")
            print(f"As an unprivileged user, from the final stage alone: {answer}", flush=True)
            change = urllib.request.Request(
                f"{url}/models/bank/versions/1/stage", b'{"stage":"Production"}',
                {"Authorization": f"Bearer {key}", "Content-Type": "application/json"})
            with urllib.request.urlopen(change, timeout=10) as response:
                print(f"The data folder takes changes: {json.load(response)['action']}", flush=True)
            if len(sys.argv) > 1:
                subprocess.run(sys.argv[1:], check=True, env={**os.environ, "MODELAPI_URL": url, "MODELAPI_KEY": key})
        finally:
            server.send_signal(signal.SIGTERM)
            code = server.wait(timeout=60)
        if code != 0:
            sys.exit(f"After SIGTERM the server ended with {code}.")


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f"Failed with {error.returncode}: {error.cmd}")
