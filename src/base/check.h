/* check: asserts about our own mistakes. They stay on in release; the world's mistakes are `struct err`s.
 * A failed CHECK writes one line to standard error and aborts, so that a supervisor or a core dump sees it. */
#ifndef BASE_CHECK_H
#define BASE_CHECK_H

_Noreturn void check_failed(const char *what, const char *file, int line);

#define CHECK(cond) ((cond) ? (void)0 : check_failed(#cond, __FILE__, __LINE__))

/* For a large local that is written before it is read: the compiler does not clear it first (-ftrivial-auto-var-init).
 */
#define UNCLEARED __attribute__((uninitialized))

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
