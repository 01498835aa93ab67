"""Kill -9 during intake, a hundred times: nothing that was acknowledged is lost, and nothing is there twice."""
import http.client
import json
import os
import random
import threading
import time
import urllib.parse

import pytest

from lib import program, session

ROUNDS = int(os.environ.get("NOROSHI_KILL_ROUNDS", "100"))
SECONDS_MAX = 420
SENDERS = 2
EVENTS_A_BODY = 20
SEED = 20261121


class Sender(threading.Thread):
    """Posts bodies of numbered events until the server goes away; keeps the numbers that were acknowledged."""

    def __init__(self, port, token, first):
        super().__init__(daemon=True)
        self.port, self.token, self.next = port, token, first
        self.acknowledged, self.refusals = [], []

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            while True:
                numbers = range(self.next, self.next + EVENTS_A_BODY)
                self.next += EVENTS_A_BODY
                body = "".join(json.dumps({"@timestamp": "2026-11-21T09:00:00Z", "message": f"power-cut-{n:09d}"}) + "\n" for n in numbers)
                connection.request("POST", "/api/v1/events", body.encode(),
                                   {"Authorization": f"Bearer {self.token}", "Content-Type": "application/x-ndjson"})
                reply = connection.getresponse()
                reply.read()
                if reply.status // 100 == 2:
                    self.acknowledged += numbers
                else:
                    self.refusals.append(reply.status)
                    return
        except (OSError, http.client.HTTPException):
            return


def kept_numbers(who):
    """The numbers of all events in the archive, through the API, page by page."""
    found, path = [], "/api/v1/events?" + urllib.parse.urlencode({"limit": 1000})
    while path:
        reply = who.get(path, Accept="application/json")
        assert reply.status == 200, reply
        text = reply.body.decode(errors="replace")
        found += [int(part[:9]) for part in text.split("power-cut-")[1:]]
        cursor = reply.json().get("next_cursor") or reply.json().get("next")
        path = "/api/v1/events?" + urllib.parse.urlencode({"limit": 1000, "cursor": cursor}) if cursor else None
    return found


@pytest.mark.slow
def test_nothing_acknowledged_is_lost(server):
    chance = random.Random(SEED)
    who = session.set_up(server)
    token = session.make_token(who, "event.write")
    acknowledged, began, rounds = [], time.monotonic(), 0
    while rounds < ROUNDS and time.monotonic() - began < SECONDS_MAX:
        senders = [Sender(server.http, token, (rounds * SENDERS + i) * 100_000) for i in range(SENDERS)]
        for s in senders:
            s.start()
        time.sleep(chance.uniform(0.01, 0.15))
        server.kill()
        for s in senders:
            s.join(30)
            assert not s.is_alive() and not s.refusals, s.refusals
            acknowledged += s.acknowledged
        rounds += 1
        server.start()
    assert rounds == ROUNDS, f"only {rounds} rounds in {SECONDS_MAX} s"
    assert len(acknowledged) > ROUNDS * EVENTS_A_BODY, "too little was acknowledged for this test to mean anything"
    kept = kept_numbers(who)
    lost = set(acknowledged) - set(kept)
    assert not lost, f"{len(lost)} of {len(acknowledged)} acknowledged events are lost, the first: {sorted(lost)[:5]}"
    assert len(kept) == len(set(kept)), f"{len(kept) - len(set(kept))} events are there twice"
    print(f"{rounds} rounds, {len(acknowledged)} events acknowledged, {len(kept)} kept")
    server.stop()
    assert program.run("audit", "verify", "--data", server.data).status == 0
