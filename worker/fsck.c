/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FSCK: runs fsck.TYPE; its exit status and the end of its output are the result. */
#include "sys.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define STATUS_CANCELLED 32 /* as fsck(8) has them */
#define STATUS_NO_HELPER 127

static char *helper(const char *fstype)
{
	static const char *const dirs[] = { "/sbin", "/usr/sbin" };

	for (size_t i = 0; i < G_N_ELEMENTS(dirs); i++) {
		g_autofree char *path = g_strdup_printf("%s/fsck.%s", dirs[i], fstype);

		if (access(path, X_OK) == 0)
			return g_steal_pointer(&path);
	}
	return NULL;
}

/* -1: it was killed by something else, a fault of its own perhaps. */
static int exit_status(int status)
{
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	return WTERMSIG(status) == SIGTERM ? STATUS_CANCELLED : -1;
}

int effect_fsck(const struct action *a, const struct secret *secret, struct input *res)
{
	g_autofree char *node = sys_node_path(a->node), *program = NULL;
	g_auto(GStrv) words = g_strsplit(a->options ?: "", " ", 0);
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_autoptr(GString) output = g_string_new(NULL);
	dev_t devnum;
	int status, r;

	if (str_empty(a->fstype) || strspn(a->fstype, "abcdefghijklmnopqrstuvwxyz0123456789_-") !=
					    strlen(a->fstype))
		return sys_fail(res, -EINVAL, "no usable type of file system");
	r = sys_check(a, res);
	if (r < 0)
		return r;
	program = helper(a->fstype);
	if (!program) {
		res->status = STATUS_NO_HELPER;
		return 0;
	}
	r = sys_dev_of(node, &devnum);
	if (r >= 0)
		r = sys_wait_unclaimed(node, devnum, res); /* a checker of an earlier run, perhaps */
	if (r < 0)
		return r;
	g_ptr_array_add(argv, program);
	for (char **w = words; *w; w++)
		if (**w)
			g_ptr_array_add(argv, *w);
	g_ptr_array_add(argv, node);
	g_ptr_array_add(argv, NULL);
	r = sys_run((const char *const *)argv->pdata, output, &status);
	if (r < 0)
		return sys_fail(res, r, "%s: %s", program, g_strerror(-r));
	res->status = exit_status(status);
	if (res->status < 0) {
		res->status = 0;
		return sys_fail(res, -EIO, "%s was killed by signal %d", program, WTERMSIG(status));
	}
	g_strchomp(output->str);
	output->len = strlen(output->str);
	str_set(&res->text, output->len ? output->str : NULL);
	return 0;
}
