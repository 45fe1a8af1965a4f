/* SPDX-License-Identifier: GPL-2.0-or-later */
/* root, mount, device: what is wanted, then the same loop. */
#include "tools.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const crypttabs[] = {"/etc/crypttab", NULL};
static const char *const fstabs[] = {"/etc/fstab", NULL};
static const char *const mdadm_confs[] = {"/etc/mdadm/mdadm.conf", "/etc/mdadm.conf", NULL};
static const char *const lvm_confs[] = {"/etc/lvm/lvm.conf", NULL};
static const char *const lvmlocal_confs[] = {"/etc/lvm/lvmlocal.conf", NULL};
static const char *const cmdlines[] = {"/proc/cmdline", NULL};
static const char *const nothing[] = {NULL};

/* A file that was named has to be there; of the defaults the first that is. */
static int read_named(const char *named, const char *const *defaults, char **ret, const char **ret_name)
{
	int error;

	if (named) {
		*ret_name = named;
		if ((error = read_file(named, ret, NULL)) < 0)
			say_error(MSG_FILE, named, "cannot be read: %s", strerror(-error));
		return error;
	}
	for (; *defaults; defaults++) {
		*ret_name = *defaults;
		error = read_file(*defaults, ret, NULL);
		if (error >= 0)
			return 1;
		if (error != -ENOENT)
			say_error(MSG_FILE, *defaults, "cannot be read: %s", strerror(-error));
	}
	*ret = NULL;
	return 0;
}

static int added(const char *name, int error)
{
	if (error < 0)
		say_error(MSG_FILE, name, "cannot be used: %s", strerror(-error));
	return error;
}

typedef int (*add_fn)(sact *s, const char *text, const char *name);

static int add_cmdline(sact *s, const char *text, const char *name)
{
	return sact_add_cmdline(s, text);
}

static int add_file(struct run *r, const char *named, const char *const *defaults, add_fn add)
{
	_cleanup_free_ char *text = NULL;
	const char *name;
	int error = read_named(named, defaults, &text, &name);

	if (error < 0 || !text)
		return error;
	return added(name, add(r->s, text, name));
}

/* targets: as for sact_add_fstab(). */
static int add_fstab(struct run *r, const char *const *targets)
{
	_cleanup_free_ char *text = NULL;
	const char *name;
	int error = read_named(r->o->fstab, fstabs, &text, &name);

	if (error < 0 || !text)
		return error;
	return added(name, sact_add_fstab(r->s, text, name, targets));
}

static int add_config(struct run *r, const char *const *default_cmdlines)
{
	const struct options *o = r->o;
	/* the command line first: it may say that crypttab does not count */
	int error = add_file(r, o->cmdline, default_cmdlines, add_cmdline);

	if (error >= 0)
		error = add_file(r, o->layout, nothing, sact_add_layout);
	if (error >= 0)
		error = add_file(r, o->crypttab, crypttabs, sact_add_crypttab);
	if (error >= 0)
		error = add_file(r, o->mdadm_conf, mdadm_confs, sact_add_mdadm_conf);
	if (error >= 0)
		error = add_file(r, NULL, lvm_confs, sact_add_lvm_conf);
	if (error >= 0)
		error = add_file(r, NULL, lvmlocal_confs, sact_add_lvm_conf);
	return error;
}

static int print_status(struct run *r)
{
	_cleanup_free_ char *text = NULL;
	int error = sact_status_json(r->s, &text);

	if (error < 0) {
		say_error(MSG_ENGINE, "", "no status: %s", strerror(-error));
		return EXIT_FAILED;
	}
	fputs(text, stdout);
	if (!*text || text[strlen(text) - 1] != '\n')
		putchar('\n');
	return EXIT_DONE;
}

/* Runs what is wanted by now; wanted: the result of the calls that said so. */
static int run(struct run *r, const char *spec, int wanted)
{
	int status;

	if (wanted == -EINVAL)
		return spec_error(spec);
	if (wanted < 0) {
		say_error(MSG_ENGINE, spec, "%s", strerror(-wanted));
		return EXIT_FAILED;
	}
	status = run_loop(r);
	if (r->o->json && print_status(r) != EXIT_DONE && status == EXIT_DONE)
		status = EXIT_FAILED;
	return status;
}

