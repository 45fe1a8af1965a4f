/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The contract of the public API, as far as it needs no devices: SACT_SOURCE_NONE is a world of none. */
#include "test-api.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define UNTOUCHED ((void *)0x5ac7)
#define SEC	  G_GUINT64_CONSTANT(1000000)

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (uint64_t)ts.tv_sec * SEC + (uint64_t)ts.tv_nsec / 1000;
}

sact *context(void)
{
	sact *s = NULL;

	g_assert_cmpint(sact_new(&s), ==, 0);
	g_assert_cmpint(sact_set_source(s, SACT_SOURCE_NONE), ==, 0);
	return s;
}

static void test_null(void)
{
	const char *text = UNTOUCHED;
	sact_event *e = UNTOUCHED;
	sact_goal *g = UNTOUCHED;
	char *out = UNTOUCHED;

	g_assert_cmpint(sact_new(NULL), ==, -EINVAL);
	g_assert_null(sact_ref(NULL));
	g_assert_null(sact_unref(NULL));
	g_assert_null(sact_goal_ref(NULL));
	g_assert_null(sact_goal_unref(NULL));
	g_assert_null(sact_secret_ref(NULL));
	g_assert_null(sact_secret_unref(NULL));
	g_assert_null(sact_event_unref(NULL));
	g_assert_cmpint(sact_set_log_fn(NULL, NULL, NULL), ==, -EINVAL);
	g_assert_cmpint(sact_set_source(NULL, SACT_SOURCE_AUTO), ==, -EINVAL);
	g_assert_cmpint(sact_set_record_fd(NULL, 1), ==, -EINVAL);
	g_assert_cmpint(sact_set_degraded_after(NULL, 0), ==, -EINVAL);
	g_assert_cmpint(sact_set_timeout(NULL, 0), ==, -EINVAL);
	g_assert_cmpint(sact_set_prefix(NULL, "/x"), ==, -EINVAL);
	g_assert_cmpint(sact_add_cmdline(NULL, ""), ==, -EINVAL);
	g_assert_cmpint(sact_add_crypttab(NULL, "", "crypttab"), ==, -EINVAL);
	g_assert_cmpint(sact_add_mdadm_conf(NULL, "", "mdadm.conf"), ==, -EINVAL);
	g_assert_cmpint(sact_add_fstab(NULL, "", "fstab", NULL), ==, -EINVAL);
	g_assert_cmpint(sact_add_layout(NULL, "", "layout"), ==, -EINVAL);
	g_assert_cmpint(sact_goal_new_device(NULL, "LABEL=x", &g), ==, -EINVAL);
	g_assert_cmpint(sact_goal_new_mount(NULL, "LABEL=x", "/x", &g), ==, -EINVAL);
	g_assert_cmpint(sact_goal_new_swap(NULL, "LABEL=x", &g), ==, -EINVAL);
	g_assert_cmpint(sact_goal_new_root(NULL, "/x", &g), ==, -EINVAL);
	g_assert_cmpint(sact_goal_set_fstype(NULL, "ext4"), ==, -EINVAL);
	g_assert_cmpint(sact_goal_set_options(NULL, "ro"), ==, -EINVAL);
	g_assert_cmpint(sact_goal_set_fsck(NULL, "auto"), ==, -EINVAL);
	g_assert_cmpint(sact_goal_get_state(NULL), ==, -EINVAL);
	g_assert_cmpint(sact_goal_get_error(NULL, &text), ==, -EINVAL);
	g_assert_cmpint(sact_goal_get_fsck_status(NULL), ==, -1);
	g_assert_cmpint(sact_goal_explain(NULL, &out), ==, -EINVAL);
	g_assert_null(sact_goal_get_spec(NULL));
	g_assert_null(sact_goal_get_target(NULL));
	g_assert_null(sact_goal_get_node(NULL));
	g_assert_null(sact_get_goal(NULL, 0));
	g_assert_cmpint(sact_start(NULL), ==, -EINVAL);
	g_assert_cmpint(sact_get_fd(NULL), ==, -EINVAL);
	g_assert_cmpint(sact_dispatch(NULL), ==, -EINVAL);
	g_assert_cmpint(sact_next_event(NULL, &e), ==, -EINVAL);
	g_assert_cmpint(sact_run(NULL, 0), ==, -EINVAL);
	g_assert_cmpint(sact_is_settled(NULL), ==, -EINVAL);
	g_assert_cmpint(sact_event_get_type(NULL), ==, -EINVAL);
	g_assert_cmpint(sact_event_get_number(NULL), ==, -EINVAL);
	g_assert_cmpint(sact_event_get_severity(NULL), ==, -EINVAL);
	g_assert_null(sact_event_get_goal(NULL));
	g_assert_null(sact_event_get_secret(NULL));
	g_assert_null(sact_event_get_subject(NULL));
	g_assert_null(sact_event_get_text(NULL));
	g_assert_cmpuint(sact_secret_get_id(NULL), ==, 0);
	g_assert_null(sact_secret_get_prompt(NULL));
	g_assert_cmpint(sact_secret_answer(NULL, "x", 1), ==, -EINVAL);
	g_assert_cmpint(sact_secret_skip(NULL), ==, -EINVAL);
	g_assert_cmpint(sact_explain(NULL, &out), ==, -EINVAL);
	g_assert_cmpint(sact_status_json(NULL, &out), ==, -EINVAL);
	g_assert_cmpint(sact_status_text(NULL, &out), ==, -EINVAL);
	g_assert_cmpint(sact_save(NULL, 0), ==, -EINVAL);
	g_assert_cmpint(sact_load(NULL, 0), ==, -EINVAL);
	g_assert_cmpint(sact_stop(NULL, NULL, 0), ==, -EINVAL);
	g_assert_cmpint(sact_replay(NULL, 0, 0, 0, &out), ==, -EINVAL);
	g_assert_true((void *)g == UNTOUCHED && (void *)e == UNTOUCHED);
	g_assert_true((const void *)text == UNTOUCHED && (void *)out == UNTOUCHED);
}

