/* queue: the work of a hunt, taken by several threads: inputs, and pieces of large inputs.
 *
 * Why pieces: one large file would keep one thread busy and leave the others idle. JSON lines are cut where a line ends
 * in
 * '}' and the next begins with '{': in no JSON value can these stand side by side, so a cut never parts one, and after
 * damage the reader goes on at such a place as well. Numbers of lines and events stay those of the whole input. Other
 * inputs, packed ones and small ones are one piece.
 * Thread-safe. */
#ifndef DOOR_CLI_QUEUE_H
#define DOOR_CLI_QUEUE_H

#include <pthread.h>

#include "os/file.h"

#define QUEUE_PIECE_BYTES ((size_t)4 << 20)     /* an input of less than two is not cut */
#define QUEUE_INPUT_BYTES_MAX ((size_t)1 << 44) /* a file is mapped, not read */
#define QUEUE_STDIN_BYTES_MAX ((size_t)4 << 30) /* a pipe is held in memory */

struct queue_file {
	struct file_view view;
	uint32_t users; /* tasks that read it, and the queue while it cuts it */
};

struct task {
	uint32_t input;
	struct queue_file *file;
	str bytes;
	uint64_t line;  /* of the first byte in the input, 1-based */
	uint64_t first; /* less than the number of any event in it, more than of any before: for order */
	bool whole;     /* the input is one piece */
};

struct queue {
	const str *paths;
	size_t count, next;
	size_t piece; /* 0: nothing is cut */
	/* The input that is being cut. */
	struct queue_file *file;
	str rest;
	uint64_t line, number;
	uint32_t input;
	pthread_mutex_t lock;
};

void queue_init(struct queue *q, const str *paths, size_t count, size_t piece);
void queue_done(struct queue *q);
/* 1 = a task, 0 = none is left, negative: the input ret->input cannot be read. */
int queue_take(struct queue *q, struct task *ret, struct err *e) MUST_CHECK;
/* The task's bytes are not needed any more. */
void queue_give_back(struct queue *q, struct task *t);

#endif
