/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A row is a text, what it becomes (one encoded input a line) and what is complained about ("NUMBER
 * WHERE: part of the text", one a line).  The command line's own fields come first, in one line.
 */
#include "config/config.h"
#include "test-config.h"

static bool seen[CONFIG_MDADM_INDENT + 1];

static void dump_cmdline(GString *to, struct cmdline *c)
{
	const struct {
		const char *name, *value;
	} strings[] = {
		{ "root", c->root }, { "rootfstype", c->rootfstype }, { "rootflags", c->rootflags },
		{ "init", c->init }, { "resume", c->resume },	      { "fsck", c->fsck },
		{ "usr", c->usr },   { "usrfstype", c->usrfstype },   { "usrflags", c->usrflags },
		{ "break", c->brk },
	};
	const struct {
		const char *name;
		bool value;
	} bools[] = {
		{ "rw", c->rw },
		{ "noresume", c->noresume },
		{ "quiet", c->quiet },
		{ "debug", c->debug },
		{ "rootwait", c->rootwait },
		{ "has_panic", c->has_panic },
		{ "no_crypttab", c->no_crypttab },
	};
	GString *s = g_string_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(strings); i++)
		if (strings[i].value)
			g_string_append_printf(s, " %s=%s", strings[i].name, strings[i].value);
	for (size_t i = 0; i < G_N_ELEMENTS(bools); i++)
		if (bools[i].value)
			g_string_append_printf(s, " %s", bools[i].name);
	if (c->panic)
		g_string_append_printf(s, " panic=%" PRId64, c->panic);
	if (c->rootdelay)
		g_string_append_printf(s, " rootdelay=%" PRIu64, c->rootdelay);
	if (c->resume_offset)
		g_string_append_printf(s, " resume_offset=%" PRIu64, c->resume_offset);
	if (s->len)
		g_string_append_printf(to, "%s\n", s->str + 1);
	g_string_free(s, TRUE);
}

static void dump_inputs(GString *to, const struct config *c)
{
	for (unsigned i = 0; i < c->inputs->len; i++) {
		const struct input *in = g_ptr_array_index(c->inputs, i);
		g_autoptr(GString) line = g_string_new(NULL), again = g_string_new(NULL);
		struct input back;

		input_encode(in, line);
		g_assert_cmpint(input_decode(line->str, &back), ==, 0);
		input_encode(&back, again);
		g_assert_cmpstr(line->str, ==, again->str);
		input_clear(&back);
		g_string_append_printf(to, "%s\n", line->str);
	}
}

static void parse(enum parser parser, const char *text, GString *to, struct config *out)
{
	struct cmdline c;

	switch (parser) {
	case CMDLINE:
	case LOCKED:
		cmdline_parse(text, parser == LOCKED, &c, out);
		dump_cmdline(to, &c);
		cmdline_clear(&c);
		break;
	case CRYPTTAB:
		crypttab_parse(text, "crypttab", out);
		break;
	case FSTAB:
		fstab_parse(text, "fstab", out);
		break;
	case MDADM:
		mdadm_conf_parse(text, "mdadm.conf", out);
		break;
	}
	dump_inputs(to, out);
}

static void check_complaint(const struct complaint *c, const char *expected)
{
	const char *colon = strstr(expected, ": ");
	g_autofree char *head = g_strdup_printf("%u %s", c->number, c->where);
	g_autofree char *wanted = g_strndup(expected, (gsize)(colon - expected));

	g_assert_cmpstr(head, ==, wanted);
	if (!strstr(c->text, colon + 2))
		g_error("\"%s\" is not in \"%s\"", colon + 2, c->text);
}

static void check_complaints(const struct config *c, const char *expected)
{
	g_auto(GStrv) lines = g_strsplit(expected ? expected : "", "\n", -1);
	unsigned n = g_strv_length(lines);

	n -= n && !*lines[n - 1];
	for (unsigned i = 0; i < c->complaints->len; i++) {
		const struct complaint *complaint = g_ptr_array_index(c->complaints, i);

		if (i >= n)
			g_error("unexpected: %u %s: %s", complaint->number, complaint->where,
				complaint->text);
		g_assert_cmpuint(complaint->number, <, G_N_ELEMENTS(seen));
		g_assert_true(complaint->severity == 3 || complaint->severity == 4);
		seen[complaint->number] = true;
		check_complaint(complaint, lines[i]);
	}
	g_assert_cmpuint(c->complaints->len, ==, n);
}

static void test_row(const void *data)
{
	const struct row *row = data;
	g_autoptr(GString) got = g_string_new(NULL);
	struct config c;

	config_init(&c);
	parse(row->parser, row->text, got, &c);
	g_assert_cmpstr(got->str, ==, row->inputs ? row->inputs : "");
	check_complaints(&c, row->complaints);
	config_clear(&c);
}

/* What the parsers quote reaches consoles and JSON. */
static void test_clean(void)
{
	static const char text[] = "a\033[31m\377b\n";
	g_autofree char *large = g_strnfill(1 << 20, 'x');
	const struct complaint *complaint;
	struct config c;

	config_init(&c);
	crypttab_parse(text, "crypttab", &c);
	crypttab_parse(large, "crypttab", &c);
	g_assert_cmpuint(c.complaints->len, ==, 2);
	complaint = g_ptr_array_index(c.complaints, 0);
	g_assert_cmpstr(complaint->text, ==,
			"a?[31m?b: an entry needs a name and a source; it is skipped");
	complaint = g_ptr_array_index(c.complaints, 1);
	g_assert_cmpuint(strlen(complaint->text), ==, 400);
	config_clear(&c);
}