/* The other arguments, with a context that is there. */
static void test_arguments(void)
{
	g_autoptr(sact) s = context();
	sact_goal *g = UNTOUCHED;
	sact_event *e = UNTOUCHED;

	g_assert_cmpint(sact_set_source(s, -1), ==, -EINVAL);
	g_assert_cmpint(sact_set_source(s, SACT_SOURCE_NONE + 1), ==, -EINVAL);
	g_assert_cmpint(sact_set_record_fd(s, -1), ==, -EBADF);
	g_assert_cmpint(sact_set_prefix(s, "sysroot"), ==, -EINVAL);
	g_assert_cmpint(sact_add_cmdline(s, NULL), ==, -EINVAL);
	g_assert_cmpint(sact_add_crypttab(s, NULL, "crypttab"), ==, -EINVAL);
	g_assert_cmpint(sact_add_crypttab(s, "", NULL), ==, -EINVAL);
	g_assert_cmpint(sact_add_fstab(s, NULL, "fstab", NULL), ==, -EINVAL);
	g_assert_cmpint(sact_add_lvm_conf(s, NULL, "lvm.conf"), ==, -EINVAL);
	g_assert_cmpint(sact_add_lvm_conf(s, "global { system_id_source = \"uname\" }", "lvm.conf"), ==, 0);
	g_assert_cmpint(sact_add_mdadm_conf(s, NULL, "mdadm.conf"), ==, -EINVAL);
	g_assert_cmpint(sact_add_layout(s, NULL, "layout"), ==, -EINVAL);
	g_assert_cmpint(sact_goal_new_device(s, NULL, &g), ==, -EINVAL);
	g_assert_cmpint(sact_goal_new_device(s, "", &g), ==, -EINVAL);
	g_assert_cmpint(sact_goal_new_mount(s, "LABEL=x", NULL, &g), ==, -EINVAL);
	g_assert_cmpint(sact_goal_new_mount(s, "LABEL=x", "relative", &g), ==, -EINVAL);
	g_assert_cmpint(sact_goal_new_root(s, "relative", &g), ==, -EINVAL);
	g_assert_cmpint(sact_goal_new_root(s, "/sysroot", &g), ==, -ENOENT);
	g_assert_cmpint(sact_next_event(s, NULL), ==, -EINVAL);
	g_assert_cmpint(sact_next_event(s, &e), ==, 0);
	g_assert_cmpint(sact_dispatch(s), ==, -EINVAL); /* not started */
	g_assert_cmpint(sact_explain(s, NULL), ==, -EINVAL);
	g_assert_cmpint(sact_save(s, -1), ==, -EINVAL);
	g_assert_cmpint(sact_save(s, AT_FDCWD), ==, -EINVAL);
	g_assert_cmpint(sact_load(s, -1), ==, -EINVAL);
	g_assert_cmpint(sact_add_cmdline(s, "luks.crypttab=no"), ==, 0);
	g_assert_cmpint(sact_add_crypttab(s, NULL, "crypttab"), ==, -EINVAL);
	g_assert_true((void *)g == UNTOUCHED && (void *)e == UNTOUCHED);
	g_assert_null(sact_get_goal(s, 0));
}

