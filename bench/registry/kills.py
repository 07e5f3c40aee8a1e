#!/usr/bin/env python3
"""One round of kills.sh: looks whether a server is as it must be after it was killed, changes its models, and kills it again.

usage: kills.py <url> <process> <seed> <state file> <data folder> <folder for temporary files> [<command that lists the bundles in the database>]

What a server must hold is computed here, change by change, and kept in the state file from round to round; after a kill it may hold
either what was before the last change or what is after it. Prints a line about the round, and one for each fault.
"""
import copy
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import threading
import time

import client

SHIPPED = "breast-cancer"
UPLOADED, FOLDER = "uploaded", "folder"     # two models: one that comes and goes, and one with two versions in the folder of models
LONGEST = 2.5           # s, from the first change to the kill
PATIENCE = 60           # s, for what goes on after a start
MOST_VERSIONS = 4
# What the server keeps by itself, relative to the data folder.
OWN_FILES = re.compile(r"modelapi\.db(-wal|-shm|\.lock)?|(bundles|cache)/\.lock|incoming/[0-9a-f]{32}/\.lock")


def fault(text):
    print(f"fault: {text}", flush=True)


# ---- What a server must hold ----

def no_model():
    return {"versions": {}, "aliases": {}, "served": [], "rollout": None, "is_disabled": False}


def production(model):
    return next((number for number, version in model["versions"].items() if version["stage"] == "Production"), None)


def promote(state, name, number, is_rollback=False):
    model = state[name]
    before = production(model)
    if before is not None and before != number:
        model["versions"][before]["stage"] = "Archived"
    model["versions"][number]["stage"] = "Production"
    if before == number:
        return
    if is_rollback:
        del model["served"][len(model["served"]) - model["served"][::-1].index(number):]
    else:
        model["served"].append(number)
    if model["rollout"] == number:
        model["rollout"] = None


def rollback_target(model):
    """The version that was in production before, or None."""
    return next((number for number in reversed(model["served"][:-1])
                 if number != production(model) and number in model["versions"] and not model["versions"][number]["is_disabled"]), None)


def shown(state):
    """A state as a server describes it."""
    return {name: {
        "production": None if model["is_disabled"] else production(model),
        "is_disabled": model["is_disabled"],
        "aliases": model["aliases"],
        "rollout": model["rollout"],
        "versions": {number: [version["stage"], "disabled" if version["is_disabled"] or model["is_disabled"] else "ready"]
                     for number, version in model["versions"].items()},
    } for name, model in state.items() if model["versions"]}


def digests(state):
    """The archives that versions need, by digest: the model and the number."""
    return {version["digest"]: (name, number) for name, model in state.items() for number, version in model["versions"].items()
            if version["digest"]}


# ---- Changes: each gives a description, how the state is after it, and the call that makes it ----

def slowly(content, seconds):
    """The bytes in pieces, so that a kill comes in between."""
    size = len(content) // 20 + 1
    for begin in range(0, len(content), size):
        yield content[begin:begin + size]
        time.sleep(seconds / 20)


