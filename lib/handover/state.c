/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "handover/state.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATE_VERSION "storage-activate-state 1"
#define STATE_MAX     (16 << 20) /* a hundred thousand devices */

#define STOPPED_MAX   256 /* names of what was stopped, for whoever stops it once more */

/* What is being written, and what of it has a line already. */
struct saving {
	const struct plan *p;
	GString *text;
	GHashTable *told; /* devices and mounts */
};

static void line(GString *s, const struct input *in)
{
	input_encode(in, s);
	g_string_append_c(s, '\n');
}

static bool tell(struct saving *s, const void *what)
{
	return g_hash_table_add(s->told, (gpointer)(uintptr_t)what);
}

static struct device *device_of(const struct plan *p, const struct input *made)
{
	for (GList *l = p->devices.head; l; l = l->next)
		if (made_is_device(made, l->data))
			return l->data;
	return NULL;
}

/* A record of an earlier run, as what it speaks of is now: root may have moved since. */
static void keep_made(struct saving *s, const struct input *made)
{
	struct input in = *made; /* borrows the strings */
	const struct mount *m = made_mount(s->p, made);
	const struct device *d = m ? NULL : device_of(s->p, made);

	if ((m && !tell(s, m)) || (d && !tell(s, d)))
		return;
	if (m && m->target) {
		in.id = m->id;
		in.target = m->target;
	}
	if (d && made->flag) {
		in.devnum = d->devnum;
		in.diskseq = d->diskseq;
		in.node = d->node;
		in.uuid = d->dm_uuid ?: made->uuid;
		in.slaves = NULL;
	}
	in.flag = made->flag && !m && !d;
	line(s->text, &in);
}

static void made_device(struct saving *s, const struct device *d)
{
	struct input in = { .type_id = INPUT_MADE, .devnum = d->devnum, .diskseq = d->diskseq };

	in.node = d->node;
	if (d->partn) { /* it goes with its array; its links are ours */
		in.kind = (char *)"part";
		in.parent = d->parent;
	} else {
		in.kind = (char *)(d->dm_name ? "dm" : "md");
		in.name = d->dm_name ?: d->output_of->name;
		in.uuid = d->dm_uuid ?: d->output_of->id;
	}
	in.links = d->links_made;
	line(s->text, &in);
}

static bool decided_before(const struct plan *p)
{
	for (guint i = 0; i < p->made->len; i++)
		if (streq0(((struct input *)p->made->pdata[i])->kind, "resume"))
			return true;
	return false;
}

static void made_decision(struct saving *s, const struct goal *g)
{
	struct input in = { .type_id = INPUT_MADE, .kind = (char *)"resume", .spec = g->spec, .text = g->decision };

	if (g->decision && !decided_before(s->p))
		line(s->text, &in);
}

/* By its id, which the worker has told: at its target there may be another one by now. */
static const struct mount *mount_of(const struct plan *p, const struct goal *g)
{
	const GPtrArray *list = mounts_of(p, g->dev->devnum);

	for (guint i = 0; g->mount_id && list && i < list->len; i++)
		if (((struct mount *)list->pdata[i])->id == g->mount_id)
			return list->pdata[i];
	return mount_at(p, g->dev->devnum, g->target);
}

static void made_goal(struct saving *s, const struct goal *g)
{
	struct input in = { .type_id = INPUT_MADE };
	const struct mount *m;

	if (g->kind == GOAL_RESUME)
		made_decision(s, g);
	if ((g->state != GOAL_DONE && !g->too_late) || g->found || !g->dev || g->kind == GOAL_DEVICE ||
	    g->kind == GOAL_RESUME)
		return;
	m = mount_of(s->p, g);
	if (m && !tell(s, m))
		return;
	in.kind = (char *)(g->kind == GOAL_SWAP ? "swap" : "mount");
	in.id = g->mount_id;
	in.devnum = g->dev->devnum;
	in.node = g->dev->node;
	in.target = m ? m->target : g->target;
	in.spec = g->spec;
	line(s->text, &in);
}