/* Every row with bytes of it changed: nothing but the sanitizers judge, and the codec. */
static void test_mutated(void)
{
	static const char bytes[] = "\"'\\#=,:/- \t\n\r0149xuUaA<\1\177\200\377.";
	g_autoptr(GRand) random = g_rand_new_with_seed(1);

	for (unsigned round = 0; round < 20000; round++) {
		const struct row *row = &rows[(unsigned)g_rand_int_range(random, 0, (int)n_rows)];
		g_autofree char *text = g_strdup(row->text);
		g_autoptr(GString) got = g_string_new(NULL);
		int len = (int)strlen(text);
		struct config c;

		for (int n = g_rand_int_range(random, 1, 4); n && len; n--)
			text[g_rand_int_range(random, 0, len)] =
				bytes[g_rand_int_range(random, 0, (int)sizeof bytes)];
		config_init(&c);
		parse((enum parser)g_rand_int_range(random, CMDLINE, LOCKED + 1), text, got, &c);
		for (unsigned i = 0; i < c.complaints->len; i++) {
			const struct complaint *complaint = g_ptr_array_index(c.complaints, i);

			g_assert_true(g_utf8_validate(complaint->text, -1, NULL));
		}
		config_clear(&c);
	}
}

/* A number without a paragraph helps nobody, one that no row provokes is not known to work. */
static void test_documented(void)
{
	static const unsigned numbers[] = {
		CONFIG_CMDLINE_VALUE,	 CONFIG_CMDLINE_UNKNOWN,  CONFIG_CMDLINE_SPEC,
		CONFIG_CMDLINE_VOLUME,	 CONFIG_CMDLINE_NOT_DONE, CONFIG_CMDLINE_LOCKED,
		CONFIG_CRYPTTAB_LINE,	 CONFIG_CRYPTTAB_TYPE,
		CONFIG_CRYPTTAB_VALUE,	 CONFIG_CRYPTTAB_UNKNOWN, CONFIG_CRYPTTAB_IGNORED,
		CONFIG_CRYPTTAB_DUPLICATE, CONFIG_CRYPTTAB_EXCESS, CONFIG_FSTAB_LINE,
		CONFIG_FSTAB_NUMBER,	 CONFIG_FSTAB_EXCESS,	  CONFIG_FSTAB_VALUE,	  CONFIG_MDADM_VALUE,
		CONFIG_MDADM_IDENTITY,	 CONFIG_MDADM_UNKNOWN,	  CONFIG_MDADM_INDENT,
	};
	g_autofree char *text = NULL;
	size_t count = 0;

	g_assert_true(g_file_get_contents(TOP_SRCDIR "/docs/messages.md", &text, NULL, NULL));
	for (size_t i = 0; i < n_rows; i++)
		test_row(&rows[i]);
	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
		g_autofree char *heading = g_strdup_printf("\n### SACT-%u: ", numbers[i]);

		g_assert_nonnull(strstr(text, heading));
		g_assert_true(seen[numbers[i]]);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(seen); i++)
		count += seen[i];
	g_assert_cmpuint(count, ==, G_N_ELEMENTS(numbers));
}

static void test_lvm_conf(void)
{
	struct lvm_conf c = { NULL };

	lvm_conf_parse("# system_id_source = \"uname\"\nglobal {\n\tsystem_id_source = \"lvmlocal\" # here\n"
		       "\tsystem_id_file = \"/etc/id\"\n}\nlocal { system_id = \"one\" }\n", &c);
	g_assert_cmpstr(c.source, ==, "lvmlocal");
	g_assert_cmpstr(c.local, ==, "one");
	g_assert_cmpstr(c.file, ==, "/etc/id");
	g_assert_null(c.extra);
	lvm_conf_parse("local/extra_system_ids = [ \"two\", \"a b\" ,\"three\" ]\nglobal/system_id_source=\"none\"\n"
		       "system_id = ", &c);
	g_assert_cmpstr(c.source, ==, "none");
	g_assert_cmpstr(c.extra, ==, "two three");
	g_assert_cmpstr(c.local, ==, "");
	lvm_conf_parse("extra_system_ids = [ \"", &c);
	g_assert_cmpstr(c.extra, ==, "");
	lvm_conf_clear(&c);
}

int main(int argc, char **argv)
{
	static const char *const names[] = { "cmdline", "crypttab", "fstab", "mdadm.conf", "locked" };

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < n_rows; i++) {
		g_autofree char *path = g_strdup_printf("/config/%s/%s", names[rows[i].parser],
							rows[i].name);

		g_test_add_data_func(path, &rows[i], test_row);
	}
	g_test_add_func("/config/complaints-are-clean", test_clean);
	g_test_add_func("/config/mutated", test_mutated);
	g_test_add_func("/config/documented", test_documented);
	g_test_add_func("/config/lvm-conf", test_lvm_conf);
	return g_test_run();
}
