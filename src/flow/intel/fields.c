/* Which fields hold what: Sigma's names after mapping, and the raw names of sources that have no mapping. */
#include "flow/intel/internal.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/mem.h"

static const struct {
	str name;
	enum field_kind kind;
	str partner;
} rows[] = {
	{STR_INIT("DestinationIp"), KIND_IP, STR_INIT("DestinationPort")},
	{STR_INIT("SourceIp"), KIND_IP, STR_INIT("SourcePort")},
	{STR_INIT("DestAddress"), KIND_IP, STR_INIT("DestPort")},
	{STR_INIT("SourceAddress"), KIND_IP, STR_INIT("SourcePort")},
	{STR_INIT("IpAddress"), KIND_IP, STR_INIT("IpPort")},
	{STR_INIT("ClientAddress"), KIND_IP, STR_INIT("")},
	{STR_INIT("dst_ip"), KIND_IP, STR_INIT("dst_port")},
	{STR_INIT("src_ip"), KIND_IP, STR_INIT("src_port")},
	{STR_INIT("dest_ip"), KIND_IP, STR_INIT("dest_port")},
	{STR_INIT("id.orig_h"), KIND_IP, STR_INIT("id.orig_p")},
	{STR_INIT("id.resp_h"), KIND_IP, STR_INIT("id.resp_p")},
	{STR_INIT("source.ip"), KIND_IP, STR_INIT("source.port")},
	{STR_INIT("destination.ip"), KIND_IP, STR_INIT("destination.port")},
	{STR_INIT("c-ip"), KIND_IP, STR_INIT("")},
	{STR_INIT("s-ip"), KIND_IP, STR_INIT("s-port")},
	{STR_INIT("r-ip"), KIND_IP, STR_INIT("r-port")},
	{STR_INIT("client_ip"), KIND_IP, STR_INIT("")},
	{STR_INIT("sourceIPAddress"), KIND_IP, STR_INIT("")},
	{STR_INIT("callerIpAddress"), KIND_IP, STR_INIT("")},
	{STR_INIT("ClientIP"), KIND_IP, STR_INIT("")},
	{STR_INIT("client.ipAddress"), KIND_IP, STR_INIT("")},
	{STR_INIT("protoPayload.requestMetadata.callerIp"), KIND_IP, STR_INIT("")},
	{STR_INIT("DestinationHostname"), KIND_HOST, STR_INIT("DestinationPort")},
	{STR_INIT("SourceHostname"), KIND_HOST, STR_INIT("SourcePort")},
	{STR_INIT("QueryName"), KIND_HOST, STR_INIT("")},
	{STR_INIT("query"), KIND_HOST, STR_INIT("")},
	{STR_INIT("dns.question.name"), KIND_HOST, STR_INIT("")},
	{STR_INIT("dns.rrname"), KIND_HOST, STR_INIT("")},
	{STR_INIT("cs-host"), KIND_HOST, STR_INIT("")},
	{STR_INIT("r-dns"), KIND_HOST, STR_INIT("")},
	{STR_INIT("http.hostname"), KIND_HOST, STR_INIT("")},
	{STR_INIT("tls.sni"), KIND_HOST, STR_INIT("")},
	{STR_INIT("server_name"), KIND_HOST, STR_INIT("")},
	{STR_INIT("url.domain"), KIND_HOST, STR_INIT("")},
	{STR_INIT("destination.domain"), KIND_HOST, STR_INIT("destination.port")},
	{STR_INIT("c-uri"), KIND_URL, STR_INIT("cs-host")},
	{STR_INIT("cs-uri"), KIND_URL, STR_INIT("cs-host")},
	{STR_INIT("cs-uri-stem"), KIND_URL, STR_INIT("cs-host")},
	{STR_INIT("http.url"), KIND_URL, STR_INIT("http.hostname")},
	{STR_INIT("url"), KIND_URL, STR_INIT("")},
	{STR_INIT("Url"), KIND_URL, STR_INIT("")},
	{STR_INIT("url.full"), KIND_URL, STR_INIT("")},
	{STR_INIT("url.original"), KIND_URL, STR_INIT("url.domain")},
	{STR_INIT("RemoteName"), KIND_URL, STR_INIT("")},
	{STR_INIT("md5"), KIND_HASH, STR_INIT("")},
	{STR_INIT("sha1"), KIND_HASH, STR_INIT("")},
	{STR_INIT("sha256"), KIND_HASH, STR_INIT("")},
	{STR_INIT("file.hash.md5"), KIND_HASH, STR_INIT("")},
	{STR_INIT("file.hash.sha1"), KIND_HASH, STR_INIT("")},
	{STR_INIT("file.hash.sha256"), KIND_HASH, STR_INIT("")},
	{STR_INIT("process.hash.md5"), KIND_HASH, STR_INIT("")},
	{STR_INIT("process.hash.sha1"), KIND_HASH, STR_INIT("")},
	{STR_INIT("process.hash.sha256"), KIND_HASH, STR_INIT("")},
	{STR_INIT("fileinfo.sha256"), KIND_HASH, STR_INIT("")},
	{STR_INIT("Imphash"), KIND_HASH, STR_INIT("")},
	{STR_INIT("Hashes"), KIND_HASHES, STR_INIT("")},
	{STR_INIT("Hash"), KIND_HASHES, STR_INIT("")},
	{STR_INIT("TargetFilename"), KIND_FILE, STR_INIT("")},
	{STR_INIT("Image"), KIND_FILE, STR_INIT("")},
	{STR_INIT("ParentImage"), KIND_FILE, STR_INIT("")},
	{STR_INIT("ImageLoaded"), KIND_FILE, STR_INIT("")},
	{STR_INIT("OriginalFileName"), KIND_FILE, STR_INIT("")},
	{STR_INIT("SourceFilename"), KIND_FILE, STR_INIT("")},
	{STR_INIT("FileName"), KIND_FILE, STR_INIT("")},
	{STR_INIT("fileinfo.filename"), KIND_FILE, STR_INIT("")},
	{STR_INIT("file.name"), KIND_FILE, STR_INIT("")},
	{STR_INIT("c-useragent"), KIND_AGENT, STR_INIT("")},
	{STR_INIT("cs-user-agent"), KIND_AGENT, STR_INIT("")},
	{STR_INIT("http.http_user_agent"), KIND_AGENT, STR_INIT("")},
	{STR_INIT("user_agent"), KIND_AGENT, STR_INIT("")},
	{STR_INIT("userAgent"), KIND_AGENT, STR_INIT("")},
	{STR_INIT("UserAgent"), KIND_AGENT, STR_INIT("")},
	{STR_INIT("user_agent.original"), KIND_AGENT, STR_INIT("")},
	{STR_INIT("sender"), KIND_EMAIL, STR_INIT("")},
	{STR_INIT("from"), KIND_EMAIL, STR_INIT("")},
	{STR_INIT("mailfrom"), KIND_EMAIL, STR_INIT("")},
	{STR_INIT("recipient"), KIND_EMAIL, STR_INIT("")},
	{STR_INIT("SenderAddress"), KIND_EMAIL, STR_INIT("")},
	{STR_INIT("email.from.address"), KIND_EMAIL, STR_INIT("")},
	{STR_INIT("ja3"), KIND_JA3, STR_INIT("")},
	{STR_INIT("tls.ja3.hash"), KIND_JA3, STR_INIT("")},
	{STR_INIT("tls.client.ja3"), KIND_JA3, STR_INIT("")},
	{STR_INIT("ja4"), KIND_JA4, STR_INIT("")},
	{STR_INIT("tls.ja4"), KIND_JA4, STR_INIT("")},
	{STR_INIT("TargetObject"), KIND_REGISTRY, STR_INIT("")},
	{STR_INIT("registry.path"), KIND_REGISTRY, STR_INIT("")},
	{STR_INIT("mutex"), KIND_MUTEX, STR_INIT("")},
	{STR_INIT("MutexName"), KIND_MUTEX, STR_INIT("")},
};

struct intel_fields *intel_fields_create(struct name_table *names)
{
	struct intel_fields *f = mem_alloc(1, sizeof(*f));

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		(void)name_table_add(names, rows[i].name);
		if (rows[i].partner.len)
			(void)name_table_add(names, rows[i].partner);
	}
	f->count = name_table_count(names) + 1;
	f->of = mem_alloc(f->count, sizeof(*f->of));
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct field_use *use = &f->of[name_table_find(names, rows[i].name)];

		use->kind = rows[i].kind;
		use->partner = rows[i].partner.len ? name_table_find(names, rows[i].partner) : 0;
	}
	return f;
}

void intel_fields_free(struct intel_fields *f)
{
	if (!f)
		return;
	free(f->of);
	free(f);
}
