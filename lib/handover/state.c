/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "handover/state.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATE_VERSION "storage-activate-state 1"
#define STATE_MAX     (16 << 20) /* a hundred thousand devices */

static void line(GString *s, const struct input *in)
{
	input_encode(in, s);
	g_string_append_c(s, '\n');
}

static bool still_there(const struct plan *p, const struct input *made)
{
	struct device *d = graph_find(p, made->devnum);

	if (streq0(made->kind, "resume"))
		return true; /* as long as this kernel runs */
	if (streq0(made->kind, "mount")) {
		for (guint i = 0; i < p->mounts->len; i++)
			if (streq0(((struct mount *)p->mounts->pdata[i])->target, made->target))
				return true;
		return !p->stopping;
	}
	if (streq0(made->kind, "dm")) {
		for (GList *l = p->devices.head; l; l = l->next)
			if (streq0(((struct device *)l->data)->dm_uuid, made->uuid))
				return true;
		return false;
	}
	return d && (!made->diskseq || !d->diskseq || d->diskseq == made->diskseq);
}

static void made_device(GString *s, const struct device *d)
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
	line(s, &in);
}

static bool known_already(const struct plan *p, const struct device *d)
{
	for (guint i = 0; i < p->made->len; i++) {
		const struct input *m = p->made->pdata[i];

		if (d->dm_uuid ? streq0(m->uuid, d->dm_uuid) :
				 streq0(m->kind, d->partn ? "part" : "md") && m->devnum == d->devnum)
			return still_there(p, m);
	}
	return false;
}

static bool decided_before(const struct plan *p)
{
	for (guint i = 0; i < p->made->len; i++)
		if (streq0(((struct input *)p->made->pdata[i])->kind, "resume"))
			return true;
	return false;
}

static void made_goal(GString *s, const struct plan *p, const struct goal *g)
{
	struct input in = { .type_id = INPUT_MADE };

	if (g->kind == GOAL_RESUME && g->decision && !decided_before(p)) {
		in.kind = (char *)"resume";
		in.spec = g->spec;
		in.text = g->decision;
		line(s, &in);
	}
	if ((g->state != GOAL_DONE && !g->too_late) || g->found || !g->dev || g->kind == GOAL_DEVICE ||
	    g->kind == GOAL_RESUME)
		return;
	in.kind = (char *)(g->kind == GOAL_SWAP ? "swap" : "mount");
	in.devnum = g->dev->devnum;
	in.node = g->dev->node;
	in.target = g->target;
	in.spec = g->spec;
	line(s, &in);
}

static bool made_by_us(const struct plan *p, const struct device *d)
{
	const struct device *disk = d->partn ? graph_find(p, d->parent) : d;

	if (d->initial || !disk || !disk->output_of || !disk->output_of->ours)
		return false;
	return !d->partn || d->links_made;
}

char *state_text(const struct plan *p)
{
	GString *s = g_string_new(STATE_VERSION "\n");

	for (guint i = 0; i < p->made->len; i++)
		if (still_there(p, p->made->pdata[i]))
			line(s, p->made->pdata[i]);
	for (GList *l = p->devices.head; l; l = l->next) {
		const struct device *d = l->data;

		if (made_by_us(p, d) && !known_already(p, d))
			made_device(s, d);
	}
	for (guint i = 0; i < p->goals->len; i++)
		made_goal(s, p, p->goals->pdata[i]);
	return g_string_free(s, FALSE);
}

int state_parse(const char *text, GPtrArray *ret, GArray *bad)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	if (!streq0(lines[0], STATE_VERSION))
		return -EBADMSG;
	g_ptr_array_set_free_func(ret, input_free);
	for (guint i = 1; lines[i]; i++) {
		struct input *in;
		guint number = i + 1;

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
