/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Generated stacks: with all disks there the goal is reached; with one away, the explanation names it,
 * and redundancy makes up for it; and their journals end alike in every order.
 */
#include "replay/reorder.h"
#include "test-core.h"

#define STACKS 100
#define LEAVES_MAX 10
#define DEPTH_MAX 5

enum kind { KIND_DISK, KIND_PART, KIND_MD, KIND_LUKS, KIND_LVM };

struct node {
	enum kind kind;
	unsigned number, depth, n_below;
	int level;
	struct node *above, *below[4];
	char *content; /* that it shows to the layer above */
};

struct stack {
	GRand *random;
	GPtrArray *nodes, *leaves;
	struct node *top;
	GString *setup;
	unsigned budget;
	bool two_paths; /* to each disk */
};

static void node_free(gpointer ptr)
{
	struct node *n = ptr;

	g_free(n->content);
	g_free(n);
}

static unsigned pick(struct stack *s, unsigned below)
{
	return (unsigned)g_rand_int_range(s->random, 0, (gint32)below);
}

/* ---- growing one ---- */

static struct node *grow(struct stack *s, struct node *above, unsigned depth, char *content);

static void grow_below(struct stack *s, struct node *n, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void grow_below(struct stack *s, struct node *n, const char *format, ...)
{
	va_list ap;
	char *content;

	va_start(ap, format);
	content = g_strdup_vprintf(format, ap);
	va_end(ap);
	n->below[n->n_below] = grow(s, n, n->depth + 1, content);
	n->n_below++;
}

static void grow_md(struct stack *s, struct node *n)
{
	static const struct {
		int level;
		unsigned disks;
	} kinds[] = { { 1, 2 }, { 1, 3 }, { 5, 3 }, { 6, 4 }, { 10, 4 } };
	unsigned kind = pick(s, G_N_ELEMENTS(kinds));

	while (kinds[kind].disks > s->budget + 1)
		kind = 0;
	n->level = kinds[kind].level;
	s->budget -= kinds[kind].disks - 1;
	g_string_append_printf(s->setup, "inside md:r%u %s; ", n->number, n->content);
	for (unsigned i = 0; i < kinds[kind].disks; i++)
		grow_below(s, n, "md:r%u %u/%u md_level=%d", n->number, i, kinds[kind].disks, n->level);
}

static void grow_luks(struct stack *s, struct node *n)
{
	g_string_append_printf(s->setup, "inside luks:u%u %s; volume c%u UUID=u%u; key u%u 7; ",
			       n->number, n->content, n->number, n->number, n->number);
	grow_below(s, n, "luks:u%u", n->number);
}

static void grow_lvm(struct stack *s, struct node *n)
{
	unsigned pvs = s->budget ? 1 + pick(s, 2) : 1;

	s->budget -= pvs - 1;
	g_string_append_printf(s->setup, "vg v%u pvs=%s lvs=l:%s,other:a; inside v%u/l %s; ", n->number,
			       pvs > 1 ? "a,b" : "a", pvs > 1 ? "a+b" : "a", n->number, n->content);
	for (unsigned i = 0; i < pvs; i++)
		grow_below(s, n, "pv:v%u/%c", n->number, 'a' + (int)i);
}

static struct node *grow(struct stack *s, struct node *above, unsigned depth, char *content)
{
	struct node *n = g_new0(struct node, 1);
	unsigned kind = depth >= DEPTH_MAX ? 0 : pick(s, depth ? 8 : 6);

	n->above = above;
	n->depth = depth;
	n->content = content;
	n->number = s->nodes->len;
	g_ptr_array_add(s->nodes, n);
	if (kind < 2 && s->budget) {
		n->kind = KIND_MD;
		grow_md(s, n);
	} else if (kind == 2 || kind == 3) {
		n->kind = KIND_LUKS;
		grow_luks(s, n);
	} else if (kind == 4 || kind == 5) {
		n->kind = KIND_LVM;
		grow_lvm(s, n);
	} else {
		n->kind = kind == 7 ? KIND_PART : KIND_DISK;
		g_ptr_array_add(s->leaves, n);
	}
	return n;
}

static struct stack *stack_new(guint32 seed)
{
	struct stack *s = g_new0(struct stack, 1);

	s->random = g_rand_new_with_seed(seed);
	s->nodes = g_ptr_array_new_with_free_func(node_free);
	s->leaves = g_ptr_array_new();
	s->setup = g_string_new("auto 7; ");
	s->budget = LEAVES_MAX - 1;
	s->top = grow(s, NULL, 0, g_strdup("ext4:root"));
	return s;
}

static void stack_free(struct stack *s)
{
	g_rand_free(s->random);
	g_ptr_array_unref(s->leaves);
	g_ptr_array_unref(s->nodes);
	g_string_free(s->setup, TRUE);
	g_free(s);
}

/* ---- the machine that has it ---- */

static unsigned leaf_index(const struct stack *s, const struct node *leaf)
{
	guint i;

	g_assert_true(g_ptr_array_find(s->leaves, leaf, &i));
	return i;
}

static void add_leaf(struct world *w, const struct stack *s, const struct node *leaf, char path)
{
	char id = (char)('a' + leaf_index(s, leaf)), c = (char)(id + path);
	g_autofree char *script =
		leaf->kind == KIND_DISK
			? g_strdup_printf("add sd%c 1G wwid=w%c %s", c, id, leaf->content)
			: g_strdup_printf("add sd%c 1G wwid=w%c; add sd%c1 900M %s partuuid=p%c", c, id,
					  c, leaf->content, id);

	world_do(w, script);
}

static char *padded(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* UUIDs of LVM as the simulated machine makes them up. */
static char *padded(const char *format, ...)
{
	static const unsigned dashes[] = { 6, 11, 16, 21, 26, 31 };
	va_list ap;
	GString *s;
	char *name;

	va_start(ap, format);
	name = g_strdup_vprintf(format, ap);
	va_end(ap);
	s = g_string_new(name);
	g_free(name);
	while (s->len < 32)
		g_string_append_c(s, 'x');
	for (size_t i = 0; i < G_N_ELEMENTS(dashes); i++)
		g_string_insert_c(s, dashes[i], '-');
	return g_string_free(s, FALSE);
}

static char *member_id(const struct node *n)
{
	const struct node *a = n->above;
	unsigned i = 0;

	while (a && a->below[i] != n)
		i++;
	if (a && a->kind == KIND_MD)
		return g_strdup_printf("r%u.%u", a->number, i);
	return a && a->kind == KIND_LVM ? padded("v%u%c", a->number, 'a' + (int)i) : g_strdup("none");
}

static char *node_identity(const struct stack *s, const struct node *n)
{
	g_autofree char *vg = NULL;

	switch (n->kind) {
	case KIND_DISK:
		return g_strdup_printf("kind=disk wwid=w%c", 'a' + (int)leaf_index(s, n));
	case KIND_PART:
		return g_strdup_printf("kind=part partuuid=p%c", 'a' + (int)leaf_index(s, n));
	case KIND_MD:
		return g_strdup_printf("kind=md uuid=r%u", n->number);
	case KIND_LUKS:
		return g_strdup_printf("kind=luks uuid=u%u", n->number);
	case KIND_LVM:
		vg = padded("v%u", n->number);
		return g_strdup_printf("kind=lvm uuid=%s", vg);
	}
	return NULL;
}

/* As the image builder would have read it from /sys. */
static void add_layout(struct world *w, const struct stack *s)
{
	GString *script = g_string_new(NULL);

	g_string_append_printf(script, "layout top kind=fs uuid=root slaves=n%u; ", s->top->number);
	for (guint i = 0; i < s->nodes->len; i++) {
		const struct node *n = s->nodes->pdata[i];
		g_autofree char *sub = member_id(n), *what = node_identity(s, n);

		g_string_append_printf(script, "layout n%u uuid_sub=%s %s", i, sub, what);
		for (unsigned b = 0; b < n->n_below; b++)
			g_string_append_printf(script, "%sn%u",
					       b ? "," : " slaves=", n->below[b]->number);
		g_string_append(script, "; ");
	}
	world_do(w, script->str);
	g_string_free(script, TRUE);
}

static struct world *machine(struct stack *s, const char *policy, const struct node *without,
			     bool layout, bool record)
{
	struct world *w = world_new();
	guint n = s->leaves->len, first = pick(s, n), listed_at = pick(s, n + 1);
	char second = 0;

	if (s->two_paths) { /* later, the one that comes first is used first */
		second = pick(s, 2) ? LEAVES_MAX : 0;
		listed_at = n;
	}
	if (record)
		world_record(w);
	world_set_lifo(w, pick(s, 2));
	world_do(w, policy);
	if (layout)
		add_layout(w, s);
	world_do(w, s->setup->str);
	world_do(w, "mount UUID=root /m");
	for (guint i = 0; i < n; i++) {
		const struct node *leaf = s->leaves->pdata[(first + i) % n];

		if (i == listed_at)
			world_do(w, "listed");
		if (leaf != without)
			add_leaf(w, s, leaf, second);
		if (leaf != without && s->two_paths)
			add_leaf(w, s, leaf, LEAVES_MAX - second);
	}
	if (listed_at >= n)
		world_do(w, "listed");
	return w;
}

static void expect_goal(struct world *w, const struct stack *s, const char *state, const char *when)
{
	const struct goal *g = goal_find(world_plan(w), 1);
	g_autofree char *log = world_log(w), *why = explain_text(world_plan(w), g);

	if (!streq0(goal_state_name(g->state), state))
		g_error("%s: %s, not %s\n%s\n%s\n%s", when, goal_state_name(g->state), state,
			s->setup->str, log, why);
}

/* ---- the properties ---- */

static void test_complete(gconstpointer data)
{
	struct stack *s = stack_new(GPOINTER_TO_UINT(data));
	struct world *w = machine(s, "policy degraded never", NULL, pick(s, 2), false);

	expect_goal(w, s, "done", "all disks there");
	world_free(w);
	stack_free(s);
}

/* What was made is taken away again, by the next life, and nothing else. */
static void test_stopped(gconstpointer data)
{
	struct stack *s = stack_new(GPOINTER_TO_UINT(data));
	struct world *w =
		machine(s, "add sdz 10M; add dm-99 9M dm_name=other dm_uuid=OTHER slaves=8:400", NULL,
			false, false);

	expect_goal(w, s, "done", "all disks there");
	world_do(w, "restart; stop; listed");
	g_assert_true(plan_settled(world_plan(w)));
	for (GList *l = world_plan(w)->devices.head; l; l = l->next) {
		const struct device *d = l->data;

		g_assert_true(g_str_has_prefix(d->node, "sd") || streq0(d->node, "dm-99"));
	}
	g_assert_nonnull(graph_lookup(world_plan(w), "/dev/mapper/other"));
	world_free(w);
	stack_free(s);
}

/* Up from a leaf that is away: the first that can know of it, because other members of it are here. */
static const struct node *who_knows(const struct node *leaf, const struct node **member)
{
	const struct node *n = leaf;

	for (; n->above && n->above->n_below < 2; n = n->above)
		;
	*member = n;
	return n->above;
}

static char *leaf_named(const struct node *knows, const struct node *member)
{
	g_autofree char *id = NULL;

	if (!knows)
		return g_strdup("UUID=root");
	if (knows->kind == KIND_MD)
		return g_strdup_printf("member %d of md r%u",
				       (int)(strchr(member->content, ' ')[1] - '0'), knows->number);
	id = member_id(member);
	return g_strdup_printf("PV %s of VG v%u", id, knows->number);
}

static void test_explained(gconstpointer data)
{
	struct stack *s = stack_new(GPOINTER_TO_UINT(data));

	for (guint i = 0; i < s->leaves->len; i++) {
		const struct node *leaf = s->leaves->pdata[i], *member,
				  *knows = who_knows(leaf, &member), *further;
		struct world *w = machine(s, "policy degraded never", leaf, false, false);
		g_autofree char *want = leaf_named(knows, member);
		g_autoptr(GPtrArray) waits = explain_goal(world_plan(w), goal_find(world_plan(w), 1));
		bool found = false;

		expect_goal(w, s, "waiting", "one disk away");
		for (guint k = 0; k < waits->len; k++)
			found |= streq0(((struct wait *)waits->pdata[k])->leaf, want);
		if (!found)
			g_error("%s is not named\n%s", want, s->setup->str);
		/* Where nobody further up misses something too, there is no doubt about the order. */
		further = knows && knows->above ? who_knows(knows, &member) : NULL;
		if (!further)
			g_assert_cmpstr(((struct wait *)waits->pdata[0])->leaf, ==, want);
		world_free(w);
	}
	stack_free(s);
}

static void test_explained_by_layout(gconstpointer data)
{
	struct stack *s = stack_new(GPOINTER_TO_UINT(data));

	for (guint i = 0; i < s->leaves->len; i++) {
		const struct node *leaf = s->leaves->pdata[i];
		struct world *w = machine(s, "policy degraded never", leaf, true, false);
		g_autoptr(GPtrArray) waits = explain_goal(world_plan(w), goal_find(world_plan(w), 1));
		g_autofree char *want = g_strdup_printf(
			leaf->kind == KIND_DISK ? "disk w%c" : "PARTUUID=p%c", 'a' + (int)i);

		expect_goal(w, s, "waiting", "one disk away");
		g_assert_cmpuint(waits->len, >, 0);
		if (!streq0(((struct wait *)waits->pdata[0])->leaf, want))
			g_error("%s is away, said is %s (%s)\n%s", want,
				((struct wait *)waits->pdata[0])->leaf,
				((struct wait *)waits->pdata[0])->reason, s->setup->str);
		world_free(w);
	}
	stack_free(s);
}

static bool made_up_for(const struct node *n)
{
	while (n && n->kind != KIND_MD)
		n = n->above;
	return n != NULL;
}

static void test_degraded(gconstpointer data)
{
	struct stack *s = stack_new(GPOINTER_TO_UINT(data));

	for (guint i = 0; i < s->leaves->len; i++) {
		struct world *w =
			machine(s, "policy degraded 20s", s->leaves->pdata[i], pick(s, 2), false);

		world_do(w, "at 600s");
		expect_goal(w, s, made_up_for(s->leaves->pdata[i]) ? "done" : "waiting",
			    "one disk away, after its grace");
		world_free(w);
	}
	stack_free(s);
}

static void every_order(struct stack *s)
{
	struct world *w = machine(s, "policy degraded never", NULL, false, true);
	g_autoptr(GString) report = g_string_new(NULL);
	int r = 0;

	if (s->leaves->len <= 3)
		r = reorder_journal(world_journal(w), true, 0, report);
	for (guint i = 0; s->leaves->len > 3 && i < 4 && r == 0; i++)
		r = reorder_journal(world_journal(w), false, i, report);
	if (r < 0)
		g_error("%s\n%s", s->setup->str, report->str);
	g_assert_nonnull(strstr(report->str, ": done 0\n"));
	/* The other path is opened when the event of the first is lost till after the list. */
	if (!s->two_paths)
		g_assert_nonnull(strstr(report->str, ", 0 asked what is not recorded"));
	world_free(w);
	stack_free(s);
}

static void test_orders(gconstpointer data)
{
	every_order(stack_new(GPOINTER_TO_UINT(data)));
}

static void test_two_paths(gconstpointer data)
{
	struct stack *s = stack_new(GPOINTER_TO_UINT(data));

	s->two_paths = true;
	every_order(s);
}

static void every_order_of_six(const char *script, const char *end)
{
	struct world *w = world_new();
	g_autoptr(GString) report = g_string_new(NULL);

	world_record(w);
	world_do(w, script);
	g_assert_cmpint(reorder_journal(world_journal(w), true, 0, report), ==, 0);
	g_assert_nonnull(strstr(report->str, "720 orders of 6 disks, 2880 runs: 0 end differently"));
	g_assert_nonnull(strstr(report->str, end));
	world_free(w);
}

/* Every order of six disks: RAID10 below LUKS, beside a mirror with a clone of its content elsewhere.
 */
static void test_six_disks(void)
{
	static const char script[] =
		"auto 7; volume c UUID=u; key u 7; inside md:rt luks:u; inside "
		"luks:u pv:v/a; vg v pvs=a,b lvs=root:a+b;"
		"inside v/root ext4:x; mount UUID=x /m fsck=auto; add sda md:rt "
		"0/4 md_level=10; add sdb md:rt 1/4 md_level=10;"
		"add sdc md:rt 2/4 md_level=10; add sdd md:rt 3/4 md_level=10; add "
		"sde; add sde1 90M pv:v/b; listed; add sdf ext4:y";
	every_order_of_six(script, "goal mount UUID=x on /m: done 0\n");
}

/* Teardown, whatever order the devices are listed in; the topmost of what we did not make stays. */
static void test_teardown(void)
{
	static const char script[] =
		"made dm name=c uuid=C; made md devnum=9:127; made dm name=root uuid=V; made dm name=d uuid=D;"
		"made mount devnum=254:1 target=/m; stop; add sda; add dm-0 90M dm_name=c dm_uuid=C slaves=8:0;"
		"add md127 80M md_state=active slaves=254:0; add dm-1 50M dm_name=root dm_uuid=V slaves=9:127;"
		"mounted dm-1 /m; add dm-2 50M dm_name=d dm_uuid=D slaves=8:0;"
		"add dm-3 40M dm_name=theirs dm_uuid=T slaves=254:2; listed";
	every_order_of_six(script, " asked what is not recorded\nleft d\nleft theirs\n");
}

/* First come, first served: which of two hot-plugged disks of one label it was decides how this ends.
 */
static void test_found_out(void)
{
	static const char journal[] =
		"@1 < goal id=1 kind=swap spec=LABEL=l\n@1 < enumerated\n"
		"@1 < device devnum=8:0 node=sda size=1000000\n@1 > probe id=1 node=sda\n"
		"@1 < result id=1 type=swap label=l\n@1 > probe id=2 node=sda deep=1\n"
		"@1 < result id=2 type=swap label=l deep=1\n@1 > swapon id=3 node=sda\n@1 < result "
		"id=3\n"
		"@1 < device devnum=8:16 node=sdb size=1000000\n@1 > probe id=4 node=sdb\n"
		"@1 < result id=4 type=ext4 label=l\n@1 > probe id=5 node=sdb deep=1\n"
		"@1 < result id=5 type=ext4 label=l deep=1\n";
	g_autoptr(GString) report = g_string_new(NULL);

	g_assert_cmpint(reorder_journal(journal, true, 0, report), ==, -EUCLEAN);
	g_assert_nonnull(strstr(report->str, "the final state differs"));
}

static void test_not_recorded(void)
{
	static const char journal[] = "@1 < goal id=1 kind=mount spec=/dev/sdb target=/m\n"
				      "@1 < device devnum=8:0 node=sda size=1000000\n"
				      "@1 > probe id=1 devnum=8:0 node=sda\n"
				      "@1 < device devnum=8:16 node=sdb size=1000000\n"
				      "@1 > probe id=2 devnum=8:16 node=sdb\n"
				      "@1 < enumerated\n"
				      "@1 < result id=1 error=-5\n"
				      "@1 < result id=2 type=ext4 uuid=x\n"
				      "@1 > probe id=3 devnum=8:16 node=sdb deep=1\n"
				      "@1 < result id=3 type=ext4 uuid=x deep=1\n";
	g_autofree char *other =
		g_strconcat(journal, "@1 > mount id=4 target=/m\n@1 < result id=4\n", NULL);
	g_autoptr(GString) report = g_string_new(NULL);

	/* The mount was not recorded: nothing can be compared. */
	g_assert_cmpint(reorder_journal(journal, true, 0, report), ==, -EUCLEAN);
	g_assert_nonnull(strstr(report->str, "nothing could be compared"));
	g_assert_cmpint(reorder_journal(other, true, 0, report), ==, 0);
	g_assert_cmpint(reorder_journal("@1 < nothing\n", true, 0, report), ==, -EBADMSG);
	g_assert_cmpint(reorder_journal("rubbish\n", true, 0, report), ==, -EBADMSG);
	g_assert_cmpint(reorder_journal("", true, 0, report), ==, 0);
}

void property_add(void)
{
	static const struct {
		const char *name;
		void (*fn)(gconstpointer data);
	} tests[] = {
		{ "complete", test_complete },
		{ "explained", test_explained },
		{ "explained by layout", test_explained_by_layout },
		{ "degraded", test_degraded },
		{ "in every order", test_orders },
		{ "over two paths in every order", test_two_paths },
		{ "stopped", test_stopped },
	};

	g_test_add_func("/core/replay/six disks", test_six_disks);
	g_test_add_func("/core/replay/teardown", test_teardown);
	g_test_add_func("/core/replay/an end that depends on the order", test_found_out);
	g_test_add_func("/core/replay/what is not recorded", test_not_recorded);
	for (size_t t = 0; t < G_N_ELEMENTS(tests); t++)
		for (guint i = 0; i < STACKS; i++) {
			g_autofree char *path = g_strdup_printf("/core/stacks/%s/%u", tests[t].name, i);

			g_test_add_data_func(path, GUINT_TO_POINTER(i + 1), tests[t].fn);
		}
}
