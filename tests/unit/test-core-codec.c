/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records as text and back, lines that are none, and the file that says what we made. */
#include "handover/state.h"
#include "test-core.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROUNDS 500

static char *random_text(GRand *random)
{
	GString *s = g_string_new(NULL);

	for (int n = g_rand_int_range(random, 0, 20); n > 0; n--)
		g_string_append_c(s, (char)g_rand_int_range(random, 1, 256));
	return g_string_free(s, FALSE);
}

static uint64_t random_u64(GRand *random)
{
	uint64_t u = (uint64_t)g_rand_int(random) << 32 | g_rand_int(random);

	return g_rand_int_range(random, 0, 4) ? u >> g_rand_int_range(random, 0, 64) : UINT64_MAX;
}

#define RANDOM_U64 random_u64(random)
#define RANDOM_S64 (int64_t)random_u64(random)
#define RANDOM_BOOL true
#define RANDOM_DEV makedev((unsigned)random_u64(random) & 0xfff, (unsigned)random_u64(random) & 0xfffff)
#define RANDOM_STR random_text(random)
#define SET(kind, field)                                                                               \
	if (g_rand_int_range(random, 0, 3) == 0)                                                       \
		x->field = RANDOM_##kind;
#define SAME_U64(a, b) g_assert_true((a) == (b));
#define SAME_S64(a, b) g_assert_true((a) == (b));
#define SAME_BOOL(a, b) g_assert_true((a) == (b));
#define SAME_DEV(a, b) g_assert_true((a) == (b));
#define SAME_STR(a, b) g_assert_cmpstr(a, ==, b);
#define SAME(kind, field) SAME_##kind(x->field, y->field)

static void random_input(GRand *random, struct input *x)
{
	memset(x, 0, sizeof *x);
	x->type_id = (enum input_type)g_rand_int_range(random, 0, _INPUT_MAX);
	INPUT_FIELDS(SET)
}

static void random_action(GRand *random, struct action *x)
{
	memset(x, 0, sizeof *x);
	x->type_id = (enum action_type)g_rand_int_range(random, 0, _ACTION_MAX);
	ACTION_FIELDS(SET)
}

static void same_input(const struct input *x, const struct input *y)
{
	g_assert_cmpint(x->type_id, ==, y->type_id);
	INPUT_FIELDS(SAME)
}

static void same_action(const struct action *x, const struct action *y)
{
	g_assert_cmpint(x->type_id, ==, y->type_id);
	ACTION_FIELDS(SAME)
}

/* Whatever is in it, it is one line of printable text and comes back as it was. */
static void test_inputs(void)
{
	GRand *random = g_rand_new_with_seed(1);

	for (int i = 0; i < ROUNDS; i++) {
		g_autoptr(GString) line = g_string_new(NULL);
		struct input in, back, copy;

		random_input(random, &in);
		input_encode(&in, line);
		for (const char *c = line->str; *c; c++)
			g_assert_true(*c >= ' ' && *c < 0x7f);
		g_assert_cmpint(input_decode(line->str, &back), ==, 0);
		same_input(&in, &back);
		input_copy(&copy, &in);
		same_input(&in, &copy);
		input_clear(&in);
		input_clear(&back);
		input_clear(&copy);
	}
	g_rand_free(random);
}

static void test_actions(void)
{
	GRand *random = g_rand_new_with_seed(2);

	for (int i = 0; i < ROUNDS; i++) {
		g_autoptr(GString) line = g_string_new(NULL);
		g_autofree char *name = NULL, *later = NULL;
		struct action a, back;

		random_action(random, &a);
		action_encode(&a, line);
		g_assert_null(strchr(line->str, '\n'));
		g_assert_cmpint(action_decode(line->str, &back), ==, 0);
		same_action(&a, &back);
		name = action_name(&a);
		back.id++;
		back.until++;
		later = action_name(&back);
		g_assert_cmpstr(name, ==, later);
		action_clear(&a);
		action_clear(&back);
	}
	g_rand_free(random);
}

static const char *const bad_lines[] = {
	"",
	" device",
	"device\tnode=a",
	"nothing",
	"device nod=a",
	"device node",
	"device =a",
	"device node=a node=b",
	"device size=",
	"device size=x",
	"device size=-1",
	"device size=1x",
	"device size=18446744073709551616",
	"device readonly=2",
	"device devnum=8",
	"device devnum=8:",
	"device devnum=:1",
	"device devnum=8:1:1",
	"device devnum=4294967296:0",
	"device node=\"a",
	"device node=\"a\"b",
	"device node=\"\\q\"",
	"device node=\"\\x0\"",
	"device node=\"\\x00\"",
	"device node=\"\\xg1\"",
	"Device node=a",
	"result error=9223372036854775808",
};

