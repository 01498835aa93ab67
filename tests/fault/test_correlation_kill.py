"""Kill -9 of the server in the middle of a brute-force sequence over HTTP: exactly one alert for each sequence, none lost."""
import http.client
import json
import os
import random
import threading
import time
import urllib.parse

from lib import program, session

ROUNDS = int(os.environ.get("NOROSHI_KILL_SEQUENCES", "20"))
FAILURES = 12  # of one sequence; the rule wants ten
SEED = 20261121
RULES = """title: Failed sign-in
name: failed
id: 11111111-2222-4333-8444-555555555555
logsource: {product: windows}
level: low
detection: {s: {EventID: 4625}, condition: s}
---
title: Brute force
id: 21111111-2222-4333-8444-555555555555
level: high
correlation: {type: event_count, rules: [failed], group-by: [IpAddress], timespan: 10m, condition: {gte: 10}}
"""


def post(server, token, number, i, at):
    """One failed sign-in. What was not acknowledged is sent again later, as a sender does."""
    event = {"product": "windows", "EventID": 4625, "Computer": "DC-1", "IpAddress": f"203.0.113.{number + 1}", "TargetUserName": f"user{i}",
             "@timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))}
    place = urllib.parse.urlsplit(server.url)
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=10)
    try:
        connection.request("POST", "/api/v1/events", (json.dumps(event) + "\n").encode(),
                           {"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"})
        return connection.getresponse().status // 100 == 2
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def test_one_alert_for_each_sequence_through_twenty_kills(tmp_path):
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "brute.yml").write_text(RULES)
    server = program.Server(tmp_path / "server", settings={"detect.rules": str(rules), "detect.starter_rules": "false", "detect.lateness": 2})
    server.start()
    try:
        who = session.set_up(server)
        token = session.make_token(who, "event.write")
        dice = random.Random(SEED)
        for number in range(ROUNDS):
            power_cut = threading.Timer(dice.uniform(0.0, 0.05), server.kill)
            power_cut.start()
            at, sent = time.time(), 0
            while sent < FAILURES:
                if post(server, token, number, sent, at):
                    sent += 1
                elif not power_cut.is_alive():
                    server.start()
            power_cut.join()
            if server.process.poll() is not None:
                server.start()
        deadline = time.monotonic() + 40
        while True:
            found = who.get("/api/v1/alerts?limit=200", Accept="application/json").json()["alerts"]
            if len(found) >= ROUNDS or time.monotonic() > deadline:
                break
            time.sleep(0.3)
        time.sleep(3)
        found = who.get("/api/v1/alerts?limit=200", Accept="application/json").json()["alerts"]
        assert len(found) == ROUNDS, (len(found), server.output()[-2000:])
        groups = set()
        for alert in found:
            matches = who.get(f"/api/v1/alerts/{alert['id']}/context", Accept="application/json").json()["correlation"]["matches"]
            assert len(matches) == 1, matches
            groups.add(matches[0]["group"][0][1])
        assert groups == {f"203.0.113.{n + 1}" for n in range(ROUNDS)}
    finally:
        server.kill()