static void test_refs(void)
{
	sact *s = context();
	sact_goal *g = NULL;
	char *text = UNTOUCHED;

	g_assert_true(sact_ref(s) == s);
	g_assert_null(sact_unref(s));
	g_assert_cmpint(sact_goal_new_mount(s, "LABEL=x", "/x", &g), ==, 0);
	g_assert_true(sact_goal_ref(g) == g);
	g_assert_null(sact_goal_unref(g));
	g_assert_true(sact_get_goal(s, 0) == g);
	g_assert_cmpint(sact_goal_new_device(s, "LABEL=y", NULL), ==, 0); /* nobody wants the handle */
	g_assert_cmpstr(sact_goal_get_spec(sact_get_goal(s, 1)), ==, "LABEL=y");
	g_assert_null(sact_goal_get_target(sact_get_goal(s, 1)));
	g_assert_null(sact_get_goal(s, 2));
	g_assert_cmpint(sact_goal_get_state(g), ==, SACT_GOAL_WAITING);
	g_assert_cmpint(sact_goal_explain(g, &text), ==, -ENOENT); /* not taken up */
	g_assert_cmpint(sact_start(s), ==, 0);
	g_assert_cmpint(sact_goal_explain(g, &text), ==, 0);
	g_assert_nonnull(strstr(text, "/x"));
	free(text);
	text = UNTOUCHED;
	sact_unref(s);
	/* The handle outlives its context. */
	g_assert_cmpint(sact_goal_get_state(g), ==, SACT_GOAL_FAILED);
	g_assert_cmpint(sact_goal_get_error(g, NULL), ==, 0);
	g_assert_cmpint(sact_goal_get_fsck_status(g), ==, -1);
	g_assert_cmpint(sact_goal_explain(g, &text), ==, -ENOENT);
	g_assert_true((void *)text == UNTOUCHED);
	g_assert_cmpstr(sact_goal_get_spec(g), ==, "LABEL=x");
	g_assert_cmpstr(sact_goal_get_target(g), ==, "/x");
	g_assert_null(sact_goal_get_node(g));
	g_assert_null(sact_goal_unref(g));
}

