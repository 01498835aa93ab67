#include "door/cli/hunt/queue.h"

#include "base/mem.h"

#define PIECE_EVENTS_LOG 32u /* an event has two bytes at least, and a piece is smaller than this many */

void queue_init(struct queue *q, const str *paths, size_t count, size_t piece)
{
	*q = (struct queue){.paths = paths, .count = count, .piece = piece};
	pthread_mutex_init(&q->lock, NULL);
}

static void leave(struct queue_file *f)
{
	if (--f->users)
		return;
	file_view_close(&f->view);
	free(f);
}

void queue_done(struct queue *q)
{
	if (q->file)
		leave(q->file);
	pthread_mutex_destroy(&q->lock);
}

/* Where the line behind the first `least` bytes ends that can end a piece; the whole length when there is none. */
static size_t cut_place(str text, size_t least)
{
	const char *end = text.ptr + text.len, *p = least < text.len ? text.ptr + least : end;

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
		const char *last = p > text.ptr && p[-1] == '\r' ? p - 2 : p - 1;

		p++;
		if (p < end && *p == '{' && last >= text.ptr && *last == '}')
			return (size_t)(p - text.ptr);
	}
	return text.len;
}

static uint64_t count_lines(str s)
{
	uint64_t lines = 0;

	for (size_t i = 0; i < s.len; i++)
		lines += s.ptr[i] == '\n';
	return lines;
}

static void take_piece(struct queue *q, struct task *ret)
{
	size_t len = cut_place(q->rest, q->piece);

	*ret = (struct task){.input = q->input, .file = q->file, .line = q->line};
	ret->bytes = str_sub(q->rest, 0, len);
	ret->first = q->number++ << PIECE_EVENTS_LOG;
	q->rest = str_from(q->rest, len);
	if (q->rest.len) {
		q->line += count_lines(ret->bytes);
		q->file->users++;
	} else {
		q->file = NULL; /* the queue's share goes to the last task */
	}
}

static bool can_be_cut(const struct queue *q, str bytes)
{
	return q->piece && bytes.len / 2 >= q->piece && *bytes.ptr == '{';
}

static int take_input(struct queue *q, struct task *ret, struct err *e)
{
	struct queue_file *f = mem_alloc(1, sizeof(*f));
	str path = q->paths[q->next];
	bool standard = str_eq(path, STR("-"));
	int rc = file_view_open(standard ? STR("/dev/stdin") : path,
				standard ? QUEUE_STDIN_BYTES_MAX : QUEUE_INPUT_BYTES_MAX, &f->view, e);

	*ret = (struct task){.input = (uint32_t)q->next++, .file = f, .line = 1, .whole = true};
	if (rc < 0) {
		free(f);
		return rc;
	}
	f->users = 1;
	ret->bytes = f->view.bytes;
	if (can_be_cut(q, ret->bytes)) {
		q->file = f;
		q->rest = ret->bytes;
		q->line = 1;
		q->number = 0;
		q->input = ret->input;
		take_piece(q, ret);
	}
	return 1;
}

int queue_take(struct queue *q, struct task *ret, struct err *e)
{
	int rc = 1;

	pthread_mutex_lock(&q->lock);
	if (q->file)
		take_piece(q, ret);
	else if (q->next < q->count)
		rc = take_input(q, ret, e);
	else
		rc = 0;
	pthread_mutex_unlock(&q->lock);
	return rc;
}

void queue_give_back(struct queue *q, struct task *t)
{
	if (!t->whole)
		file_view_forget(&t->file->view, t->bytes);
	pthread_mutex_lock(&q->lock);
	leave(t->file);
	pthread_mutex_unlock(&q->lock);
}