def changes(state, chance, counter):
    """All changes that can be made now, by kind."""
    found = {}

    def add(kind, name, method, path, body, edit, content_type="application/json"):
        after = copy.deepcopy(state)
        edit(after)
        found.setdefault(kind, []).append((f"{kind} {name}", after, method, f"/models/{name}{path}", body, content_type))

    model = state[UPLOADED]
    if len(model["versions"]) < MOST_VERSIONS:
        number = str(counter)
        content = client.archive(SHIPPED, UPLOADED, number)
        body = slowly(content, chance.uniform(0, 0.6)) if chance.random() < 0.5 else content
        add("upload", UPLOADED, "PUT", f"/versions/{number}" + chance.choice(["", "?wait=true"]), body,
            lambda after: after[UPLOADED]["versions"].update(
                {number: {"stage": "None", "is_disabled": False, "digest": client.sha256(content)}}), "application/zip")
    if model["versions"] and chance.random() < 0.1:
        add("delete-model", UPLOADED, "DELETE", "", None, lambda after: after[UPLOADED].update(
            {**no_model(), "served": after[UPLOADED]["served"]}))

    for name, model in state.items():
        enabled = [number for number, version in model["versions"].items() if not version["is_disabled"]]
        for number in enabled:
            if number != production(model):
                add("promote", name, "POST", f"/versions/{number}/stage?force=true", {"stage": "Production"},
                    lambda after, name=name, number=number: promote(after, name, number))
            if production(model) not in (None, number):
                add("rollout", name, "PUT", "/rollout",
                    {"version": number, **chance.choice([{"mode": "shadow"}, {"mode": "canary", "percent": 20}])},
                    lambda after, name=name, number=number: after[name].update(rollout=number))
            add("alias", name, "PUT", "/aliases/champion", {"version": number},
                lambda after, name=name, number=number: after[name]["aliases"].update(champion=number))
        if target := rollback_target(model):
            add("rollback", name, "POST", "/rollback", None,
                lambda after, name=name, target=target: promote(after, name, target, is_rollback=True))
        if model["rollout"]:
            add("end-rollout", name, "DELETE", "/rollout", None, lambda after, name=name: after[name].update(rollout=None))
        for number, version in model["versions"].items():
            if number in (production(model), model["rollout"]) or number in model["aliases"].values():
                continue
            action = "enable" if version["is_disabled"] else "disable"
            add(action, name, "POST", f"/versions/{number}/{action}", None,
                lambda after, name=name, number=number: after[name]["versions"][number].update(
                    is_disabled=not after[name]["versions"][number]["is_disabled"]))
            if name == UPLOADED:
                add("delete", name, "DELETE", f"/versions/{number}", None, lambda after, number=number: after[UPLOADED]["versions"].pop(number))
    return found


def change_until_killed(server, state, process, chance, counter):
    """Changes models until the server is killed. Returns the states that it may have, the change in flight, and the next number."""
    kill = threading.Timer(chance.uniform(0.02, LONGEST), lambda: os.kill(process, signal.SIGKILL))
    kill.start()
    made = 0

    # Uploads take so long that few kills would fall into anything else.
    uploads = not state[UPLOADED]["versions"] or chance.random() < 0.35
    while True:
        choices = changes(state, chance, counter)
        if not uploads:
            choices.pop("upload", None)
        kinds = list(choices)
        what, after, method, path, body, content_type = chance.choice(
            choices[chance.choices(kinds, [4 if kind == "upload" else 1 for kind in kinds])[0]])
        try:
            if what.startswith(("promote", "rollback", "rollout", "end-rollout")):
                server.wait_settled(path.split("/")[2])
        except client.Gone:
            return [state], "between changes", counter, made
        counter += what.startswith("upload")
        try:
            status, _, answer = server.call(method, path, body, content_type)
        except client.Gone as gone:
            return ([state, after] if gone.was_sent else [state]), what if gone.was_sent else "between changes", counter, made
        if status not in (200, 201, 202):
            fault(f"{method} {path} was answered {status}: {json.dumps(answer)[:500]}; state {json.dumps(shown(state))}")
            kill.cancel()
            os.kill(process, signal.SIGKILL)
            return [state], "refused", counter, made
        state, made = after, made + 1


# ---- What a server holds ----

def look(server):
    """How the server describes itself, without versions that are being loaded."""
    status, _, answer = server.call("GET", "/models")
    if status != 200:
        return None
    found = {}
    for model in answer["models"]:
        if model["name"] not in (UPLOADED, FOLDER):
            continue
        status, _, rollout = server.call("GET", f"/models/{model['name']}/rollout")
        found[model["name"]] = {
            "production": model["production"], "is_disabled": model["disabled"], "aliases": model["aliases"],
            "rollout": rollout["version"] if status == 200 else None,
            "versions": {version["version"]: [version["stage"], version["state"]] for version in model["versions"]},
        }
    return found


def check_answers(server, golden, states):
    """Whether nobody answers who should not. Returns whether production can be asked already."""
    for name in (UPLOADED, FOLDER):
        allowed = {production(state[name]) for state in states} | {state[name]["rollout"] for state in states}
        status, version, is_right = golden.ask(server, f"/models/{name}/predict")
        if status == 200 and (version not in allowed or not is_right):
            fault(f"version {version} of {name} has answered, right: {is_right}; allowed: {sorted(map(str, allowed))}")
        if status == 500:
            fault(f"a prediction of {name} was answered 500")