static void test_setters(void)
{
	static const char *const good[] = { "no", "auto", "force", "auto,yes", "force,no" };
	static const char *const bad[] = { "", "twice", "aut", "autox", "auto,", "auto,maybe", "yes" };
	g_autoptr(sact) s = context();
	g_autoptr(sact_goal) g = NULL;

	g_assert_cmpint(sact_goal_new_mount(s, "LABEL=x", "/x", &g), ==, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(good); i++)
		g_assert_cmpint(sact_goal_set_fsck(g, good[i]), ==, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_cmpint(sact_goal_set_fsck(g, bad[i]), ==, -EINVAL);
	g_assert_cmpint(sact_goal_set_fsck(g, NULL), ==, 0);
	g_assert_cmpint(sact_goal_set_fstype(g, "ext4"), ==, 0);
	g_assert_cmpint(sact_goal_set_options(g, "ro"), ==, 0);
	g_assert_cmpint(sact_start(s), ==, 0);
	g_assert_cmpint(sact_start(s), ==, -EALREADY);
	g_assert_cmpint(sact_set_source(s, SACT_SOURCE_KERNEL), ==, -EBUSY);
	g_assert_cmpint(sact_stop(s, NULL, 0), ==, -EBUSY);
	g_assert_cmpint(sact_goal_set_fsck(g, "no"), ==, -EBUSY);
	g_assert_cmpint(sact_goal_set_fstype(g, NULL), ==, -EBUSY);
	g_assert_cmpint(sact_goal_set_options(g, NULL), ==, -EBUSY);
}

/* What files and command lines become. */
static void test_files(void)
{
	static const char fstab[] = "LABEL=a /a ext4 ro 0 1\nLABEL=b /b ext4 noauto 0 0\nnonsense\n";
	static const char *const targets[] = { "/b", "/none", NULL };
	g_autoptr(sact) s = context();
	g_autoptr(sact) named = context();
	g_autoptr(sact_goal) root = NULL;
	sact_event *e = NULL;

	g_assert_cmpint(sact_add_cmdline(s, "root=LABEL=root ro mount.usr=LABEL=usr"), ==, 0);
	g_assert_cmpint(sact_goal_new_root(s, "/sysroot", &root), ==, 0);
	g_assert_cmpstr(sact_goal_get_spec(root), ==, "LABEL=root");
	g_assert_cmpstr(sact_goal_get_target(root), ==, "/sysroot");
	g_assert_cmpstr(sact_goal_get_target(sact_get_goal(s, 1)), ==, "/sysroot/usr");
	g_assert_cmpint(sact_set_prefix(s, "/sysroot"), ==, 0);
	g_assert_cmpint(sact_add_fstab(s, fstab, "fstab", NULL), ==, 0);
	g_assert_cmpstr(sact_goal_get_target(sact_get_goal(s, 2)), ==, "/sysroot/a");
	g_assert_null(sact_get_goal(s, 3));
	g_assert_cmpint(sact_next_event(s, &e), ==, 1);
	g_assert_cmpint(sact_event_get_type(e), ==, SACT_EVENT_MESSAGE);
	g_assert_cmpint(sact_event_get_number(e), ==, 120);
	g_assert_cmpint(sact_event_get_severity(e), >, 0);
	g_assert_cmpstr(sact_event_get_subject(e), ==, "fstab:3");
	g_assert_null(sact_event_get_goal(e));
	g_assert_null(sact_event_unref(e));
	g_assert_cmpint(sact_next_event(s, &e), ==, 0);

	g_assert_cmpint(sact_add_fstab(named, fstab, "fstab", targets), ==, 0);
	g_assert_cmpstr(sact_goal_get_target(sact_get_goal(named, 0)), ==, "/b");
	g_assert_null(sact_get_goal(named, 1));
}

/* /usr as the fstab of the new root has it: what the command line says of checks holds for it, too. */
static void test_usr(void)
{
	static const char *const fstabs[] = { "overlay /usr overlay lowerdir=/a 0 0\n",
					      "/opt/usr /usr none bind 0 0\n",
					      "server:/usr /usr nfs defaults 0 0\n" };
	static const char *const usr[] = { "/usr", NULL };
	g_autofree char *journal = NULL;
	gsize len;
	int fd;

	for (size_t i = 0; i < G_N_ELEMENTS(fstabs); i++) {
		g_autoptr(sact) s = context();
		sact_event *e = NULL;

		g_assert_cmpint(sact_add_fstab(s, fstabs[i], "fstab", usr), ==, 0);
		g_assert_null(sact_get_goal(s, 0)); /* it would wait for ever */
		g_assert_cmpint(sact_next_event(s, &e), ==, 1);
		g_assert_cmpint(sact_event_get_number(e), ==, 123);
		g_assert_null(sact_event_unref(e));
	}
	fd = g_file_open_tmp(NULL, &journal, NULL);
	g_assert_cmpint(fd, >=, 0);
	{
		g_autoptr(sact) s = context();
		g_autofree char *text = NULL;

		g_assert_cmpint(sact_set_record_fd(s, fd), ==, 0);
		g_assert_cmpint(sact_add_cmdline(s, "root=LABEL=root fsck.mode=force fsck.repair=yes"), ==, 0);
		g_assert_cmpint(sact_add_fstab(s, "LABEL=u /usr ext4 ro 0 2\nLABEL=v /v ext4 ro 0 0\n", "fstab", NULL), ==,
				0);
		g_assert_cmpint(sact_run(s, SEC / 20), ==, -ETIME);
		g_assert_true(g_file_get_contents(journal, &text, &len, NULL));
		g_assert_nonnull(strstr(text, "target=/usr fstype=ext4 options=ro fsck=force,yes"));
		g_assert_nonnull(strstr(text, "target=/v fstype=ext4 options=ro fsck=no"));
	}
	close(fd);
	g_assert_cmpint(g_unlink(journal), ==, 0);
}

static void count_log(void *data, int priority, const char *text)
{
	g_assert_cmpint(priority, <=, 7);
	g_assert_null(strchr(text, '\n'));
	++*(unsigned *)data;
}

static void test_deadline(void)
{
	g_autoptr(sact) s = context();
	g_autoptr(sact_goal) g = NULL, late = NULL, own = NULL;
	unsigned lines = 0;
	const char *why = NULL;
	uint64_t before;

	g_assert_cmpint(sact_is_settled(s), ==, 1);
	g_assert_cmpint(sact_set_log_fn(s, count_log, &lines), ==, 0);
	g_assert_cmpint(sact_goal_new_device(s, "LABEL=none", &g), ==, 0);
	g_assert_cmpint(sact_is_settled(s), ==, 0);
	before = now();
	g_assert_cmpint(sact_run(s, SEC / 20), ==, -ETIME);
	g_assert_cmpuint(now() - before, >=, SEC / 20);
	g_assert_cmpint(sact_is_settled(s), ==, 1);
	g_assert_cmpint(sact_goal_get_state(g), ==, SACT_GOAL_FAILED);
	g_assert_cmpint(sact_goal_get_error(g, &why), ==, -ETIME);
	g_assert_nonnull(why);
	g_assert_cmpuint(lines, >, 0);

	/* A device of fstab has a deadline of its own. */
	g_assert_cmpint(sact_set_timeout(s, UINT64_MAX), ==, 0);
	g_assert_cmpint(sact_goal_new_mount(s, "LABEL=none", "/nowhere", &own), ==, 0);
	g_assert_cmpint(sact_goal_set_options(own, "ro,x-systemd.device-timeout=50ms"), ==, 0);
	g_assert_cmpint(sact_run(s, UINT64_MAX), ==, -ETIME);
	g_assert_cmpint(sact_goal_get_error(own, NULL), ==, -ETIME);

	/* A goal that comes late is taken up, by sact_run() and by the descriptor. */
	g_assert_cmpint(sact_goal_new_device(s, "LABEL=late", &late), ==, 0);
	g_assert_cmpint(sact_is_settled(s), ==, 0);
	g_assert_cmpint(sact_run(s, SEC / 20), ==, -ETIME);
	g_assert_cmpint(sact_goal_get_error(late, NULL), ==, -ETIME);
}

static void test_descriptor(void)
{
	g_autoptr(sact) s = context();
	struct pollfd pfd = { .fd = sact_get_fd(s), .events = POLLIN };
	g_autoptr(sact_goal) g = NULL;
	char *text = NULL;
	gboolean failed = FALSE;

	g_assert_cmpint(pfd.fd, >=, 0);
	g_assert_cmpint(sact_start(s), ==, 0);
	g_assert_cmpint(sact_dispatch(s), >=, 0);
	g_assert_cmpint(poll(&pfd, 1, 0), ==, 0);
	g_assert_cmpint(sact_set_timeout(s, now() + SEC / 20), ==, 0);
	g_assert_cmpint(sact_goal_new_device(s, "LABEL=none", &g), ==, 0);
	g_assert_cmpint(poll(&pfd, 1, 0), ==, 1);
	g_assert_cmpint(sact_dispatch(s), >=, 0);
	g_assert_cmpint(sact_explain(s, &text), ==, 0);
	g_assert_nonnull(strstr(text, "LABEL=none"));
	free(text);
	while (!sact_is_settled(s)) {
		sact_event *e;

		g_assert_cmpint(poll(&pfd, 1, 5000), ==, 1);
		g_assert_cmpint(sact_dispatch(s), >=, 0);
		for (; sact_next_event(s, &e) > 0; sact_event_unref(e))
			if (sact_event_get_type(e) == SACT_EVENT_GOAL && sact_event_get_goal(e) == g)
				failed = g_str_equal(sact_event_get_text(e), "failed");
	}
	g_assert_true(failed);
	g_assert_cmpint(sact_explain(s, &text), ==, 0);
	g_assert_cmpstr(text, ==, "");
	free(text);
	g_assert_cmpint(sact_status_json(s, &text), ==, 0);
	g_assert_true(g_str_has_prefix(text, "{\"version\":1,"));
	free(text);
}

static void test_replay(void)
{
	static const char *const bad[] = { "garbage\n", "@1 < frob\n", "@x < timer\n", "@1 ? timer\n",
					   "@1 < device node\n" };
	char *report = UNTOUCHED;

	g_assert_cmpint(sact_replay("", 0, 0, 0, NULL), ==, -EINVAL);
	g_assert_cmpint(sact_replay("@1\0<", 4, 0, 0, &report), ==, -EINVAL);
	g_assert_cmpint(sact_replay("", 0, 1u << 31, 0, &report), ==, -EINVAL);
	g_assert_cmpint(sact_replay("", 0, SACT_REPLAY_SHUFFLE | SACT_REPLAY_ALL_ORDERS, 0, &report), ==, -EINVAL);
	g_assert_true((void *)report == UNTOUCHED);
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_assert_cmpint(sact_replay(bad[i], strlen(bad[i]), 0, 0, &report), ==, -EBADMSG);
		g_assert_nonnull(strstr(report, "line 1"));
		free(report);
	}
	g_assert_cmpint(sact_replay("@1 < timer\n@1 > forget secret=1\n", 32, 0, 0, &report), ==, -EUCLEAN);
	g_assert_nonnull(strstr(report, "recorded forget secret=1"));
	free(report);
	g_assert_cmpint(sact_replay("@1 > forget secret=1\n@1 < timer\n", 32, 0, 0, &report), ==, -EUCLEAN);
	g_assert_nonnull(strstr(report, "line 1: an action before any input: forget secret=1"));
	free(report);
	/* The length counts, not what lies behind it. */
	g_assert_cmpint(sact_replay("@1 < timer\ngarbage", 11, 0, 0, &report), ==, 0);
	free(report);
}

