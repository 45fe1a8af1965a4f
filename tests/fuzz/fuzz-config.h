/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "config/config.h"
#include "fuzz.h"

/* Everything that a file leads to can be written as a record, and each complaint can be shown. */
static void fuzz_config_done(struct config *c)
{
	for (guint i = 0; i < c->inputs->len; i++) {
		g_autoptr(GString) line = g_string_new(NULL);
		struct input back = {0};

		input_encode(g_ptr_array_index(c->inputs, i), line);
		fuzz_check(!strchr(line->str, '\n'));
		fuzz_check(input_decode(line->str, &back) == 0);
		input_clear(&back);
	}
	for (guint i = 0; i < c->complaints->len; i++) {
		const struct complaint *p = g_ptr_array_index(c->complaints, i);

		fuzz_check(p->number && p->where && p->text);
	}
	config_clear(c);
}
