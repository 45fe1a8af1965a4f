/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test-core.h"

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	rows_add("graph", graph_rows, n_graph_rows);
	rows_add("md", md_rows, n_md_rows);
	rows_add("array", array_rows, n_array_rows);
	rows_add("oracle", oracle_rows, n_oracle_rows);
	rows_add("luks", luks_rows, n_luks_rows);
	rows_add("lvm", lvm_rows, n_lvm_rows);
	rows_add("goal", goal_rows, n_goal_rows);
	rows_add("choice", choice_rows, n_choice_rows);
	rows_add("stop", stop_rows, n_stop_rows);
	rows_add("wait", wait_rows, n_wait_rows);
	rows_add("vg", vg_rows, n_vg_rows);
	vg_add();
	rows_add("again", again_rows, n_again_rows);
	rows_add("cost", cost_rows, n_cost_rows);
	cost_add();
	codec_add();
	property_add();
	text_add();
	return g_test_run();
}
