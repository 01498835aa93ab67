/* log: structured records about what the program does, English, with stable ids.
 *
 * Why: operators filter logs by id, and data inside a format string is how log injection happens. A record is a level,
 * an id ("intake.overflow") and typed fields; values are escaped. Library floors never log: only rooms and doors do.
 * The sink is given by whoever starts the program (os/log_stderr); thread safety is the sink's duty.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/buf.h"
#include "base/time.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR, LOG_LEVEL_COUNT };

struct log_field {
	const char *name;
	bool is_number;
	int64_t number;
	str text;
};
#define LOG_STR(key, value) ((struct log_field){.name = (key), .text = (value)})
#define LOG_I64(key, value) ((struct log_field){.name = (key), .is_number = true, .number = (int64_t)(value)})

struct log {
	void (*write)(struct log *log, enum log_level level, str line); /* line without newline */
	time_us (*now)(void);
	enum log_level least;
	bool json; /* JSON lines instead of logfmt */
};

/* log may be NULL: then nothing happens. At most 4 KiB a line; longer values are cut and marked. */
void log_record(struct log *log, enum log_level level, const char *id, const struct log_field *fields, size_t count);
/* The error's key, place and detail as fields. */
void log_err(struct log *log, enum log_level level, const char *id, const struct err *e);

#define log_event(log, level, id, ...)                                      \
	log_record(log, level, id, (const struct log_field[]){__VA_ARGS__}, \
		   sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))

#endif