/* What a run has recorded replays without a difference. */
static void test_record(void)
{
	g_autofree char *path = NULL, *journal = NULL;
	g_autoptr(sact) s = context();
	char *report = NULL;
	int fd = g_file_open_tmp("test-api-XXXXXX", &path, NULL);
	size_t len;

	g_assert_cmpint(fd, >=, 0);
	g_assert_cmpint(sact_set_record_fd(s, fd), ==, 0);
	close(fd);
	g_assert_cmpint(sact_set_degraded_after(s, 5 * SEC), ==, 0);
	g_assert_cmpint(sact_set_degraded_after(s, UINT64_MAX), ==, 0);
	/* What is in a name, its deadlines too are one line each. */
	g_assert_cmpint(sact_goal_new_device(s, "LABEL=no\n@1 < stop\n\"ne", NULL), ==, 0);
	g_assert_cmpint(sact_run(s, SEC / 20), ==, -ETIME);
	g_assert_true(g_file_get_contents(path, &journal, &len, NULL));
	g_assert_nonnull(strstr(journal, "< goal id=1"));
	g_assert_nonnull(strstr(journal, " = deadline until="));
	g_assert_null(strstr(journal, "\n@1 < stop\n"));
	g_assert_cmpint(sact_replay(journal, len, 0, 0, &report), ==, 0);
	free(report);
	g_unlink(path);
}