static void test_bad_lines(void)
{
	static const struct input nothing;

	for (size_t i = 0; i < G_N_ELEMENTS(bad_lines); i++) {
		struct input in;

		memset(&in, 1, sizeof in);
		g_assert_cmpint(input_decode(bad_lines[i], &in), ==, -EBADMSG);
		g_assert_cmpmem(&in, sizeof in, &nothing, sizeof nothing);
	}
}

static void test_line_cut(void)
{
	GRand *random = g_rand_new_with_seed(3);

	for (int i = 0; i < ROUNDS;
	     i++) { /* wherever a line is cut, it is read or refused, never followed */
		g_autoptr(GString) line = g_string_new(NULL);
		struct input in, back;

		random_input(random, &in);
		input_encode(&in, line);
		g_string_truncate(line, (gsize)g_rand_int_range(random, 0, (gint32)line->len + 1));
		if (input_decode(line->str, &back) == 0)
			input_clear(&back);
		input_clear(&in);
	}
	g_rand_free(random);
}

/* ---- the state file ---- */

static void check_state(const char *text, int want, guint made, const char *bad_numbers)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new();
	g_autoptr(GArray) bad = g_array_new(FALSE, FALSE, sizeof(guint));
	g_autoptr(GString) numbers = g_string_new(NULL);

	g_assert_cmpint(state_parse(text, list, bad), ==, want);
	for (guint i = 0; i < bad->len; i++)
		g_string_append_printf(numbers, "%s%u", i ? " " : "", g_array_index(bad, guint, i));
	g_assert_cmpuint(list->len, ==, made);
	g_assert_cmpstr(numbers->str, ==, bad_numbers);
}

static void test_state_parse(void)
{
#define HEAD "storage-activate-state 1\n"
	check_state("", -EBADMSG, 0, "");
	check_state("storage-activate-state 2\nmade kind=dm\n", -EBADMSG, 0, "");
	check_state("made kind=dm\n", -EBADMSG, 0, "");
	check_state(HEAD, 0, 0, "");
	check_state(HEAD "made kind=dm name=c uuid=u\nmade kind=md devnum=9:127\n", 0, 2, "");
	check_state(HEAD "made kind=dm name=c uuid=u", 0, 1, "");
	check_state(
		HEAD
		"made kind=dm\n\nmade king=dm\ngoal kind=mount spec=/dev/sda\nmade kind=md\nrubbish\n",
		0, 2, "4 5 7");
}

static void test_state_file(void)
{
	g_autofree char *dir = g_dir_make_tmp("sact-XXXXXX", NULL),
			*file = g_build_filename(dir, "state", NULL);
	g_autofree char *other = g_build_filename(dir, "other", NULL), *text = NULL;
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	g_assert_cmpint(state_load(fd, "state", &text), ==, -ENOENT);
	g_assert_null(text);
	g_assert_cmpint(state_save(fd, "state", "one\n"), ==, 0);
	g_assert_cmpint(state_save(fd, "state", "two\n"), ==, 0);
	g_assert_cmpint(stat(file, &st), ==, 0);
	g_assert_cmpuint(st.st_mode & 07777, ==, 0600);
	g_assert_cmpint(state_load(fd, "state", &text), ==, 0);
	g_assert_cmpstr(text, ==, "two\n");
	g_clear_pointer(&text, g_free);
	g_assert_cmpint(chmod(file, 0620), ==, 0);
	g_assert_cmpint(state_load(fd, "state", &text), ==, -EPERM);
	g_assert_cmpint(chmod(file, 0600), ==, 0);
	g_assert_cmpint(rename(file, other), ==, 0);
	g_assert_cmpint(symlink("other", file), ==, 0);
	g_assert_cmpint(state_load(fd, "state", &text), ==, -ELOOP);
	g_assert_null(text);
	g_assert_cmpint(unlink(file), ==, 0);
	g_assert_cmpint(mkfifo(file, 0600), ==, 0);
	g_assert_cmpint(state_load(fd, "state", &text), ==, -EPERM);
	close(fd);
	g_unlink(file);
	g_unlink(other);
	g_assert_cmpint(g_rmdir(dir), ==, 0);
}

void codec_add(void)
{
	g_test_add_func("/core/codec/inputs", test_inputs);
	g_test_add_func("/core/codec/actions", test_actions);
	g_test_add_func("/core/codec/lines that are none", test_bad_lines);
	g_test_add_func("/core/codec/lines cut", test_line_cut);
	g_test_add_func("/core/state/text", test_state_parse);
	g_test_add_func("/core/state/file", test_state_file);
}
