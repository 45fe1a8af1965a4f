/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/input.h"

#define FIELD(kind, name) RECORD_FIELD(struct input, kind, name)
static const struct record_field fields[] = { INPUT_FIELDS(FIELD) };

static const char *const names[_INPUT_MAX] = {
	[INPUT_DEVICE] = "device",	 [INPUT_GONE] = "gone",		[INPUT_MODALIAS] = "modalias",
	[INPUT_ENUMERATED] = "enumerated", [INPUT_OVERFLOW] = "overflow", [INPUT_RESULT] = "result",
	[INPUT_TIMER] = "timer",	 [INPUT_GOAL] = "goal",		[INPUT_VOLUME] = "volume",
	[INPUT_ARRAY] = "array",	 [INPUT_POLICY] = "policy",	[INPUT_ANSWER] = "answer",
	[INPUT_SKIP] = "skip",		 [INPUT_MADE] = "made",		[INPUT_LAYOUT] = "layout",
	[INPUT_MOUNTED] = "mounted",	 [INPUT_UNMOUNTED] = "unmounted", [INPUT_STOP] = "stop",
	[INPUT_CANCEL] = "cancel",
};

const char *input_type_name(enum input_type t)
{
	return names[t];
}

void input_clear(struct input *in)
{
	record_clear(fields, G_N_ELEMENTS(fields), in);
	memset(in, 0, sizeof *in);
}

void input_copy(struct input *to, const struct input *from)
{
	memset(to, 0, sizeof *to);
	to->type_id = from->type_id;
	record_copy(fields, G_N_ELEMENTS(fields), to, from);
}

struct input *input_dup(const struct input *from)
{
	struct input *copy = g_new0(struct input, 1);

	input_copy(copy, from);
	return copy;
}

void input_free(gpointer input)
{
	input_clear(input);
	g_free(input);
}

void input_encode(const struct input *in, GString *to)
{
	g_string_append(to, names[in->type_id]);
	record_encode(to, fields, G_N_ELEMENTS(fields), in);
}

int input_decode(const char *line, struct input *ret)
{
	const char *rest;
	g_autofree char *name = record_name(line, &rest);
	int r = -EBADMSG;

	memset(ret, 0, sizeof *ret);
	for (size_t i = 0; name && i < _INPUT_MAX; i++) {
		if (!g_str_equal(name, names[i]))
			continue;
		ret->type_id = (enum input_type)i;
		r = record_decode(rest, fields, G_N_ELEMENTS(fields), ret);
		break;
	}
	if (r < 0)
		input_clear(ret);
	return r;
}