def expected_files(state, data):
    """Patterns of all files that the data folder may hold."""
    inside = {entry.name for entry in (client.repository / "models" / SHIPPED / "1").iterdir()}
    allowed = set()
    for digest, (name, number) in digests(state).items():
        folder = data / "unpacked" / digest / name
        allowed |= {data / "bundles" / digest, data / "cache" / digest, folder / f"{number}.proved"}
        allowed |= {folder / number / file for file in inside}
    return allowed


def orphans(state, data, temporary, list_command):
    found = [str(path.relative_to(data)) for path in client.files_below(data) - expected_files(state, data)
             if not OWN_FILES.fullmatch(str(path.relative_to(data)))]
    work = [path for path in (data / "incoming").glob("*") if path.is_dir()]
    if len(work) > 1:
        found.append(f"{len(work)} folders in incoming")
    wanted = digests(state)
    unpacked = {path.name for path in (data / "unpacked").glob("*")} - set(wanted)
    found += [f"unpacked/{name}" for name in unpacked]
    found += [str(path) for path in client.files_below(temporary)]
    if list_command:
        kept = subprocess.run(list_command, capture_output=True, text=True, check=True).stdout.split()
        found += [f"bundle {digest} in the database" for digest in kept if digest not in wanted]
        found += [f"no bundle {digest} in the database" for digest in wanted if digest not in kept]
    return found


def settle(server, golden, states, data, temporary, list_command):
    """Waits until the server is in one of the states, with no file beyond it, and returns that state and its place in the list."""
    end, found = time.monotonic() + PATIENCE, None
    while time.monotonic() < end:
        check_answers(server, golden, states)
        found = look(server)
        index = next((index for index, state in enumerate(states) if shown(state) == found), None)
        if index is not None:
            break
        time.sleep(0.05)
    else:
        fault(f"the registry is {json.dumps(found)}; allowed: {json.dumps([shown(state) for state in states])}")
        return None, None

    state = states[index]
    for name, model in state.items():
        for number, version in model["versions"].items():
            status, answered, is_right = golden.ask(server, f"/models/{name}/versions/{number}/predict")
            if (status, answered, is_right) != ((503, None, False) if version["is_disabled"] else (200, number, True)):
                fault(f"version {number} of {name}: {status}, answered by {answered}, right: {is_right}")
    left = orphans(state, data, temporary, list_command)
    while left and time.monotonic() < end:
        time.sleep(0.2)
        left = orphans(state, data, temporary, list_command)
    for path in left:
        fault(f"orphaned: {path}")
    return state, index


def begin(server):
    """The first state: both versions of the folder, the first one in production."""
    server.wait_settled(FOLDER)
    server.set_stage(FOLDER, "1")
    versions = {number: {"stage": stage, "is_disabled": False, "digest": None} for number, stage in (("1", "Production"), ("2", "Archived"))}
    return {UPLOADED: no_model(), FOLDER: {**no_model(), "versions": versions, "served": ["2", "1"]}}


def main():
    url, process, seed, file, data, temporary, *list_command = sys.argv[1:]
    server, golden, chance = client.Server(url), client.Golden(SHIPPED), random.Random(seed)
    data, file = pathlib.Path(data), pathlib.Path(file)
    kept = json.loads(file.read_text()) if file.exists() else {"states": [begin(server)], "counter": 1, "what": "nothing"}
    started = time.monotonic()
    state, index = settle(server, golden, kept["states"], data, temporary, list_command)
    settled = time.monotonic() - started
    if state is None:
        sys.exit(2)
    outcome = ("before" if index == 0 else "after") if len(kept["states"]) > 1 else "same"
    states, what, counter, made = change_until_killed(server, state, int(process), chance, kept["counter"])
    file.write_text(json.dumps({"states": states, "counter": counter, "what": what}))
    print(f"round: killed-during={kept['what'].replace(' ', ':')} found={outcome} settled_s={settled:.1f} next-changes={made} "
          f"versions={sum(len(model['versions']) for model in state.values())}")


main()
