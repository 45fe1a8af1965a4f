/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Goal handles: a wish until it is submitted, then a view on the plan's goal. */
#include "context.h"

sact_goal *goal_handle(const sact *s, uint64_t id)
{
	return id && id <= s->goals->len ? s->goals->pdata[id - 1] : NULL;
}

sact_goal *goal_handle_new(sact *s, const char *kind, const char *spec, const char *target)
{
	sact_goal *g = g_new0(sact_goal, 1);

	g->ref = 1;
	g->s = s;
	g->wish.type_id = INPUT_GOAL;
	g->wish.kind = g_strdup(kind);
	g->wish.spec = g_strdup(spec);
	g->wish.target = g_strdup(target);
	g_ptr_array_add(s->goals, g);
	g->wish.id = s->goals->len;
	loop_wake(s);
	return g;
}

/* fstab(5) has it from systemd: how long this device is waited for.  fstab.c has complained of a bad value. */
static uint64_t device_until(const sact_goal *g)
{
	static const char word[] = "x-systemd.device-timeout=";
	g_auto(GStrv) words = g_strsplit(g->wish.options ?: "", ",", -1);
	uint64_t usec, until = USEC_NEVER;

	for (char **w = words; *w; w++)
		if (g_str_has_prefix(*w, word) && parse_usec(*w + strlen(word), &usec) == 0 && usec)
			until = usec_add(now_usec(), usec);
	return until;
}

void goals_submit(sact *s)
{
	while (s->n_submitted < s->goals->len) {
		sact_goal *g = s->goals->pdata[s->n_submitted++];

		g->submitted = true;
		g->wish.timeout = MIN(s->timeout_until, device_until(g));
		if (g->wish.timeout == USEC_NEVER)
			g->wish.timeout = 0;
		loop_feed(s, &g->wish);
	}
}

static int new_goal(sact *s, const char *kind, const char *spec, const char *target, sact_goal **ret)
{
	g_autofree char *known = NULL;
	sact_goal *g;

	if (!s || !spec || config_spec(spec, false, &known) < 0)
		return -EINVAL;
	if (*known == '/' && !g_str_has_prefix(known, "/dev/"))
		return -EINVAL;
	g = goal_handle_new(s, kind, known, target);
	if (ret)
		*ret = sact_goal_ref(g);
	return 0;
}

_public_ int sact_goal_new_device(sact *s, const char *spec, sact_goal **ret)
{
	return new_goal(s, "device", spec, NULL, ret);
}

_public_ int sact_goal_new_mount(sact *s, const char *spec, const char *target, sact_goal **ret)
{
	g_autofree char *path = target ? path_resolved(target) : NULL;

	if (!path)
		return -EINVAL;
	return new_goal(s, "mount", spec, path, ret);
}

_public_ int sact_goal_new_swap(sact *s, const char *spec, sact_goal **ret)
{
	return new_goal(s, "swap", spec, NULL, ret);
}

static void below(sact *s, const char *spec, const char *fstype, const char *flags, const char *target)
{
	sact_goal *g = goal_handle_new(s, "mount", spec, target);

	g->wish.fstype = g_strdup(fstype);
	g->wish.options = g_strdup_printf("%s%s%s", s->cmdline.rw ? "rw" : "ro", flags ? "," : "", flags ?: "");
	g->wish.fsck = g_strdup(s->cmdline.fsck ?: "auto");
}

/* As initramfs-tools gives up after max(30, rootdelay) s; here help is called and waiting goes on. */
static void overdue(sact *s)
{
	g_autofree char *value = g_strdup_printf("%" PRIu64, MAX(UINT64_C(30), s->cmdline.rootdelay));
	struct input in = { .type_id = INPUT_POLICY, .key = (char *)"overdue", .value = value };

	loop_feed(s, &in);
}