/* Who reads the journal may go: recording ends, and that is all. */
static void test_record_pipe(void)
{
	g_autoptr(sact) s = context();
	unsigned lines = 0;
	int fds[2];

	g_assert_cmpint(pipe(fds), ==, 0);
	g_assert_cmpint(sact_set_record_fd(s, fds[1]), ==, 0);
	close(fds[0]);
	close(fds[1]);
	g_assert_cmpint(sact_set_degraded_after(s, SEC), ==, 0);
	g_assert_cmpint(sact_set_log_fn(s, count_log, &lines), ==, 0);
	g_assert_cmpint(sact_set_degraded_after(s, SEC), ==, 0);
	g_assert_cmpuint(lines, ==, 1); /* not of an attempt to write */
}

/* ---- state files ---- */

struct folder {
	char *path, *state;
	int fd;
};

static struct folder folder_new(void)
{
	struct folder f = { .path = g_dir_make_tmp("test-api-XXXXXX", NULL) };

	g_assert_nonnull(f.path);
	f.state = g_build_filename(f.path, "state", NULL);
	f.fd = open(f.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	g_assert_cmpint(f.fd, >=, 0);
	return f;
}

static void folder_free(struct folder *f)
{
	for (const char *const *name = (const char *const[]){ "state", "status.json", "other", NULL }; *name; name++)
		(void)unlinkat(f->fd, *name, 0);
	close(f->fd);
	g_assert_cmpint(rmdir(f->path), ==, 0); /* no other file was left behind */
	g_free(f->path);
	g_free(f->state);
}

static void put_state(const struct folder *f, const char *text, mode_t mode)
{
	g_assert_true(g_file_set_contents(f->state, text, -1, NULL));
	g_assert_cmpint(chmod(f->state, mode), ==, 0);
}

static int load(const struct folder *f, unsigned *messages)
{
	g_autoptr(sact) s = context();
	sact_event *e = NULL;
	int r = sact_load(s, f->fd);

	*messages = 0;
	for (; sact_next_event(s, &e) > 0; sact_event_unref(e)) {
		g_assert_cmpint(sact_event_get_number(e), ==, 65);
		++*messages;
	}
	return r;
}

#define VERSION "storage-activate-state 1\n"

static void test_load(void)
{
	static const struct {
		const char *text;
		mode_t mode;
		int result;
		unsigned messages;
	} rows[] = {
		{ VERSION, 0600, 0, 0 },
		{ VERSION "made kind=dm name=x uuid=CRYPT-x\n", 0600, 0, 0 },
		{ VERSION "garbage here\nmade kind=dm uuid=CRYPT-x\nmade frob=1\n\ntimer\n", 0600, 0, 3 },
		{ VERSION, 0640, -EPERM, 0 },
		{ VERSION, 0604, -EPERM, 0 },
		{ "", 0600, -EBADMSG, 0 },
		{ "storage-activate-state 2\nmade kind=dm\n", 0600, -EBADMSG, 0 },
		{ "garbage", 0600, -EBADMSG, 0 },
	};
	g_autoptr(GString) many = g_string_new(VERSION);
	struct folder f = folder_new();
	unsigned messages;

	g_assert_cmpint(load(&f, &messages), ==, -ENOENT);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		put_state(&f, rows[i].text, rows[i].mode);
		g_assert_cmpint(load(&f, &messages), ==, rows[i].result);
		g_assert_cmpuint(messages, ==, rows[i].messages);
		g_assert_cmpint(unlink(f.state), ==, 0);
	}
	/* Not a file of its own: a link to a good one, a folder, a pipe that nobody writes to. */
	put_state(&f, VERSION, 0600);
	g_assert_cmpint(renameat(f.fd, "state", f.fd, "other"), ==, 0);
	g_assert_cmpint(symlinkat("other", f.fd, "state"), ==, 0);
	g_assert_cmpint(load(&f, &messages), ==, -ELOOP);
	g_assert_cmpint(unlink(f.state), ==, 0);
	g_assert_cmpint(mkfifo(f.state, 0600), ==, 0);
	g_assert_cmpint(load(&f, &messages), ==, -EPERM);
	g_assert_cmpint(unlink(f.state), ==, 0);
	/* What was made on a machine with ten thousand volumes. */
	for (unsigned i = 0; i < 10000; i++)
		g_string_append_printf(many, "made kind=dm node=dm-%u uuid=LVM-%0128u\n", i, i);
	put_state(&f, many->str, 0600);
	g_assert_cmpint(load(&f, &messages), ==, 0);
	g_assert_cmpuint(messages, ==, 0);
	g_assert_cmpint(truncate(f.state, (16 << 20) + 1), ==, 0);
	g_assert_cmpint(load(&f, &messages), ==, -EPERM);
	folder_free(&f);
}

