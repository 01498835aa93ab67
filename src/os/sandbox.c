#include "os/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#ifdef HAVE_SECCOMP
#include <seccomp.h>
#endif

#include "base/check.h"

#define OPEN_FILES_PURE 16
#define OPEN_FILES_FONTS 128

#if defined(__SANITIZE_ADDRESS__)
#define UNDER_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNDER_ASAN 1
#endif
#endif

static bool limit(int what, rlim_t most)
{
	const struct rlimit r = {most, most};

	return setrlimit(what, &r) == 0;
}

static bool limits_set(enum child_reach reach)
{
#ifndef UNDER_ASAN /* its shadow memory takes terabytes of addresses */
	if (!limit(RLIMIT_AS, CHILD_MEMORY))
		return false;
#endif
	return limit(RLIMIT_CPU, CHILD_CPU_S) && limit(RLIMIT_FSIZE, CHILD_OUT_MAX) && limit(RLIMIT_CORE, 0) &&
	       limit(RLIMIT_NOFILE, reach == CHILD_PURE ? OPEN_FILES_PURE : OPEN_FILES_FONTS);
}

#ifdef HAVE_SECCOMP

static const char *const calls_pure[] = {
	"read",         "pread64",       "write",
	"pwrite64",     "lseek",         "close",
	"fstat",        "brk",           "mmap",
	"munmap",       "mremap",        "mprotect",
	"madvise",      "exit",          "exit_group",
	"futex",        "rt_sigaction",  "rt_sigprocmask",
	"rt_sigreturn", "clock_gettime", "gettimeofday",
	"getrandom",    "getpid",        "gettid",
	"tgkill",       "sched_yield",   "restart_syscall",
	"ftruncate",    "rseq",          "set_robust_list",
	"sigaltstack",  "sysinfo",       "prlimit64",
};

/* Reading of files and folders; what would write is refused with an error and not with death: fontconfig tries to
 * keep caches and goes on without. */
static const char *const calls_files[] = {
	"newfstatat", "statx",      "stat",  "lstat",  "access",  "faccessat", "faccessat2", "getdents64",
	"readlink",   "readlinkat", "fcntl", "statfs", "fstatfs", "getcwd",    "getuid",     "geteuid",
	"getgid",     "getegid",    "uname", "dup",    "poll",    "fadvise64",
};

static bool allow_all(scmp_filter_ctx filter, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int number = seccomp_syscall_resolve_name(names[i]);

		/* Not every architecture has every call. */
		if (number >= 0 && seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0) != 0)
			return false;
	}
	return true;
}

static bool allow_reading(scmp_filter_ctx filter)
{
	int openat_number = seccomp_syscall_resolve_name("openat"), open_number = seccomp_syscall_resolve_name("open");

	if (!allow_all(filter, calls_files, COUNT_OF(calls_files)))
		return false;
	/* Pango looks for fonts in a thread. A filter cannot look into clone3's arguments; told that it does not
	 * exist, the C library takes clone, whose flags say whether it makes a thread or a process. */
	if (seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), seccomp_syscall_resolve_name("clone3"), 0) != 0 ||
	    seccomp_rule_add(filter, SCMP_ACT_ALLOW, seccomp_syscall_resolve_name("clone"), 1,
			     SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)) != 0)
		return false;
	if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, openat_number, 1,
			     SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY)) != 0)
		return false;
	return open_number < 0 ||
	       seccomp_rule_add(filter, SCMP_ACT_ALLOW, open_number, 1,
				SCMP_A1(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY)) == 0;
}

static bool filter_set(enum child_reach reach)
{
	uint32_t otherwise = reach == CHILD_PURE ? SCMP_ACT_KILL_PROCESS : (uint32_t)SCMP_ACT_ERRNO(EACCES);
	scmp_filter_ctx filter = seccomp_init(otherwise);
	bool good;

	if (!filter)
		return false;
	good = allow_all(filter, calls_pure, COUNT_OF(calls_pure)) && (reach == CHILD_PURE || allow_reading(filter)) &&
	       seccomp_load(filter) == 0;
	seccomp_release(filter);
	return good;
}

const char *sandbox_name(void)
{
	return "seccomp";
}

#else

static bool filter_set(enum child_reach reach)
{
	(void)reach;
	return true;
}

const char *sandbox_name(void)
{
	return "rlimits";
}

#endif

bool sandbox_enter(enum child_reach reach)
{
	/* The parent's death is ours: nobody would read the answer. */
	return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_DUMPABLE, 0) == 0 && limits_set(reach) && filter_set(reach);
}
