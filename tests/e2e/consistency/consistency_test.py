#!/usr/bin/env python3
"""Three API servers on one PostgreSQL behind pgbouncer, random writes, kill -9 of each in turn.

At the end every watcher has seen every committed change once and in order, and no
acknowledged write is missing.  BERTH_WRITES=100000 makes the long run of it.
"""
import collections
import json
import multiprocessing
import os
import pathlib
import shutil
import tempfile
import time
import unittest

from watchers import run_watchers
from world import World, wait_until
from writers import MAPS, run_writers

WRITES = int(os.environ.get("BERTH_WRITES", 5000))
KILLS = max(5, WRITES // 5000)  # each of the five at least once
PROCESSES, CLIENTS = 2, 12
WATCHERS = 2  # per server: one stays with it, one roams
NAMES = [f"object-{number}" for number in range(400)]


class ConsistencyTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="berth-consistency-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def spawn(self, target, *arguments):
        process = multiprocessing.get_context("fork").Process(target=target, args=arguments, daemon=True)
        process.start()
        self.addCleanup(process.kill)
        return process

    def chaos(self, world, counter):
        """Kills one after the other while the writes go on; how often, by name."""
        killed = collections.Counter()
        victims = list(world.victims().items())
        for number in range(KILLS):
            mark = WRITES * (number + 1) // (KILLS + 1)
            wait_until(f"{mark} writes", lambda: counter.value >= mark, 600)
            name, crash = victims[number % len(victims)]
            crash()
            killed[name] += 1
        return killed

    def test_every_change_once_and_in_order(self):
        world = self.enterContext(World())
        servers = world.servers()
        counter, until = multiprocessing.Value("q", 0), multiprocessing.Value("q", 0)
        _, empty = world.apis[0].call("GET", MAPS)
        start = empty["metadata"]["resourceVersion"]
        watching = self.spawn(run_watchers, range(WATCHERS * len(servers)), servers, start, until, self.folder / "watch")
        began = time.monotonic()
        writing = [self.spawn(run_writers, range(number * CLIENTS, (number + 1) * CLIENTS), NAMES, servers, counter, WRITES,
                              self.folder / f"notes.{number}") for number in range(PROCESSES)]
        killed = self.chaos(world, counter)
        for process in writing:
            process.join(600)
            self.assertEqual(process.exitcode, 0)
        seconds = time.monotonic() - began
        # One last change, after which the watchers may go.
        status, last = world.apis[0].call("POST", MAPS, {"metadata": {"name": "last"}, "data": {"token": "last"}})
        self.assertEqual(status, 201)
        until.value = int(last["metadata"]["resourceVersion"])
        watching.join(120)
        self.assertEqual(watching.exitcode, 0)

        committed = world.committed()
        outcomes = self.check_writes(committed)
        self.check_watchers(committed)
        self.check_lists(world, committed)
        print(f"{counter.value} acknowledged writes in {seconds:.1f} s ({counter.value / seconds:.0f}/s), "
              f"{dict(outcomes)}, killed {dict(killed)}, {len(committed)} changes seen by {WATCHERS * len(servers)} "
              f"watchers with {(self.folder / 'watch.resumes').read_text()} resumes", flush=True)

    def check_writes(self, committed):
        """What was acknowledged is there, at its revision; what was refused is not."""
        at = {token: revision for revision, kind, _, _, token in committed if kind != "DELETED"}
        ended = {uid for _, kind, _, uid, _ in committed if kind == "DELETED"}
        outcomes = collections.Counter()
        notes = [json.loads(line) for file in self.folder.glob("notes.*") for line in file.read_text().splitlines()]
        deleted = [uid for verb, _, uid, outcome, _ in notes if (verb, outcome) == ("delete", "acknowledged")]
        self.assertEqual(len(deleted), len(set(deleted)), "a deletion was acknowledged twice")
        self.assertLessEqual(set(deleted), ended, "deletions are missing")
        open_ends = ended - set(deleted)  # deletions that nobody was told of
        for verb, token, uid, outcome, revision in notes:
            outcomes[outcome] += 1
            if outcome == "unknown":
                there = uid in open_ends if verb == "delete" else token in at
                if verb == "delete":
                    open_ends.discard(uid)
                outcomes["unknown, but done" if there else "unknown, and not done"] += 1
            elif verb == "delete":
                continue
            elif outcome == "acknowledged":
                self.assertEqual(at.get(token), int(revision), f"the {verb} {token} is missing")
            else:
                self.assertNotIn(token, at, f"the {verb} {token} was refused and made all the same")
        self.assertEqual(len(at), len([1 for _, kind, *_ in committed if kind != "DELETED"]), "a write was made twice")
        self.assertEqual(len(committed), outcomes["acknowledged"] + outcomes["unknown, but done"] + 1, "who wrote the rest?")
        return outcomes

    def check_watchers(self, committed):
        for log in sorted(self.folder.glob("watch.[0-9]*")):
            seen = [json.loads(line) for line in log.read_text().splitlines()]
            if seen != committed:
                index = next((i for i, (a, b) in enumerate(zip(seen, committed)) if a != b), min(len(seen), len(committed)))
                self.fail(f"{log.name}: {len(seen)} events for {len(committed)} changes; at {index}: "
                          f"{seen[index:index + 2]} for {committed[index:index + 2]}")

    def check_lists(self, world, committed):
        state = {}
        for revision, kind, name, _, token in committed:
            state[name] = (str(revision), token)
            if kind == "DELETED":
                del state[name]
        for api in world.apis:
            _, found = api.call("GET", MAPS)
            self.assertEqual({item["metadata"]["name"]: (item["metadata"]["resourceVersion"], item["data"]["token"])
                              for item in found["items"]}, state)


if __name__ == "__main__":
    unittest.main(verbosity=2)
