/* The numbers of /metrics: one row a number, read from the rooms' own counters. */
#include "app/house.h"

#include <stddef.h>

#include "door/api/metrics.h"
#include "door/http/door.h"
#include "flow/alert/station.h"
#include "flow/archive/archive.h"
#include "flow/collect/collect.h"

static struct house *house_of(struct services *s)
{
	return (struct house *)(void *)((char *)s - offsetof(struct house, services));
}

/* One reader for each counter of a room; the name of the function says which. */
#define READ_NET(field)                                                      \
	static int64_t net_##field(struct services *s)                       \
	{                                                                    \
		return (int64_t)door_net_counters(house_of(s)->door)->field; \
	}
#define READ_REQUESTS(class)                                                           \
	static int64_t requests_##class(struct services * s)                           \
	{                                                                              \
		return (int64_t)door_net_counters(house_of(s)->door)->requests[class]; \
	}
#define READ_INTAKE(field)                                         \
	static int64_t intake_##field(struct services *s)          \
	{                                                          \
		return (int64_t)intake_counters(s->intake)->field; \
	}
#define READ_STATION(field)                                                    \
	static int64_t station_##field(struct services *s)                     \
	{                                                                      \
		return (int64_t)station_counters(house_of(s)->station)->field; \
	}
#define READ_ARCHIVE(field)                                \
	static int64_t archive_##field(struct services *s) \
	{                                                  \
		struct archive_stats stats;                \
                                                           \
		archive_stats(s->archive, &stats);         \
		return (int64_t)stats.field;               \
	}

#define READ_INDICATORS(field)                                           \
	static int64_t indicators_##field(struct services *s)            \
	{                                                                \
		const struct generation *g = detector_take(s->detector); \
		struct intel_counts counts = {0};                        \
                                                                         \
		if (g->lists)                                            \
			intel_set_counts(g->lists->set, &counts);        \
		detector_give(s->detector, g);                           \
		return (int64_t)counts.field;                            \
	}

READ_INDICATORS(total)
READ_INDICATORS(problems)
READ_INDICATORS(bytes)
READ_REQUESTS(2)
READ_REQUESTS(3)
READ_REQUESTS(4)
READ_REQUESTS(5)
READ_NET(open)
READ_NET(body_bytes)
READ_NET(bytes_in)
READ_NET(bytes_out)
READ_NET(refused_full)
READ_INTAKE(events)
READ_INTAKE(bytes)
READ_INTAKE(refused)
READ_INTAKE(failed)
READ_INTAKE(udp_dropped)
READ_INTAKE(truncated)
READ_INTAKE(bad_frames)
READ_STATION(events)
READ_STATION(matches)
READ_STATION(alerts)
READ_STATION(damaged)
READ_STATION(unknown_source)
READ_STATION(lag_us)
READ_STATION(failures)
READ_STATION(indicator_hits)
READ_STATION(indicator_warned)
READ_STATION(correlated)
READ_STATION(correlate_late)
READ_STATION(correlate_early)
READ_STATION(correlate_hurried)
READ_STATION(correlate_evicted)
READ_STATION(correlate_trimmed)
READ_STATION(correlate_ungrouped)
READ_STATION(correlate_valueless)
READ_STATION(correlate_dropped)
READ_STATION(correlate_groups)
READ_STATION(correlate_held)
READ_STATION(correlate_bytes)
READ_ARCHIVE(events)
READ_ARCHIVE(bytes)
READ_ARCHIVE(segments)
READ_ARCHIVE(damaged_bytes)

