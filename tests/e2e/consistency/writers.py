"""Clients that create, change and delete, and remember what they were told."""
import asyncio
import json
import random

from wire import GONE, Connection

SPACE = "load"
MAPS = f"/api/v1/namespaces/{SPACE}/configmaps"
PAUSE = 0.05  # seconds, after a server went away


def path_of(name):
    return f"{MAPS}/{name}"


class Client:
    """One of many, with objects of its own and a taste for those of others."""

    def __init__(self, number, names, servers, contexts, notes, counter):
        self.number, self.servers, self.contexts = number, servers, contexts
        self.random = random.Random(number)
        self.names = names
        self.own = [name for index, name in enumerate(names) if index % 16 == number % 16] or names
        self.known = {}  # name -> (uid, resourceVersion), None when there is none
        self.notes = notes  # one JSON document a line: what was tried, and how it ended
        self.counter = counter  # of acknowledged writes, over all clients
        self.sequence = 0
        self.connection = None

    async def call(self, *arguments):
        """(status, document); status 0 when nobody knows."""
        if not self.connection:
            chosen = self.random.randrange(len(self.servers))
            self.connection = Connection(self.servers[chosen], self.contexts[chosen])
        try:
            return await self.connection.call(*arguments)
        except GONE:
            self.connection.close()
            self.connection = None
            await asyncio.sleep(PAUSE)
            return 0, {}

    async def look(self, name):
        """What there is now; asks until somebody knows."""
        while True:
            status, document = await self.call("GET", path_of(name))
            if status == 200:
                metadata = document["metadata"]
                self.known[name] = (metadata["uid"], metadata["resourceVersion"])
                return
            if status == 404:
                self.known[name] = None
                return
            await asyncio.sleep(PAUSE)

    def note(self, verb, token, uid, status, revision):
        outcome = "acknowledged" if 200 <= status < 300 else "refused" if 400 <= status < 500 else "unknown"
        self.notes.write(json.dumps([verb, token, uid, outcome, revision]) + "\n")
        if outcome == "acknowledged":
            with self.counter.get_lock():
                self.counter.value += 1
        return outcome

    async def write(self):
        name = self.random.choice(self.own if self.random.random() < 0.9 else self.names)
        if name not in self.known:
            await self.look(name)
        self.sequence += 1
        token = f"{self.number}-{self.sequence}"
        uid, version = self.known[name] or ("", "")
        document = {"apiVersion": "v1", "kind": "ConfigMap", "data": {"token": token}, "metadata": {"name": name}}
        if not uid:
            verb = "create"
            status, answer = await self.call("POST", MAPS, document)
        elif self.random.random() < 0.75:
            verb = "update"
            document["metadata"] |= {"uid": uid, "resourceVersion": version}
            status, answer = await self.call("PUT", path_of(name), document)
        else:
            verb = "delete"
            status, answer = await self.call("DELETE", path_of(name), {"preconditions": {
                "uid": uid, "resourceVersion": version}})
        done = self.note(verb, token, uid, status, answer.get("metadata", {}).get("resourceVersion"))
        if done != "acknowledged":
            await self.look(name)
        elif verb == "delete":
            self.known[name] = None
        else:
            self.known[name] = (answer["metadata"]["uid"], answer["metadata"]["resourceVersion"])

    async def run(self, wanted):
        while self.counter.value < wanted:
            await self.write()
        if self.connection:
            self.connection.close()


def run_writers(numbers, names, servers, counter, wanted, file):
    """The body of a process: several clients until `wanted` writes are acknowledged in all."""
    async def all_of_them():
        contexts = [server.context() for server in servers]
        with open(file, "w", encoding="utf-8") as notes:
            clients = [Client(number, names, servers, contexts, notes, counter) for number in numbers]
            await asyncio.gather(*(client.run(wanted) for client in clients))
    asyncio.run(all_of_them())
