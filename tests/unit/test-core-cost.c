/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the core costs: four times as many goals, devices and LVs take about four times as long. */
#include "test-core.h"

#include "../bench/crowd.h"

#define FEW 200
#define TRIES 6
#ifdef __SANITIZE_ADDRESS__
#define LIMIT 13.0 /* its allocator takes longer the more there is */
#else
#define LIMIT 9.0 /* what grows with the square takes 16 times as long */
#endif

static unsigned expected(enum crowd kind, unsigned n)
{
	return kind == CROWD_LATE ? n - n / 2 : kind == CROWD_ONE_LV ? 1 : n;
}

/* The least of some runs: what a busy machine adds is not the core's. */
static void test_linear(gconstpointer data)
{
	enum crowd kind = GPOINTER_TO_INT(data);
	uint64_t few = UINT64_MAX, many = UINT64_MAX;
	/* the paths themselves grow with the depth */
	double limit = kind == CROWD_NESTED ? 2 * LIMIT : LIMIT, ratio = limit + 1;

	for (unsigned i = 0; i < TRIES && ratio > limit; i++) {
		few = MIN(few, crowd_nsec(kind, FEW, 3));
		many = MIN(many, crowd_nsec(kind, 4 * FEW, 1));
		ratio = (double)many / (double)few;
	}
	g_test_message("%s: %.1f times as long for four times as many", crowd_names[kind], ratio);
	g_assert_cmpfloat(ratio, <=, limit);
}

/* In small crowds each step is checked: see feed() there. */
static void test_done(gconstpointer data)
{
	enum crowd kind = GPOINTER_TO_INT(data);

	for (unsigned n = 1; n <= CROWD_CHECKED; n += n < 8 ? 1 : 13) {
		struct crowd_result r = crowd_run(kind, n);

		g_assert_cmpuint(r.done, ==, expected(kind, n));
	}
}

/* Nothing that was given up or ended leaves a deadline behind. */
const struct row cost_rows[] = {
	{ "a queue is no sick disk: what waits in it is not overtaken",
	  "show overtake; hold mount; mount UUID=x /m; mount UUID=y /n; mount UUID=z /o; add sda ext4:x; "
	  "add sdb ext4:y; add sdc ext4:z; listed; at 900ms; release mount; at 5s; ? next",
	  "mount sda /m; mount sdb /n; mount sdc /o; @0.900: goal 1 done; goal 2 done; goal 3 done; @5: next never" },
	{ "each that hangs allows one more beside it",
	  "show overtake; hold mount; mount UUID=x /m; mount UUID=y /n; mount UUID=z /o; mount UUID=u /p; "
	  "add sda ext4:x; add sdb ext4:y; add sdc ext4:z; add sdd ext4:u; listed; at 1500ms; at 2500ms; at 8s",
	  "mount sda /m; mount sdb /n; mount sdc /o; mount sdd /p; @1: overtake; @2: overtake; overtake; "
	  "@3: overtake" },
	{ "what is in the queue has no deadline of its own yet, and is cancelled at once",
	  "hold mount; mount UUID=x /m; mount UUID=y /n; add sda ext4:x; add sdb ext4:y; listed; cancel 2; ? goal 2",
	  "mount sda /m; mount sdb /n; cancel mount /n; SACT-057 /n; goal 2 failed; goal 2 failed sdb SACT-057" },
};
const size_t n_cost_rows = G_N_ELEMENTS(cost_rows);

void cost_add(void)
{
	for (int kind = 0; kind < _CROWD_MAX; kind++) {
		g_autofree char *done = g_strdup_printf("/core/crowd/%s", crowd_names[kind]);
		g_autofree char *linear = g_strdup_printf("/core/linear/%s", crowd_names[kind]);

		g_test_add_data_func(done, GINT_TO_POINTER(kind), test_done);
		g_test_add_data_func(linear, GINT_TO_POINTER(kind), test_linear);
	}
}
