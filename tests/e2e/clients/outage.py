"""A server that goes away and comes back, with its past or without it."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from harness import ROOT, Api, Controller, wait_until  # noqa: E402,F401

MAPS = "/api/v1/namespaces/default/configmaps"


def crash(controller):
    controller.kill()
    controller.start()


def forget_the_past(controller, revision):
    """A crash after which nobody can watch from `revision` on."""
    api = Api(controller)
    for value in ("1", "2"):
        status, answer = api.call("POST", MAPS, {"apiVersion": "v1", "kind": "ConfigMap", "data": {"v": value},
                                                 "metadata": {"generateName": "ballast-"}})
        assert status == 201, answer
    controller.kill()
    with Controller(["--history=1"], data=controller.data) as other:
        api = Api(other)
        wait_until("the history is compacted", lambda: "Expired" in str(api.call(
            "GET", f"{MAPS}?resourceVersionMatch=Exact&resourceVersion={revision}")[1]))
    controller.start()
