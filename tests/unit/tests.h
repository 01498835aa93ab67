/* What every unit test includes: cmocka with the headers it forgets to include itself. */
#ifndef TESTS_UNIT_TESTS_H
#define TESTS_UNIT_TESTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Ends the running test as skipped, with the reason that the count at the end of `./noroshi.sh test` prints. */
#define SKIP(reason)                                 \
	do {                                         \
		print_message("skip: %s\n", reason); \
		skip();                              \
	} while (0)

#endif
