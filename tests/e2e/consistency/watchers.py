"""Watchers that resume wherever they were, and write down every event."""
import asyncio
import json
import random

from wire import GONE, Connection
from writers import MAPS, PAUSE


class Watcher:
    """Stays with one server, or goes to another whenever a stream ends."""

    def __init__(self, number, servers, contexts, revision, log):
        self.number, self.servers, self.contexts = number, servers, contexts
        self.random = random.Random(1000 + number)
        self.revision = revision
        self.log = log
        self.resumes = 0

    def server(self):
        if self.number < len(self.servers):
            return self.number  # one each; the others roam
        return self.random.randrange(len(self.servers))

    def take(self, line):
        event = json.loads(line)
        kind, metadata = event["type"], event["object"]["metadata"]
        if kind == "ERROR":
            raise AssertionError(f"a watcher was told {event}")
        self.revision = metadata["resourceVersion"]
        if kind != "BOOKMARK":
            self.log.write(json.dumps([int(self.revision), kind, metadata["name"], metadata["uid"],
                                       event["object"]["data"]["token"]]) + "\n")

    async def run(self, until):
        """Until the event of the revision that `until` holds, once it is set."""
        while not 0 < until.value <= int(self.revision):
            chosen = self.server()
            connection = Connection(self.servers[chosen], self.contexts[chosen])
            try:
                async for line in connection.lines(
                        f"{MAPS}?watch=true&allowWatchBookmarks=true&timeoutSeconds={self.random.randint(3, 20)}"
                        f"&resourceVersion={self.revision}"):
                    self.take(line)
            except GONE:
                await asyncio.sleep(PAUSE)
            finally:
                connection.close()
            self.resumes += 1


def run_watchers(numbers, servers, revision, until, file):
    """The body of a process: several watchers, each with a log of its own."""
    async def all_of_them():
        contexts = [server.context() for server in servers]
        logs = [open(f"{file}.{number}", "w", encoding="utf-8") for number in numbers]
        watchers = [Watcher(number, servers, contexts, revision, log) for number, log in zip(numbers, logs)]
        await asyncio.gather(*(watcher.run(until) for watcher in watchers))
        for log in logs:
            log.close()
        with open(f"{file}.resumes", "w", encoding="utf-8") as out:
            out.write(str(sum(watcher.resumes for watcher in watchers)))
    asyncio.run(all_of_them())
