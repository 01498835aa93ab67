/* child: a part of this program in a process of its own, where an attack ends.
 *
 * Why: workbooks and archives from strangers are parsed by large libraries, and fonts are read by others. The program
 * executes itself again (so nothing of the parent's memory is there), limits processor time, memory, file size and
 * open files, gives up new privileges, and lets the kernel refuse every system call that the work does not need
 * (seccomp by libseccomp; a build without it says so in sandbox_name). Input and output are anonymous memory files.
 * Shape: bytes in, bytes out, or an err. Errors keep their story: keys travel as text and come back as the parent's own
 * strings, so a broken child cannot name a key that the parent does not list.
 * Threads: child_run may be called from any thread; it waits for the child.
 */
#ifndef OS_CHILD_H
#define OS_CHILD_H

#include "base/buf.h"
#include "base/err.h"

#define CHILD_FLAG "--child" /* argv[1] of a child; argv[2] is the part's name */
#define CHILD_WAIT_MS 20000  /* wall clock; then it is killed */
#define CHILD_CPU_S 15u
#define CHILD_MEMORY ((size_t)768 << 20) /* address space, bytes */
#define CHILD_OUT_MAX ((size_t)64 << 20)
#define CHILD_IN_MAX ((size_t)64 << 20)

enum child_reach {
	CHILD_PURE,  /* memory and the two files it was given */
	CHILD_FILES, /* may also open files for reading: fonts */
};

struct child_part {
	const char *name;
	enum child_reach reach;
	/* Runs in the child. `prepare` (may be NULL) runs before the door shuts: what must be opened or loaded. */
	void (*prepare)(void);
	int (*run)(str in, struct buf *out, struct err *e);
	const char *const *keys; /* of the errors that may come back; ends with NULL */
};

/* Appends the child's output to *out. ERR_LIMIT err.child.killed when it died or took too long. */
int child_run(const struct child_part *part, str in, struct buf *out, struct err *e) MUST_CHECK;

/* In main: true when this process is a child; *ret_status is then what main returns. parts ends with NULL. */
bool child_main(int argc, char **argv, const struct child_part *const *parts, int *ret_status);

/* "seccomp", or "rlimits" where libseccomp was not there at build time. */
const char *sandbox_name(void);

#endif
