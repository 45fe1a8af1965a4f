/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The life of a simulated machine, and rows as test cases. */
#include "world.h"

struct world *world_new(void)
{
	static const enum action_type shown[] = {
		ACTION_MD_ASSEMBLE, ACTION_MD_ADD, ACTION_MD_STOP, ACTION_DM_ACTIVATE, ACTION_DM_REMOVE,
		ACTION_LUKS_OPEN,   ACTION_FSCK,   ACTION_MOUNT,   ACTION_UMOUNT,      ACTION_SWAPON,
		ACTION_SWAPOFF,	    ACTION_RESUME, ACTION_ASK,	   ACTION_WITHDRAW,    ACTION_CANCEL,
	};
	struct world *w = g_new0(struct world, 1);

	w->plan = plan_new();
	actions_init(&w->actions);
	w->now = w->logged = BASE;
	w->next_md = 127;
	w->disks = g_ptr_array_new_with_free_func(disk_free);
	w->insides = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	w->vgs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	w->keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	w->asked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	w->names = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
	w->mounts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	w->log = g_string_new(NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(shown); i++)
		w->shown[shown[i]] = true;
	return w;
}

static void action_free(gpointer a)
{
	action_clear(a);
	g_free(a);
}

void world_free(struct world *w)
{
	plan_free(w->plan);
	actions_free(&w->actions);
	g_ptr_array_unref(w->disks);
	g_hash_table_unref(w->insides);
	g_hash_table_unref(w->vgs);
	g_hash_table_unref(w->keys);
	g_hash_table_unref(w->asked);
	g_hash_table_unref(w->names);
	g_hash_table_unref(w->mounts);
	g_queue_clear_full(&w->effects, action_free);
	g_queue_clear_full(&w->held, action_free);
	g_string_free(w->log, TRUE);
	if (w->journal)
		g_string_free(w->journal, TRUE);
	g_free(w);
}

char *world_log(const struct world *w)
{
	return g_strdup(w->log->str);
}

struct plan *world_plan(const struct world *w)
{
	return w->plan;
}

uint64_t world_steps(const struct world *w)
{
	return w->steps;
}

void world_record(struct world *w)
{
	w->journal = g_string_new(NULL);
}

const char *world_journal(const struct world *w)
{
	return w->journal->str;
}

void world_set_lifo(struct world *w, bool lifo)
{
	w->lifo = lifo;
}

static void test_row(gconstpointer data)
{
	const struct row *row = data;
	struct world *w = world_new();

	world_do(w, row->script);
	g_assert_cmpstr(w->log->str, ==, row->expect);
	world_free(w);
}

void rows_add(const char *group, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		g_autofree char *name = g_strdelimit(g_strdup(rows[i].name), "/", '_');
		g_autofree char *path = g_strdup_printf("/core/%s/%s", group, name);

		g_test_add_data_func(path, &rows[i], test_row);
	}
}