static bool made_by_us(const struct plan *p, const struct device *d)
{
	const struct device *disk = d->partn ? graph_find(p, d->parent) : d;

	if (d->initial || !disk || !disk->output_of || !disk->output_of->ours)
		return false;
	return !d->partn || d->links_made;
}

/* ---- what was stopped ---- */

static void stopped(struct saving *s, const struct input *m, unsigned *n)
{
	struct input in = { .type_id = INPUT_MADE, .kind = (char *)"stopped" };
	g_autofree char *text = g_strdup_printf("%s %s %s", m->name ?: "", m->target ?: "", m->spec ?: "");

	if (!streq0(m->kind, "stopped") && made_is_there(s->p, m))
		return;
	if (m->flag || ++*n > STOPPED_MAX || g_hash_table_contains(s->told, GUINT_TO_POINTER(g_str_hash(text) | 1)))
		return;
	g_hash_table_add(s->told, GUINT_TO_POINTER(g_str_hash(text) | 1));
	in.name = m->name;
	in.target = m->target;
	in.spec = m->spec;
	line(s->text, &in);
}

/* To stop it once more is no error, to stop what never was is one. */
static void all_stopped(struct saving *s)
{
	struct input in = { .kind = (char *)"stopped", .spec = s->p->stop_spec, .target = s->p->stop_target };
	unsigned n = 0;

	if (!str_empty(s->p->stop_spec) && s->p->stop_told && !s->p->stop_failed)
		stopped(s, &in, &n);
	for (guint i = 0; i < s->p->made->len; i++)
		stopped(s, s->p->made->pdata[i], &n);
}

char *state_text(const struct plan *p)
{
	g_autoptr(GHashTable) told = g_hash_table_new(g_direct_hash, g_direct_equal);
	struct saving s = { p, g_string_new(STATE_VERSION "\n"), told };

	for (guint i = 0; i < p->made->len; i++)
		if (!streq0(((struct input *)p->made->pdata[i])->kind, "stopped") &&
		    made_is_there(p, p->made->pdata[i]))
			keep_made(&s, p->made->pdata[i]);
	for (GList *l = p->devices.head; l; l = l->next) {
		const struct device *d = l->data;

		if (made_by_us(p, d) && tell(&s, d))
			made_device(&s, d);
	}
	for (guint i = 0; i < p->goals->len; i++)
		made_goal(&s, p->goals->pdata[i]);
	if (p->stopping)
		all_stopped(&s);
	return g_string_free(s.text, FALSE);
}

/* ---- what is about to be made ---- */

static bool there_already(const struct plan *p, const struct input *in)
{
	return device_of(p, in) != NULL;
}

static void intend_dm(const struct plan *p, const struct action *a, GString *to)
{
	g_auto(GStrv) lines = g_strsplit(a->text ?: "", "\n", -1);

	for (char **l = lines; *l; l++) {
		g_auto(GStrv) words = g_strsplit(*l, " ", 4);
		struct input in = { .type_id = INPUT_MADE, .kind = (char *)"dm", .flag = true };

		if (!streq0(words[0], "device") || !words[1] || !words[2])
			continue;
		in.name = words[1];
		in.uuid = words[2];
		if (!there_already(p, &in))
			line(to, &in);
	}
}

static void intend_luks(const struct plan *p, const struct action *a, GString *to)
{
	g_autofree char *squashed = a->uuid ? uuid_squash(a->uuid) : NULL;
	g_autofree char *uuid = g_strdup_printf("CRYPT-?-%s-%s", squashed ?: "", a->name);
	struct input in = { .type_id = INPUT_MADE, .kind = (char *)"dm", .flag = true, .name = a->name, .uuid = uuid };

	if (!there_already(p, &in))
		line(to, &in);
}

