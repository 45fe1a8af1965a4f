/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * storage-activate-worker: carries out one action after another and answers each.  The engine starts it
 * with the socket on fd 3, stdin /dev/null and nothing in the environment but PATH (and DM_DISABLE_UDEV
 * where no udevd runs).
 */
#include "sys.h"
#include "util/frame.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * killable: nothing is left half done when the worker ends in the middle of it, so a cancel ends it.
 * The others finish, or end by what run.c knows of.
 */
static const struct {
	effect_fn *fn;
	bool killable;
} effects[_ACTION_MAX] = {
	[ACTION_PROBE] = { effect_probe, true },
	[ACTION_MODULES] = { effect_modules, false },
	[ACTION_LINK] = { effect_link, false },
	[ACTION_MD_ASSEMBLE] = { effect_md_assemble, false },
	[ACTION_MD_ADD] = { effect_md_add, false },
	[ACTION_MD_STOP] = { effect_md_stop, false },
	[ACTION_DM_ACTIVATE] = { effect_dm_activate, false },
	[ACTION_DM_REMOVE] = { effect_dm_remove, false },
	[ACTION_LUKS_OPEN] = { effect_luks_open, true },
	[ACTION_FSCK] = { effect_fsck, false },
	[ACTION_MOUNT] = { effect_mount, false },
	[ACTION_UMOUNT] = { effect_umount, false },
	[ACTION_SWAPON] = { effect_swapon, false },
	[ACTION_SWAPOFF] = { effect_swapoff, false },
	[ACTION_RESUME] = { effect_resume, false },
};

static void carry_out(const char *line, const struct secret *secret, struct input *res)
{
	struct action a;
	int r = action_decode(line, &a);

	res->type_id = INPUT_RESULT;
	res->id = a.id;
	if (r < 0) {
		res->error = sys_fail(res, r, "not an action");
		return;
	}
	if (!effects[a.type_id].fn) {
		res->error = sys_fail(res, -EINVAL, "%s is not for the worker", action_type_name(a.type_id));
	} else {
		sys_action_begin(effects[a.type_id].killable);
		res->error = effects[a.type_id].fn(&a, secret, res);
	}
	sys_action_end();
	action_clear(&a);
}

static int answer(const struct input *res)
{
	g_autoptr(GString) line = g_string_new(NULL);

	input_encode(res, line);
	return frame_send(ENGINE_FD, FRAME_RECORD, line->str, line->len);
}

static int serve(void)
{
	_cleanup_(secret_freep) struct secret *secret = NULL;

	for (;;) {
		struct input res = { .type_id = INPUT_RESULT };
		struct frame f = { 0 };
		int r = frame_recv(ENGINE_FD, &f);

		if (r < 0)
			return r == -ECONNRESET ? 0 : r;
		if (f.type == FRAME_SECRET) {
			secret = secret_free(secret);
			secret = g_steal_pointer(&f.secret);
			continue;
		}
		carry_out(f.line, secret, &res);
		secret = secret_free(secret); /* it was for this action only */
		frame_clear(&f);
		r = answer(&res);
		input_clear(&res);
		if (r < 0)
			return r == -ECONNRESET ? 0 : r;
	}
}

static void keep_to_ourselves(void)
{
	const struct rlimit none = { 0, 0 };

	(void)close_range(ENGINE_FD + 1, ~0U, 0);
	(void)fcntl(ENGINE_FD, F_SETFD, FD_CLOEXEC);
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	(void)umask(022);
}

int main(int argc, char *argv[])
{
	int kind = 0;
	socklen_t len = sizeof kind;

	if (getsockopt(ENGINE_FD, SOL_SOCKET, SO_TYPE, &kind, &len) < 0 || kind != SOCK_STREAM) {
		(void)fprintf(stderr, "%s is started by libstorageactivate, not by hand\n", argv[0]);
		return 2;
	}
	keep_to_ourselves();
	sys_action_end();
	sys_cancel_init();
	return serve() < 0 ? 1 : 0;
}