static void test_save(void)
{
	struct folder f = folder_new();
	g_autofree char *text = NULL;
	g_autoptr(sact) s = context(), stop = context();
	struct stat st;
	unsigned messages;
	int file;

	g_assert_cmpint(sact_save(s, f.fd), ==, 0);
	g_assert_cmpint(fstatat(f.fd, "state", &st, AT_SYMLINK_NOFOLLOW), ==, 0);
	g_assert_cmpuint(st.st_mode, ==, S_IFREG | 0600);
	g_assert_cmpint(fstatat(f.fd, "status.json", &st, AT_SYMLINK_NOFOLLOW), ==, 0);
	g_assert_cmpint(load(&f, &messages), ==, 0);
	/* A name that somebody else put there is replaced, not followed. */
	g_assert_cmpint(unlink(f.state), ==, 0);
	g_assert_cmpint(symlinkat("other", f.fd, "state"), ==, 0);
	g_assert_cmpint(sact_save(s, f.fd), ==, 0);
	g_assert_cmpint(faccessat(f.fd, "other", F_OK, 0), ==, -1);
	g_assert_cmpint(load(&f, &messages), ==, 0);
	/* What is torn down has no goals; the status is of what is left. */
	g_assert_cmpint(sact_goal_new_device(s, "LABEL=none", NULL), ==, 0);
	g_assert_cmpint(sact_stop(s, NULL, 0), ==, -EBUSY);
	g_assert_cmpint(sact_stop(stop, NULL, 0), ==, 0);
	g_assert_cmpint(sact_save(stop, f.fd), ==, 0);
	g_assert_cmpint(fstatat(f.fd, "status.json", &st, 0), ==, 0);
	file = open("/dev/null", O_RDONLY | O_CLOEXEC);
	g_assert_cmpint(sact_save(s, file), ==, -ENOTDIR);
	close(file);
	g_assert_cmpint(sact_save(s, file), ==, -EBADF);
	folder_free(&f);
}

