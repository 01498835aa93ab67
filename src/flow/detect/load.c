/* A folder of rules: several threads read the files' YAML, one compiles the trees in the order of the files, so that
 * numbers of rules, fields and predicates are the same in every run. Reading is more than half of the work. */
#include <pthread.h>
#include <unistd.h>

#include "base/check.h"
#include "base/mem.h"
#include "flow/detect/load.h"
#include "os/file.h"

#define HELPERS_MAX 3u
#define AHEAD_MAX 64u /* trees that wait to be compiled; they are what this costs in memory */

struct rule_file {
	str path;
	struct rule_tree tree;
	bool read; /* under the lock */
};

struct load {
	struct rule_set *set;
	struct rule_file *files;
	size_t count, cap;
	size_t next, compiled; /* under the lock, as the rest */
	bool stop;
	pthread_mutex_t lock;
	pthread_cond_t changed;
};

static int list_file(void *ctx, str path, struct err *e)
{
	struct load *l = ctx;

	if (!str_ends_nocase(path, STR(".yml")) && !str_ends_nocase(path, STR(".yaml")))
		return 0;
	path = arena_str(&l->set->arena, path);
	if (!path.ptr)
		return err_set(e, ERR_LIMIT, "err.rule.memory");
	mem_grow(&l->files, &l->cap, l->count + 1, sizeof(*l->files));
	l->files[l->count++] = (struct rule_file){.path = path};
	return 0;
}

static void read_tree(struct rule_file *f)
{
	struct file_view view = {0};

	rule_tree_init(&f->tree);
	f->tree.failed = file_view_open(f->path, YAML_BYTES_MAX, &view, &f->tree.problem) < 0;
	if (f->tree.failed)
		return;
	rule_tree_read(&f->tree, view.bytes, f->path);
	file_view_close(&view);
}

/* Reads the next file; false when there is none, or when enough trees wait. The lock is held, but not while reading. */
static bool read_next(struct load *l)
{
	struct rule_file *f;

	if (l->stop || l->next == l->count || l->next - l->compiled >= AHEAD_MAX)
		return false;
	f = &l->files[l->next++];
	pthread_mutex_unlock(&l->lock);
	read_tree(f);
	pthread_mutex_lock(&l->lock);
	f->read = true;
	pthread_cond_broadcast(&l->changed);
	return true;
}

static void *help(void *arg)
{
	struct load *l = arg;

	pthread_mutex_lock(&l->lock);
	while (!l->stop && l->next < l->count)
		if (!read_next(l))
			pthread_cond_wait(&l->changed, &l->lock);
	pthread_mutex_unlock(&l->lock);
	return NULL;
}

static int compile_all(struct load *l, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < l->count && rc == 0; i++) {
		struct rule_file *f = &l->files[i];

		pthread_mutex_lock(&l->lock);
		while (!f->read)
			if (!read_next(l))
				pthread_cond_wait(&l->changed, &l->lock);
		l->compiled = i + 1;
		pthread_cond_broadcast(&l->changed);
		pthread_mutex_unlock(&l->lock);
		rc = rule_tree_add(l->set, f->path, &f->tree, e);
		rule_tree_done(&f->tree);
		f->read = false;
	}
	return rc;
}

static uint32_t helpers_wanted(size_t files)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (cores < 2 || files < AHEAD_MAX)
		return 0;
	return cores - 1 < (long)HELPERS_MAX ? (uint32_t)(cores - 1) : HELPERS_MAX;
}

int rule_set_load_folder(struct rule_set *set, str folder, struct err *e)
{
	struct load l = {.set = set};
	pthread_t threads[HELPERS_MAX];
	uint32_t started = 0, wanted;
	int rc = folder_walk(folder, STR_NONE, list_file, &l, e);

	pthread_mutex_init(&l.lock, NULL);
	pthread_cond_init(&l.changed, NULL);
	wanted = rc < 0 ? 0 : helpers_wanted(l.count);
	while (started < wanted && pthread_create(&threads[started], NULL, help, &l) == 0)
		started++;
	if (rc == 0)
		rc = compile_all(&l, e);
	pthread_mutex_lock(&l.lock);
	l.stop = true;
	pthread_cond_broadcast(&l.changed);
	pthread_mutex_unlock(&l.lock);
	for (uint32_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	for (size_t i = 0; i < l.count; i++)
		if (l.files[i].read)
			rule_tree_done(&l.files[i].tree);
	free(l.files);
	pthread_cond_destroy(&l.changed);
	pthread_mutex_destroy(&l.lock);
	return rc;
}
