/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes of a disk as people and programs see them: any bytes, and nothing that controls a terminal. */
#include "test-core.h"

#include "layer/layer.h"

static bool controls(gunichar c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c || (c >= 0x200e && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

/* lines: newlines are ours. */
static void assert_clean(const char *text, bool lines)
{
	g_assert_true(g_utf8_validate(text, -1, NULL));
	for (const char *c = text; *c; c = g_utf8_next_char(c))
		g_assert_true(!controls(g_utf8_get_char(c)) || (lines && *c == '\n'));
}

/* Every quote is an end or is escaped, and every escape is one of JSON's. */
static void assert_json_strings(const char *json)
{
	bool within = false;

	for (const char *c = json; *c; c++) {
		if (*c == '"')
			within = !within;
		if (!within || *c != '\\')
			continue;
		c++;
		g_assert_nonnull(strchr("\"\\u", *c));
		for (unsigned i = 0; *c == 'u' && i < 4; i++)
			g_assert_true(g_ascii_isxdigit(c[1 + i]));
	}
	g_assert_false(within);
}

static char *random_bytes(GRand *random)
{
	static const char *const pieces[] = { "\033[2J", "\n", "\302\233", "\342\200\256", "\377\376", "\"", "\\", "a",
					      "\303\244", "\360\237\230\200", "\r", "\t", "\177", "\342\200\250",
					      "\355\240\200", "\303", "SACT-064: " };
	GString *s = g_string_new(NULL);

	for (int n = g_rand_int_range(random, 1, 24); n; n--) {
		if (g_rand_boolean(random))
			g_string_append(s, pieces[g_rand_int_range(random, 0, G_N_ELEMENTS(pieces))]);
		else
			g_string_append_c(s, (char)g_rand_int_range(random, 1, 256));
	}
	return g_string_free(s, FALSE);
}

static void test_clean(void)
{
	g_autofree char *plain = text_clean("K\303\266ln /dev/sda1: \"a\"\n\033[31m\302\233\342\200\256\377");
	g_autoptr(GString) json = g_string_new(NULL);

	g_assert_cmpstr(plain, ==, "K\303\266ln /dev/sda1: \"a\" ?[31m???");
	g_assert_null(text_clean(NULL));
	text_json(json, "\303\266\"\\\n\033\302\233\342\200\256\377\360\237\230\200");
	g_assert_cmpstr(json->str, ==, "\"\303\266\\\"\\\\\\u000a\\u001b\\u009b\\u202e\357\277\275\360\237\230\200\"");
}

static void test_any_bytes(void)
{
	g_autoptr(GRand) random = g_rand_new_with_seed(3);

	for (unsigned i = 0; i < 20000; i++) {
		g_autofree char *bytes = random_bytes(random), *clean = text_clean(bytes);
		g_autoptr(GString) json = g_string_new(NULL);

		assert_clean(clean, false);
		text_json(json, bytes);
		assert_clean(json->str, false);
		assert_json_strings(json->str);
	}
}

/* All that a probe says of a disk is bytes of it. */
static void feed(struct plan *p, struct actions *out, const struct input *in, uint64_t *now)
{
	actions_clear(out);
	plan_step(p, in, *now += 1000, out);
}

static void test_status(void)
{
	g_autoptr(GRand) random = g_rand_new_with_seed(4);

	for (unsigned round = 0; round < 500; round++) {
		static const char *const types[] = { "ext4", "crypto_LUKS", "linux_raid_member", "LVM2_member", "btrfs" };
		g_autofree char *name = random_bytes(random), *label = random_bytes(random), *uuid = random_bytes(random);
		struct input device = { .type_id = INPUT_DEVICE, .devnum = makedev(8, 0), .diskseq = 1,
					.node = (char *)"sda", .size = 1 << 30 };
		struct input enumerated = { .type_id = INPUT_ENUMERATED };
		struct input goal = { .type_id = INPUT_GOAL, .id = 1, .kind = (char *)"mount",
				      .spec = (char *)"LABEL=x", .target = (char *)"/x" };
		struct input result = { .type_id = INPUT_RESULT };
		g_autofree char *json = NULL, *text = NULL;
		struct plan *p = plan_new();
		struct actions out;
		uint64_t now = 1000;

		actions_init(&out);
		feed(p, &out, &goal, &now);
		feed(p, &out, &device, &now);
		feed(p, &out, &enumerated, &now);
		for (guint i = 0; i < out.list->len; i++)
			result.id = ((struct action *)out.list->pdata[i])->id ?: result.id;
		result.type = (char *)types[round % G_N_ELEMENTS(types)];
		result.label = label;
		result.uuid = uuid;
		result.uuid_sub = name;
		result.md_name = name;
		result.md_disks = 2;
		result.md_level = 1;
		result.vg_name = name;
		result.text = g_rand_boolean(random) ? label : NULL;
		result.error = g_rand_boolean(random) ? -EIO : 0;
		feed(p, &out, &result, &now);
		json = status_json(p);
		text = status_text(p);
		assert_clean(json, false);
		assert_json_strings(json);
		assert_clean(text, true);
		for (const char *c = text; *c; c = strchr(c, '\n') + 1) /* no line that is not ours */
			g_assert_false(g_str_has_prefix(c, "SACT-"));
		actions_free(&out);
		plan_free(p);
	}
}

/* sda, sdb, ...: what is on them; a passphrase is asked for each LUKS volume that is named. */
static void feed_disk(struct plan *p, struct actions *out, unsigned i, const char *type, const char *uuid, uint64_t *now)
{
	g_autofree char *node = g_strdup_printf("sd%c", 'a' + i);
	struct input device = { .type_id = INPUT_DEVICE, .devnum = makedev(8, 16 * i), .diskseq = i + 1, .size = 1 << 30 };
	struct input result = { .type_id = INPUT_RESULT };

	device.node = node;
	feed(p, out, &device, now);
	for (guint k = 0; k < out->list->len; k++)
		result.id = ((struct action *)out->list->pdata[k])->id ?: result.id;
	result.type = (char *)type;
	result.uuid = (char *)uuid;
	result.md_disks = 2;
	result.md_level = 1;
	result.uuid_sub = (char *)"m0";
	result.md_roles = (char *)"0 1";
	result.md_events = 1;
	feed(p, out, &result, now);
}

/* Looks at headers, and tries without a passphrase: no token opens them, so one is asked for. */
static void feed_locked(struct plan *p, struct actions *out, uint64_t *now)
{
	g_autoptr(GArray) todo = g_array_new(FALSE, FALSE, sizeof(struct action));

	for (guint done = 0;; done++) {
		for (guint i = 0; i < out->list->len; i++) {
			const struct action *a = out->list->pdata[i];

			if (a->type_id == ACTION_PROBE || a->type_id == ACTION_LUKS_OPEN)
				g_array_append_vals(todo, a, 1); /* numbers of it only are used below */
		}
		if (done == todo->len)
			return;
		const struct action *a = &g_array_index(todo, struct action, done);
		g_autofree char *uuid = g_strdup_printf("u%u", minor(a->devnum) / 16);
		struct input result = { .type_id = INPUT_RESULT, .id = a->id, .type = (char *)"crypto_LUKS" };

		result.uuid = uuid;
		result.error = a->type_id == ACTION_LUKS_OPEN ? -ENOKEY : 0;
		feed(p, out, &result, now);
	}
}

/* The message of the third second: one subject, its own chain first, all that is locked in one clause. */
static void test_explained(void)
{
	struct input goal = { .type_id = INPUT_GOAL, .id = 1, .kind = (char *)"mount", .spec = (char *)"UUID=x",
			      .target = (char *)"/x" };
	struct input enumerated = { .type_id = INPUT_ENUMERATED }, timer = { .type_id = INPUT_TIMER };
	const struct action *said = NULL;
	struct plan *p = plan_new();
	struct actions out;
	uint64_t now = 1000;

	actions_init(&out);
	feed(p, &out, &goal, &now);
	for (unsigned i = 0; i < 3; i++) {
		g_autofree char *uuid = g_strdup_printf("u%u", i), *name = g_strdup_printf("k%u", i);
		g_autofree char *spec = g_strconcat("UUID=", uuid, NULL);
		struct input volume = { .type_id = INPUT_VOLUME };

		volume.name = name;
		volume.spec = spec;
		feed(p, &out, &volume, &now);
		feed_disk(p, &out, i, "crypto_LUKS", uuid, &now);
	}
	feed_disk(p, &out, 3, "linux_raid_member", "r1", &now);
	feed(p, &out, &enumerated, &now);
	feed_locked(p, &out, &now);
	now += 3 * USEC_PER_SEC;
	feed(p, &out, &timer, &now);
	for (guint i = 0; i < out.list->len; i++) {
		const struct action *a = out.list->pdata[i];

		if (a->type_id == ACTION_REPORT && a->number == MSG_EXPLAIN)
			said = a;
	}
	g_assert_nonnull(said);
	g_assert_cmpstr(said->name, ==, "/x");
	g_assert_true(g_str_has_prefix(said->text, "waits for member "));
	g_assert_nonnull(strstr(said->text, " (for 3 s)"));
	g_assert_true(g_str_has_suffix(said->text, "; it may lie on what is locked: k0, k1, k2"));
	actions_free(&out);
	plan_free(p);
}

void text_add(void)
{
	g_test_add_func("/core/text/explained", test_explained);
	g_test_add_func("/core/text/clean", test_clean);
	g_test_add_func("/core/text/any-bytes", test_any_bytes);
	g_test_add_func("/core/text/status", test_status);
}