static void intend_md(const struct plan *p, const struct action *a, GString *to)
{
	g_auto(GStrv) lines = g_strsplit(a->members ?: "", "\n", -1);
	g_autoptr(GString) slaves = g_string_new(NULL);
	struct input in = { .type_id = INPUT_MADE, .kind = (char *)"md", .flag = true, .name = a->name,
			    .uuid = a->uuid };

	for (char **l = lines; *l; l++)
		if (**l)
			g_string_append_printf(slaves, "%s%.*s", slaves->len ? " " : "", (int)strcspn(*l, " "), *l);
	in.slaves = slaves->str;
	if (!there_already(p, &in))
		line(to, &in);
}

void state_intend(const struct plan *p, const struct action *a, GString *to)
{
	struct input in = { .type_id = INPUT_MADE, .flag = true, .devnum = a->devnum, .node = a->node,
			    .target = a->target };

	if (a->type_id == ACTION_DM_ACTIVATE)
		intend_dm(p, a, to);
	else if (a->type_id == ACTION_LUKS_OPEN)
		intend_luks(p, a, to);
	else if (a->type_id == ACTION_MD_ASSEMBLE)
		intend_md(p, a, to);
	if (a->type_id != ACTION_MOUNT && a->type_id != ACTION_SWAPON)
		return;
	in.kind = (char *)(a->type_id == ACTION_MOUNT ? "mount" : "swap");
	line(to, &in);
}

int state_append(int dir_fd, const char *name, const char *text)
{
	int fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600), r = 0;
	size_t len = strlen(text);
	ssize_t n;

	if (fd < 0)
		return -errno;
	do
		n = write(fd, text, len);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)len)
		r = n < 0 ? -errno : -EIO;
	close(fd);
	return r;
}

static void parse_lines(char **lines, guint first, GPtrArray *ret, GArray *bad)
{
	g_ptr_array_set_free_func(ret, input_free);
	for (guint i = 0; lines[i]; i++) {
		struct input *in;
		guint number = first + i;

		if (!*lines[i])
			continue;
		in = g_new0(struct input, 1);
		if (input_decode(lines[i], in) == 0 && in->type_id == INPUT_MADE) {
			g_ptr_array_add(ret, in);
		} else {
			input_free(in);
			g_array_append_val(bad, number);
		}
	}
}

int state_parse(const char *text, GPtrArray *ret, GArray *bad)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	if (!streq0(lines[0], STATE_VERSION))
		return -EBADMSG;
	parse_lines(lines + 1, 2, ret, bad);
	return 0;
}

/* Its last line may have been cut off: what it would have announced was not begun. */
int state_parse_intended(const char *text, GPtrArray *ret, GArray *bad)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	guint n = g_strv_length(lines);

	if (n)
		*lines[n - 1] = '\0';
	parse_lines(lines, 1, ret, bad);
	return 0;
}

int state_save(int dir_fd, const char *name, const char *text)
{
	g_autofree char *temp = g_strconcat(name, ".new", NULL);
	size_t left = strlen(text);
	int fd, r = 0;

	(void)unlinkat(dir_fd, temp, 0);
	fd = openat(dir_fd, temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	while (left && r == 0) {
		ssize_t n = write(fd, text, left);

		if (n < 0 && errno != EINTR)
			r = -errno;
		if (n > 0) {
			text += n;
			left -= (size_t)n;
		}
	}
	if (close(fd) < 0 && r == 0)
		r = -errno;
	if (r == 0)
		r = RET_NERRNO(renameat(dir_fd, temp, dir_fd, name));
	if (r < 0)
		(void)unlinkat(dir_fd, temp, 0);
	return r;
}

int state_load(int dir_fd, const char *name, char **ret)
{
	g_autofree char *text = NULL;
	struct stat st;
	ssize_t n, len = 0;
	int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || (st.st_uid != 0 && st.st_uid != geteuid()) ||
	    (st.st_mode & 077) || st.st_size > STATE_MAX) {
		close(fd);
		return -EPERM;
	}
	text = g_malloc0((gsize)st.st_size + 1);
	while (len < st.st_size && (n = read(fd, text + len, (size_t)(st.st_size - len))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			n = -errno;
			close(fd);
			return (int)n;
		}
		len += n;
	}
	close(fd);
	*ret = g_steal_pointer(&text);
	return 0;
}
