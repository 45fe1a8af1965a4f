/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of all commands: one table, each row with the commands that take it. */
#include "tools.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOR_GOALS (FOR_ROOT | FOR_MOUNT | FOR_DEVICE)
#define FOR_RUNS (FOR_GOALS | FOR_STOP)
#define FOR_TALK (FOR_STATUS | FOR_EXPLAIN | FOR_ANSWER)

enum kind {
	KIND_STRING,
	KIND_FLAG,
	KIND_OPTIONAL, /* a string that has a default when only the name is given */
	KIND_SECONDS,
	KIND_DEGRADED,
	KIND_SHUFFLE,
	KIND_SOURCE,
};

static const struct row {
	const char *name, *argument;
	enum kind kind;
	size_t offset;
	unsigned commands;
	const char *help;
} rows[] = {
#define AT(field) offsetof(struct options, field)
	{"target", "DIR", KIND_STRING, AT(target), FOR_ROOT, "where root is mounted (default /sysroot)"},
	{"all", NULL, KIND_FLAG, AT(all), FOR_MOUNT | FOR_STOP, "all of them"},
	{"everything", NULL, KIND_FLAG, AT(everything), FOR_STOP, "also what others made"},
	{"fstype", "TYPE", KIND_STRING, AT(fstype), FOR_MOUNT, "file system type for SPEC TARGET"},
	{"options", "LIST", KIND_STRING, AT(mount_options), FOR_MOUNT, "mount options for SPEC TARGET"},
	{"fsck", "MODE", KIND_OPTIONAL, AT(fsck), FOR_MOUNT,
	 "check before mounting: auto (default), force, no"},
	{"cmdline", "FILE", KIND_STRING, AT(cmdline), FOR_GOALS,
	 "kernel command line (root: default /proc/cmdline)"},
	{"crypttab", "FILE", KIND_STRING, AT(crypttab), FOR_GOALS, "default /etc/crypttab"},
	{"fstab", "FILE", KIND_STRING, AT(fstab), FOR_ROOT | FOR_MOUNT, "default /etc/fstab"},
	{"mdadm-conf", "FILE", KIND_STRING, AT(mdadm_conf), FOR_GOALS,
	 "default /etc/mdadm/mdadm.conf or /etc/mdadm.conf"},
	{"layout", "FILE", KIND_STRING, AT(layout), FOR_GOALS, "layout record of the image"},
	{"source", "udev|kernel|auto", KIND_SOURCE, AT(source), FOR_RUNS, "where events come from"},
	{"timeout", "SECONDS", KIND_SECONDS, AT(timeout_usec), FOR_RUNS,
	 "give up then (default: never)"},
	{"degraded", "SECONDS|never", KIND_DEGRADED, AT(degraded_usec), FOR_GOALS,
	 "how long an array waits for its missing members"},
	{"record", "FILE", KIND_STRING, AT(record), FOR_RUNS, "write a journal that replay understands"},
	{"run-dir", "DIR", KIND_STRING, AT(run_dir), FOR_RUNS | FOR_TALK,
	 "default /run/storage-activate"},
	{"json", NULL, KIND_FLAG, AT(json), FOR_GOALS | FOR_STATUS, "print the status as JSON"},
	{"follow", NULL, KIND_FLAG, AT(follow), FOR_STATUS, "one line of JSON for each change"},
	{"list", NULL, KIND_FLAG, AT(list), FOR_ANSWER, "print the standing questions as JSON"},
	{"quiet", NULL, KIND_FLAG, AT(quiet), FOR_RUNS, "warnings and errors only"},
	{"progress", NULL, KIND_FLAG, AT(progress), FOR_RUNS, "print each state of devices and goals as it changes"},
	{"verbose", NULL, KIND_FLAG, AT(verbose), FOR_RUNS, "print the library's debug messages, and as --progress"},
	{"shuffle", "SEED", KIND_SHUFFLE, AT(shuffle), FOR_REPLAY, "another order of arrival"},
	{"all-orders", NULL, KIND_FLAG, AT(all_orders), FOR_REPLAY, "every order of arrival"},
	{"output", "FILE", KIND_STRING, AT(output), FOR_PLOT, "write it there (default: standard output)"},
	{"text", NULL, KIND_FLAG, AT(text), FOR_PLOT, "critical path and sums as text"},
	{"boot", NULL, KIND_FLAG, AT(boot), FOR_PLOT, "the time before it was the kernel's"},
	{"help", NULL, KIND_FLAG, AT(help), ~0u, "this text"},
#undef AT
};

