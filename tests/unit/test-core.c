/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test-core.h"

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	rows_add("luks", luks_rows, n_luks_rows);
	rows_add("md", md_rows, n_md_rows);
	return g_test_run();
}