static int start(struct run *r, const struct options *o, const char *const *default_cmdlines)
{
	int status = run_open(r, o), error = 0;

	if (status == EXIT_DONE && default_cmdlines == cmdlines && access(LOCKED, F_OK) == 0)
		error = sact_set_locked(r->s, 1);
	if (error < 0) {
		say_error(MSG_ENGINE, LOCKED, "%s", strerror(-error));
		return EXIT_FAILED;
	}
	if (status == EXIT_DONE && add_config(r, default_cmdlines) < 0)
		status = EXIT_FAILED;
	return status;
}

/* Root is there and says whether /usr is a file system of its own. */
static int run_usr(struct run *r)
{
	static const char *const usr[] = {"/usr", NULL};
	_cleanup_free_ char *text = NULL, *path = NULL;
	int error;

	if (asprintf(&path, "%s/etc/fstab", r->o->target) < 0)
		return EXIT_FAILED;
	error = read_file(path, &text, NULL);
	if (error == -ENOENT)
		return EXIT_DONE;
	if (error >= 0)
		error = sact_set_prefix(r->s, r->o->target);
	if (error >= 0)
		error = sact_add_fstab(r->s, text, path, usr);
	if (error < 0) { /* root is mounted: the system behind it may still mount it */
		say_error(MSG_FILE, path, "cannot be used: %s", strerror(-error));
		return EXIT_DONE;
	}
	return sact_is_settled(r->s) > 0 ? EXIT_DONE : run_loop(r);
}

int cmd_root(const struct options *o, int argc, char **argv)
{
	sact_goal *g = NULL;
	struct run r;
	int status, error = 0;

	if (argc)
		return usage_error("root: '%s' is one argument too many", argv[0]);
	if (o->target[0] != '/')
		return usage_error("root: --target has to be an absolute path, not '%s'", o->target);
	status = start(&r, o, cmdlines);
	/* known, none of it wanted: the options of / may be there */
	if (status == EXIT_DONE && add_fstab(&r, nothing) < 0)
		status = EXIT_FAILED;
	if (status == EXIT_DONE)
		error = sact_goal_new_root(r.s, o->target, &g);
	if (error == -ENOENT) {
		say_error(MSG_FILE, o->cmdline ? o->cmdline : cmdlines[0], "names no root=");
		status = EXIT_FAILED;
	} else if (error == -EPERM || error == -EINVAL) { /* the library has a message that says why */
		show_messages(&r);
		status = error == -EPERM ? EXIT_REFUSED : EXIT_FAILED;
	}
	if (status == EXIT_DONE)
		status = run(&r, "root", error);
	if (status == EXIT_DONE)
		status = run_usr(&r);
	sact_goal_unref(g);
	run_close(&r);
	return status;
}

int cmd_device(const struct options *o, int argc, char **argv)
{
	sact_goal *g = NULL;
	struct run r;
	int status;

	if (argc != 1)
		return usage_error("device: one SPEC is wanted");
	status = start(&r, o, nothing);
	if (status == EXIT_DONE)
		status = run(&r, argv[0], sact_goal_new_device(r.s, argv[0], &g));
	if (status == EXIT_DONE && !o->json && sact_goal_get_node(g))
		puts(sact_goal_get_node(g));
	sact_goal_unref(g);
	run_close(&r);
	return status;
}

static bool is_major_minor(const char *text)
{
	unsigned major, minor;
	int end = 0;

	return sscanf(text, "%u:%u%n", &major, &minor, &end) == 2 && !text[end];
}

/* "SPEC TARGET", not two mount points. */
static bool is_pair(int argc, char **argv)
{
	return argc == 2 && argv[1][0] == '/' &&
	       (strncmp(argv[0], "/dev/", 5) == 0 || (argv[0][0] != '/' && strchr(argv[0], '=')) ||
		is_major_minor(argv[0]));
}

static int new_mount(struct run *r, char **argv, sact_goal **ret)
{
	const struct options *o = r->o;
	int error = sact_goal_new_mount(r->s, argv[0], argv[1], ret);

	if (error >= 0 && o->fstype)
		error = sact_goal_set_fstype(*ret, o->fstype);
	if (error >= 0 && o->mount_options)
		error = sact_goal_set_options(*ret, o->mount_options);
	if (error >= 0 && o->fsck)
		error = sact_goal_set_fsck(*ret, o->fsck);
	return error;
}

