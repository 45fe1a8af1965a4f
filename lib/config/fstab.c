/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fstab(5).  Entries that are not for us are goals too, marked: the caller decides about them. */
#include "config/config.h"

static const char *const no_device[] = {
	"aufs",	   "autofs",  "binfmt_misc", "bpf",	   "cgroup",	"cgroup2",   "configfs",
	"debugfs", "devpts",  "devtmpfs",    "efivarfs",   "fusectl",	"hugetlbfs", "ignore",
	"mqueue",  "none",    "nsfs",	     "overlay",	   "overlayfs", "proc",	     "pstore",
	"ramfs",   "rootfs",  "rpc_pipefs",  "securityfs", "selinuxfs", "sysfs",     "tmpfs",
	"tracefs", "unionfs", "usbfs",	     "virtiofs",   "zfs",	NULL,
};

static const char *const network[] = {
	"9p",	 "afs",	      "ceph",		"cifs",	      "coda",
	"davfs", "fuse.ceph", "fuse.glusterfs", "fuse.sshfs", "gfs",
	"gfs2",	 "glusterfs", "lustre",		"ncp",	      "ncpfs",
	"nfs",	 "nfs4",      "ocfs2",		"smb3",	      "smbfs",
	"sshfs", NULL,
};

static const char *const bind[] = { "bind", "rbind", "remount", "move", NULL };

static bool any_in(char **options, const char *const *list)
{
	for (; *options; options++)
		if (config_word_in(list, *options))
			return true;
	return false;
}

/* NULL: one of ours. */
static const char *skip_reason(const char *spec, const char *fstype, const char *options)
{
	g_auto(GStrv) o = g_strsplit(options, ",", -1);
	const char *const *words = (const char *const *)o;
	bool noauto = false;

	for (char **w = o; *w; w++)
		if (g_str_equal(*w, "noauto") || g_str_equal(*w, "auto"))
			noauto = **w == 'n';
	if (noauto)
		return "noauto";
	if (config_word_in(network, fstype) || config_word_in(words, "_netdev"))
		return "network";
	if (config_word_in(no_device, fstype) || g_str_has_prefix(fstype, "fuse.") ||
	    any_in(o, bind))
		return "no device";
	/* a file: swap files and images wait for another mount, not for a device */
	if (*spec == '/' && !g_str_has_prefix(spec, "/dev/"))
		return "no device";
	return NULL;
}

static void bad_line(struct config *out, const char *where, const char *what, const char *text)
{
	config_complain(out, CONFIG_FSTAB_LINE, 3, where, "%s: \"%s\"; the entry is skipped", what,
			text);
}

static bool numbers_parse(char **f, unsigned n, const char *where, uint64_t *passno,
			  struct config *out)
{
	uint64_t number;

	for (unsigned i = 4; i < n && i < 6; i++) {
		if (parse_u64(f[i], &number) < 0 || number > G_MAXINT32) {
			config_complain(
				out, CONFIG_FSTAB_NUMBER, 3, where,
				"%s: field %u has to be a number, not \"%s\"; the entry is skipped",
				f[1], i + 1, f[i]);
			return false;
		}
		if (i == 5)
			*passno = number;
	}
	if (n > 6)
		config_complain(
			out, CONFIG_FSTAB_EXCESS, 4, where,
			"%s: \"%s\" and what follows it is ignored: an entry has six fields", f[1],
			f[6]);
	return true;
}

/* The one option with a value that is for us (see lib/goals.c); the others are the kernel's. */
static void timeout_check(const char *options, const char *where, struct config *out)
{
	static const char word[] = "x-systemd.device-timeout=";
	g_auto(GStrv) words = g_strsplit(options, ",", -1);
	uint64_t usec;

	for (char **w = words; *w; w++)
		if (g_str_has_prefix(*w, word) && parse_usec(*w + strlen(word), &usec) < 0)
			config_complain(out, CONFIG_FSTAB_VALUE, 4, where, "\"%s\" is no time; it is ignored", *w);
}

static void entry_parse(char **f, unsigned n, const char *where, struct config *out)
{
	g_autofree char *source = config_unescape(f[0], false), *spec = NULL;
	g_autofree char *target = config_unescape(f[1], false);
	g_autofree char *fstype = config_unescape(f[2], false);
	g_autofree char *options = config_unescape(n > 3 ? f[3] : "defaults", false);
	const char *skip = skip_reason(source, fstype, options);
	bool swap = g_str_equal(fstype, "swap");
	uint64_t passno = 0;
	struct input *in;

	if (!numbers_parse(f, n, where, &passno, out))
		return;
	if (config_spec(source, false, &spec) < 0) {
		if (!skip) {
			bad_line(out, where, "this is neither a path nor UUID=, LABEL=, PARTUUID=, "
				 "PARTLABEL=", source);
			return;
		}
		spec = g_strdup(source);
	}
	if (!swap && *target != '/' && !(skip && g_str_equal(target, "none"))) {
		bad_line(out, where, "the mount point has to be an absolute path", target);
		return;
	}
	if (!skip)
		timeout_check(options, where, out);
	in = config_add(out, INPUT_GOAL);
	in->kind = g_strdup(swap ? "swap" : "mount");
	in->spec = g_steal_pointer(&spec);
	in->target = swap ? NULL : g_steal_pointer(&target);
	in->fstype = g_steal_pointer(&fstype);
	in->options = g_steal_pointer(&options);
	in->fsck = g_strdup(passno && !swap ? "auto" : "no");
	in->flag = skip;
	in->text = g_strdup(skip);
	in->where = g_strdup(where);
}

void fstab_parse(const char *text, const char *file, struct config *out)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (unsigned i = 0; lines[i]; i++) {
		g_autofree char *where = g_strdup_printf("%s:%u", file, i + 1);
		g_auto(GStrv) f = config_fields(lines[i], 3);
		unsigned n = g_strv_length(f);

		if (n >= 3)
			entry_parse(f, n, where, out);
		else if (n)
			bad_line(out, where, "an entry needs a source, a mount point and a type",
				 f[0]);
	}
}
