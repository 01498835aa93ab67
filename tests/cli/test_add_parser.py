"""What a user does to read a new text log: the steps of docs/howto/add-parser, taken from the pages themselves."""
import json
import os
import re

import pytest

from lib import program

HOWTO = os.path.join(program.ROOT, "docs", "howto")


@pytest.fixture(params=["en", "ja"])
def steps(request, tmp_path):
    with open(os.path.join(HOWTO, f"add-parser.{request.param}.md"), encoding="utf-8") as f:
        parser, rule = re.findall(r"```yaml\n(.*?)```", f.read(), re.S)
    (tmp_path / "content" / "parsers").mkdir(parents=True)
    (tmp_path / "content" / "parsers" / "vpnbox.yaml").write_text(parser, encoding="utf-8")
    (tmp_path / "vpn.yml").write_text(rule, encoding="utf-8")
    (tmp_path / "vpn.log").write_text(
        'Nov 21 07:08:20 branch1 vpnd[77]: login failed user="eve" from 198.51.100.7 port 4500\n'
        'Nov 21 07:08:21 branch1 vpnd[77]: login ok user="bob" from 198.51.100.8\n')
    return tmp_path


def test_the_pages_steps_work(steps):
    checked = program.run("content", "check", "--data", steps)
    assert checked.status == 0, checked.out
    found = program.run("detect", "--data", steps, "--rules", steps / "vpn.yml", "--json", steps / "vpn.log")
    matches = [json.loads(line) for line in found.out.splitlines()]
    assert len(matches) == 1
    event = matches[0]["event"]
    assert (event["user"], event["src_ip"], event["noroshi.parser"]) == ("eve", "198.51.100.7", "vpnbox")


def test_a_sample_that_fails_is_named_with_its_line(steps):
    path = steps / "content" / "parsers" / "vpnbox.yaml"
    text = path.read_text(encoding="utf-8").replace("src_ip: 198.51.100.7", "src_ip: 198.51.100.9")
    path.write_text(text, encoding="utf-8")
    line = next(i for i, s in enumerate(text.splitlines(), 1) if "198.51.100.9" in s)
    checked = program.run("content", "check", "--data", steps)
    assert checked.status != 0
    assert re.search(rf"vpnbox\.yaml:{line}:\d+: .*src_ip.*198\.51\.100\.7.*198\.51\.100\.9", checked.out), checked.out


def test_a_document_of_records_is_read_record_by_record(tmp_path):
    record = '{"eventVersion":"1.08","eventSource":"cloudtrail.amazonaws.com","awsRegion":"x","eventName":"%s"}'
    (tmp_path / "trail.json").write_text('{"Records":[' + ",".join(record % n for n in ("StopLogging", "LookupEvents")) + "]}")
    (tmp_path / "r.yml").write_text("title: t\nlogsource: {product: aws, service: cloudtrail}\n"
                                    "detection: {s: {eventName: StopLogging}, condition: s}\n")
    done = program.run("detect", "--rules", tmp_path / "r.yml", "--json", "--stats", tmp_path / "trail.json")
    assert len(done.out.splitlines()) == 1
    assert json.loads(done.err.strip().splitlines()[-1])["events"] == 2