_public_ int sact_goal_new_root(sact *s, const char *target, sact_goal **ret)
{
	g_autofree char *known = NULL;
	g_autofree char *top = target ? path_resolved(target) : NULL;
	guint first;
	int error;

	if (!s || !top)
		return -EINVAL;
	if (s->locked) {
		locked_resume(s);
		if ((error = locked_root(s)) < 0)
			return error;
	}
	if (str_empty(s->cmdline.root))
		return -ENOENT;
	if (config_spec(s->cmdline.root, true, &known) < 0)
		return -EINVAL; /* sact_add_cmdline() has said so */
	if (!str_empty(s->cmdline.resume) && !s->cmdline.noresume) {
		sact_goal *r = goal_handle_new(s, "resume", s->cmdline.resume, NULL);

		r->wish.options = g_strdup_printf("%" PRIu64, s->cmdline.resume_offset);
	}
	first = s->goals->len;
	if (!s->cmdline.rootwait)
		overdue(s);
	below(s, s->cmdline.root, s->cmdline.rootfstype, s->cmdline.rootflags, top);
	str_set(&((sact_goal *)s->goals->pdata[s->goals->len - 1])->wish.where, INPUT_COMMAND_LINE);
	if (s->cmdline.usr) {
		g_autofree char *usr = path_below(top, "/usr");

		below(s, s->cmdline.usr, s->cmdline.usrfstype, s->cmdline.usrflags, usr);
	}
	if (ret)
		*ret = sact_goal_ref(s->goals->pdata[first]);
	return 0;
}

_public_ sact_goal *sact_goal_ref(sact_goal *g)
{
	if (g)
		g->ref++;
	return g;
}

_public_ sact_goal *sact_goal_unref(sact_goal *g)
{
	if (g && --g->ref == 0) {
		input_clear(&g->wish);
		g_free(g);
	}
	return NULL;
}

static int set(sact_goal *g, char **field, const char *value)
{
	if (!g)
		return -EINVAL;
	if (g->submitted)
		return -EBUSY;
	str_set(field, value);
	return 0;
}

_public_ int sact_goal_set_fstype(sact_goal *g, const char *fstype)
{
	return g ? set(g, &g->wish.fstype, fstype) : -EINVAL;
}

_public_ int sact_goal_set_options(sact_goal *g, const char *options)
{
	return g ? set(g, &g->wish.options, options) : -EINVAL;
}

static bool fsck_mode(const char *mode)
{
	size_t len = mode ? strcspn(mode, ",") : 0;
	bool known = (len == 2 && !strncmp(mode, "no", 2)) || (len == 4 && !strncmp(mode, "auto", 4)) ||
		     (len == 5 && !strncmp(mode, "force", 5));

	return !mode || (known && (!mode[len] || streq0(mode + len, ",yes") || streq0(mode + len, ",no")));
}

_public_ int sact_goal_set_fsck(sact_goal *g, const char *mode)
{
	if (!fsck_mode(mode))
		return -EINVAL;
	return g ? set(g, &g->wish.fsck, mode) : -EINVAL;
}

static const struct goal *view(const sact_goal *g)
{
	return g && g->s && g->submitted ? goal_find(g->s->plan, g->wish.id) : NULL;
}

_public_ int sact_goal_get_state(const sact_goal *g)
{
	const struct goal *v = view(g);

	if (!g)
		return -EINVAL;
	if (!v)
		return g->submitted ? SACT_GOAL_FAILED : SACT_GOAL_WAITING;
	switch (v->state) {
	case GOAL_WAITING:
		return SACT_GOAL_WAITING;
	case GOAL_ACTIVE:
		return SACT_GOAL_ACTIVE;
	case GOAL_DONE:
		return SACT_GOAL_DONE;
	case GOAL_FAILED:
		return SACT_GOAL_FAILED;
	}
	return -EINVAL;
}

_public_ const char *sact_goal_get_spec(const sact_goal *g)
{
	return g ? g->wish.spec : NULL;
}

_public_ const char *sact_goal_get_target(const sact_goal *g)
{
	return g ? g->wish.target : NULL;
}

_public_ const char *sact_goal_get_node(const sact_goal *g)
{
	const struct goal *v = view(g);

	return v && v->dev ? v->node_path : NULL;
}

_public_ int sact_goal_get_error(const sact_goal *g, const char **ret_text)
{
	const struct goal *v = view(g);

	if (!g)
		return -EINVAL;
	if (ret_text)
		*ret_text = v ? v->error : NULL;
	return v ? (int)v->error_code : 0;
}

_public_ int sact_goal_get_fsck_status(const sact_goal *g)
{
	const struct goal *v = view(g);

	return v ? (int)v->fsck_status : -1;
}

_public_ int sact_goal_explain(const sact_goal *g, char **ret)
{
	const struct goal *v = view(g);
	g_autofree char *text = NULL;
	char *copy;

	if (!g || !ret)
		return -EINVAL;
	if (!v)
		return -ENOENT;
	text = explain_text(g->s->plan, v);
	copy = strdup(text);
	if (!copy)
		return -ENOMEM;
	*ret = copy;
	return 0;
}

_public_ sact_goal *sact_get_goal(const sact *s, size_t index)
{
	return s && index < s->goals->len ? s->goals->pdata[index] : NULL;
}