/* ---- the header for GLib ---- */

struct seen {
	GMainLoop *loop;
	unsigned goals, rounds;
};

static gboolean on_event(sact *s, sact_event *event, int error, gpointer data)
{
	struct seen *seen = data;

	g_assert_cmpint(error, ==, 0);
	if (event) {
		seen->goals += sact_event_get_type(event) == SACT_EVENT_GOAL;
		return G_SOURCE_CONTINUE;
	}
	seen->rounds++;
	if (!sact_is_settled(s))
		return G_SOURCE_CONTINUE;
	g_main_loop_quit(seen->loop);
	return G_SOURCE_REMOVE;
}

static void test_glib(void)
{
	g_autoptr(GMainContext) main_context = g_main_context_new();
	g_autoptr(GMainLoop) loop = g_main_loop_new(main_context, FALSE);
	g_autoptr(GSource) source = NULL;
	struct seen seen = { .loop = loop };
	sact *s = context();

	g_assert_cmpint(sact_set_timeout(s, now() + SEC / 20), ==, 0);
	g_assert_cmpint(sact_goal_new_device(s, "LABEL=none", NULL), ==, 0);
	g_assert_cmpint(sact_add_fstab(s, "nonsense\n", "fstab", NULL), ==, 0); /* an event waits already */
	g_assert_cmpint(sact_start(s), ==, 0);
	source = sact_source_new(s);
	sact_unref(s); /* the source has a reference of its own */
	sact_source_set_callback(source, on_event, &seen, NULL);
	g_source_attach(source, main_context);
	g_main_loop_run(loop);
	g_assert_cmpuint(seen.goals, ==, 1);
	g_assert_cmpuint(seen.rounds, >=, 2);
	g_assert_true(g_source_is_destroyed(source));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/api/null", test_null);
	g_test_add_func("/api/arguments", test_arguments);
	g_test_add_func("/api/refs", test_refs);
	g_test_add_func("/api/setters", test_setters);
	g_test_add_func("/api/files", test_files);
	g_test_add_func("/api/usr", test_usr);
	g_test_add_func("/api/deadline", test_deadline);
	g_test_add_func("/api/descriptor", test_descriptor);
	g_test_add_func("/api/replay", test_replay);
	g_test_add_func("/api/record", test_record);
	g_test_add_func("/api/record-pipe", test_record_pipe);
	g_test_add_func("/api/load", test_load);
	g_test_add_func("/api/save", test_save);
	g_test_add_func("/api/glib", test_glib);
	add_tests_people();
	return g_test_run();
}