const struct metric house_metrics[] = {
	{"noroshi_http_requests", "class=\"2xx\"", METRIC_COUNTER, requests_2},
	{"noroshi_http_requests", "class=\"3xx\"", METRIC_COUNTER, requests_3},
	{"noroshi_http_requests", "class=\"4xx\"", METRIC_COUNTER, requests_4},
	{"noroshi_http_requests", "class=\"5xx\"", METRIC_COUNTER, requests_5},
	{"noroshi_http_connections", NULL, METRIC_GAUGE, net_open},
	{"noroshi_http_connections_refused", NULL, METRIC_COUNTER, net_refused_full},
	{"noroshi_http_body_bytes", NULL, METRIC_GAUGE, net_body_bytes},
	{"noroshi_http_received_bytes", NULL, METRIC_COUNTER, net_bytes_in},
	{"noroshi_http_sent_bytes", NULL, METRIC_COUNTER, net_bytes_out},
	{"noroshi_intake_events", NULL, METRIC_COUNTER, intake_events},
	{"noroshi_intake_bytes", NULL, METRIC_COUNTER, intake_bytes},
	{"noroshi_intake_refused", NULL, METRIC_COUNTER, intake_refused},
	{"noroshi_intake_failed", NULL, METRIC_COUNTER, intake_failed},
	{"noroshi_syslog_dropped", NULL, METRIC_COUNTER, intake_udp_dropped},
	{"noroshi_syslog_truncated", NULL, METRIC_COUNTER, intake_truncated},
	{"noroshi_syslog_bad_frames", NULL, METRIC_COUNTER, intake_bad_frames},
	{"noroshi_detect_events", NULL, METRIC_COUNTER, station_events},
	{"noroshi_detect_matches", NULL, METRIC_COUNTER, station_matches},
	{"noroshi_detect_alerts", NULL, METRIC_COUNTER, station_alerts},
	{"noroshi_detect_damaged", NULL, METRIC_COUNTER, station_damaged},
	{"noroshi_detect_unknown_source", NULL, METRIC_COUNTER, station_unknown_source},
	{"noroshi_detect_retries", NULL, METRIC_COUNTER, station_failures},
	{"noroshi_detect_lag_microseconds", NULL, METRIC_GAUGE, station_lag_us},
	{"noroshi_indicator_hits", NULL, METRIC_COUNTER, station_indicator_hits},
	{"noroshi_indicator_warned", NULL, METRIC_COUNTER, station_indicator_warned},
	{"noroshi_indicators", NULL, METRIC_GAUGE, indicators_total},
	{"noroshi_indicator_problems", NULL, METRIC_GAUGE, indicators_problems},
	{"noroshi_indicator_bytes", NULL, METRIC_GAUGE, indicators_bytes},
	{"noroshi_correlate_matches", NULL, METRIC_COUNTER, station_correlated},
	{"noroshi_correlate_late", NULL, METRIC_COUNTER, station_correlate_late},
	{"noroshi_correlate_early", NULL, METRIC_COUNTER, station_correlate_early},
	{"noroshi_correlate_hurried", NULL, METRIC_COUNTER, station_correlate_hurried},
	{"noroshi_correlate_evicted", NULL, METRIC_COUNTER, station_correlate_evicted},
	{"noroshi_correlate_trimmed", NULL, METRIC_COUNTER, station_correlate_trimmed},
	{"noroshi_correlate_ungrouped", NULL, METRIC_COUNTER, station_correlate_ungrouped},
	{"noroshi_correlate_valueless", NULL, METRIC_COUNTER, station_correlate_valueless},
	{"noroshi_correlate_dropped", NULL, METRIC_COUNTER, station_correlate_dropped},
	{"noroshi_correlate_groups", NULL, METRIC_GAUGE, station_correlate_groups},
	{"noroshi_correlate_held", NULL, METRIC_GAUGE, station_correlate_held},
	{"noroshi_correlate_bytes", NULL, METRIC_GAUGE, station_correlate_bytes},
	{"noroshi_archive_events", NULL, METRIC_GAUGE, archive_events},
	{"noroshi_archive_bytes", NULL, METRIC_GAUGE, archive_bytes},
	{"noroshi_archive_segments", NULL, METRIC_GAUGE, archive_segments},
	{"noroshi_archive_damaged_bytes", NULL, METRIC_GAUGE, archive_damaged_bytes},
	{0},
};