/* As paths: slashes that double others or end one say nothing. */
static bool same_words(const char *a, const char *b)
{
	for (;; a++, b++) {
		while (*a == '/' && (a[1] == '/' || !a[1]))
			a++;
		while (*b == '/' && (b[1] == '/' || !b[1]))
			b++;
		if (*a != *b || !*a)
			return *a == *b;
	}
}

/* Or they lead to one place. */
static bool same_path(const char *a, const char *b)
{
	char x[PATH_MAX], y[PATH_MAX];

	return same_words(a, b) || (realpath(a, x) && realpath(b, y) && strcmp(x, y) == 0);
}

/* An entry for it is there, but on no device: a message has said so. */
static bool is_off_device(const struct run *r, const char *path)
{
	for (const char *at = r->off_device; at && (at = strchr(at, '\n')); at++) {
		_cleanup_free_ char *one = strndup(at + 1, strcspn(at + 1, "\n"));

		if (one && same_path(one, path))
			return true;
	}
	return false;
}

/* Every mount point that was named has to be in the file. */
static int check_mountpoints(struct run *r, int argc, char **argv)
{
	int status = EXIT_DONE;

	for (int i = 0; i < argc; i++) {
		bool found = false;
		sact_goal *g;

		for (size_t k = 0; !found && (g = sact_get_goal(r->s, k)); k++)
			found = sact_goal_get_target(g) && same_path(sact_goal_get_target(g), argv[i]);
		if (found)
			continue;
		if (!is_off_device(r, argv[i]))
			say_error(MSG_FILE, r->o->fstab ? r->o->fstab : fstabs[0], "has no entry for %s",
				  argv[i]);
		status = EXIT_FAILED;
	}
	return status;
}

static int mount_fstab(struct run *r, int argc, char **argv)
{
	int status;

	if (add_fstab(r, r->o->all ? NULL : (const char *const *)argv) < 0)
		return EXIT_FAILED;
	show_messages(r);
	status = check_mountpoints(r, argc, argv);
	return status == EXIT_DONE ? run(r, "fstab", 0) : status;
}

/* With ",yes" or ",no" it also says what is answered to the questions of a checker. */
static bool is_fsck_mode(const char *mode)
{
	static const char *const modes[] = {"auto", "force", "no"};
	size_t len = strcspn(mode, ",");

	if (mode[len] && strcmp(mode + len, ",yes") != 0 && strcmp(mode + len, ",no") != 0)
		return false;
	for (size_t i = 0; i < N_ELEMENTS(modes); i++)
		if (strlen(modes[i]) == len && strncmp(mode, modes[i], len) == 0)
			return true;
	return false;
}

int cmd_mount(const struct options *o, int argc, char **argv)
{
	bool pair = !o->all && is_pair(argc, argv);
	sact_goal *g = NULL;
	struct run r;
	int status;

	if (o->all ? argc > 0 : argc == 0)
		return usage_error("mount: --all, mount points, or SPEC TARGET");
	if (!pair && argc == 2 && argv[0][0] != '/' && argv[1][0] == '/')
		return spec_error(argv[0]);
	if (!pair && argc == 2 && argv[0][0] != '/' && strchr(argv[0], '='))
		return usage_error("mount: TARGET has to be an absolute path, not '%s'", argv[1]);
	for (int i = 0; !pair && i < argc; i++)
		if (argv[i][0] != '/')
			return usage_error("mount: '%s' is no mount point", argv[i]);
	if (o->fsck && !is_fsck_mode(o->fsck))
		return usage_error("mount: --fsck=%s is not understood: auto, force or no", o->fsck);
	if (!pair && (o->fstype || o->mount_options || o->fsck))
		return usage_error("mount: --fstype, --options and --fsck go with SPEC TARGET");
	if (pair && o->fstab)
		return usage_error("mount: --fstab does not go with SPEC TARGET");
	status = start(&r, o, nothing);
	if (status == EXIT_DONE && pair)
		status = run(&r, argv[0], new_mount(&r, argv, &g));
	else if (status == EXIT_DONE)
		status = mount_fstab(&r, argc, argv);
	sact_goal_unref(g);
	run_close(&r);
	return status;
}