int usage_error(const char *format, ...)
{
	va_list ap;

	fputs("storage-activate: ", stderr);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputs("\nTry 'storage-activate --help'.\n", stderr);
	return EXIT_USAGE;
}

int spec_error(const char *spec)
{
	say_error(MSG_NO_SPEC, spec,
		  "names no device; one is UUID=, LABEL=, PARTUUID= or PARTLABEL= with a value, a path below /dev, "
		  "or MAJOR:MINOR");
	return EXIT_USAGE;
}

void options_help(const struct command *c)
{
	printf("Usage: storage-activate %s [OPTION...] %s\n\n%s\n\nOptions:\n", c->name, c->arguments,
	       c->summary);
	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		char left[48];

		if (!(rows[i].commands & c->bit))
			continue;
		if (!rows[i].argument)
			snprintf(left, sizeof left, "--%s", rows[i].name);
		else if (rows[i].kind == KIND_OPTIONAL)
			snprintf(left, sizeof left, "--%s[=%s]", rows[i].name, rows[i].argument);
		else
			snprintf(left, sizeof left, "--%s=%s", rows[i].name, rows[i].argument);
		printf("  %-26s  %s\n", left, rows[i].help);
	}
}

static int set_source(int *source, const char *text)
{
	static const struct {
		const char *name;
		int source;
	} sources[] = {
		{"auto", SACT_SOURCE_AUTO}, {"udev", SACT_SOURCE_UDEV}, {"kernel", SACT_SOURCE_KERNEL}};

	for (size_t i = 0; i < N_ELEMENTS(sources); i++)
		if (strcmp(text, sources[i].name) == 0) {
			*source = sources[i].source;
			return 0;
		}
	return -1;
}

static int set_option(struct options *o, const struct row *row, const char *value)
{
	char *field = (char *)o + row->offset;

	switch (row->kind) {
	case KIND_STRING:
		*(const char **)field = value;
		return *value ? 0 : -1;
	case KIND_OPTIONAL:
		*(const char **)field = value ? value : "auto";
		return (*(const char **)field)[0] ? 0 : -1;
	case KIND_FLAG:
		*(bool *)field = true;
		return 0;
	case KIND_SECONDS:
		return parse_seconds(value, (uint64_t *)field);
	case KIND_DEGRADED:
		o->has_degraded = true;
		if (strcmp(value, "never") == 0) {
			o->degraded_usec = UINT64_MAX;
			return 0;
		}
		return parse_seconds(value, &o->degraded_usec);
	case KIND_SHUFFLE:
		o->has_shuffle = true;
		return parse_number(value, &o->shuffle);
	case KIND_SOURCE:
		return set_source((int *)field, value);
	}
	return -1;
}

static size_t fill_getopt(const struct command *c, struct option *list, const struct row **of)
{
	size_t n = 0;

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		if (!(rows[i].commands & c->bit))
			continue;
		list[n] = (struct option){.name = rows[i].name,
					  .has_arg = rows[i].kind == KIND_OPTIONAL ? optional_argument
						     : rows[i].argument		   ? required_argument
										   : no_argument,
					  .val = 1};
		of[n++] = &rows[i];
	}
	list[n] = (struct option){0};
	return n;
}

int options_parse(const struct command *c, int argc, char **argv, struct options *ret)
{
	struct option list[N_ELEMENTS(rows) + 1];
	const struct row *of[N_ELEMENTS(rows)];
	struct options o = {.run_dir = "/run/storage-activate",
			    .target = "/sysroot",
			    .source = SACT_SOURCE_AUTO,
			    .timeout_usec = UINT64_MAX};
	int found, index = 0;

	fill_getopt(c, list, of);
	opterr = 0;
	while ((found = getopt_long(argc, argv, ":h", list, &index)) >= 0) {
		switch (found) {
		case 'h':
			o.help = true;
			break;
		case 1:
			if (set_option(&o, of[index], optarg) < 0)
				return -usage_error("%s: --%s=%s is not understood", c->name,
						    of[index]->name, optarg ? optarg : "");
			break;
		case ':':
			return -usage_error("%s: %s wants a value", c->name, argv[optind - 1]);
		default:
			return -usage_error("%s: there is no option %s", c->name, argv[optind - 1]);
		}
	}
	if (o.quiet && (o.verbose || o.progress))
		return -usage_error("%s: --quiet or --verbose and --progress, not both", c->name);
	if (o.has_shuffle && o.all_orders)
		return -usage_error("%s: --shuffle or --all-orders, not both", c->name);
	*ret = o;
	return optind;
}
