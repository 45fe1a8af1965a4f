/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What decodes must encode to something that decodes to the same. */
#include "fuzz.h"

#include "core/action.h"
#include "core/input.h"

static void try_input(const char *line)
{
	g_autoptr(GString) first = g_string_new(NULL), second = g_string_new(NULL);
	struct input a = {0}, b = {0};

	if (input_decode(line, &a) < 0)
		return;
	input_encode(&a, first);
	fuzz_check(!strchr(first->str, '\n'));
	fuzz_check(input_decode(first->str, &b) == 0);
	input_encode(&b, second);
	fuzz_check(g_string_equal(first, second));
	input_clear(&a);
	input_clear(&b);
}

static void try_action(const char *line)
{
	g_autoptr(GString) first = g_string_new(NULL), second = g_string_new(NULL);
	g_autofree char *name = NULL;
	struct action a = {0}, b = {0};

	if (action_decode(line, &a) < 0)
		return;
	name = action_name(&a);
	fuzz_check(name);
	action_encode(&a, first);
	fuzz_check(!strchr(first->str, '\n'));
	fuzz_check(action_decode(first->str, &b) == 0);
	action_encode(&b, second);
	fuzz_check(g_string_equal(first, second));
	action_clear(&a);
	action_clear(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *line = fuzz_string(data, size);

	try_input(line);
	try_action(line);
	return 0;
}
