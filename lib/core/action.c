/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/action.h"

#define FIELD(kind, name) RECORD_FIELD(struct action, kind, name)
static const struct record_field fields[] = { ACTION_FIELDS(FIELD) };

static const char *const names[_ACTION_MAX] = {
	[ACTION_PROBE] = "probe",
	[ACTION_MODULES] = "modules",
	[ACTION_LINK] = "link",
	[ACTION_MD_ASSEMBLE] = "md-assemble",
	[ACTION_MD_ADD] = "md-add",
	[ACTION_MD_STOP] = "md-stop",
	[ACTION_DM_ACTIVATE] = "dm-activate",
	[ACTION_DM_REMOVE] = "dm-remove",
	[ACTION_LUKS_OPEN] = "luks-open",
	[ACTION_FSCK] = "fsck",
	[ACTION_MOUNT] = "mount",
	[ACTION_UMOUNT] = "umount",
	[ACTION_SWAPON] = "swapon",
	[ACTION_SWAPOFF] = "swapoff",
	[ACTION_RESUME] = "resume",
	[ACTION_ASK] = "ask",
	[ACTION_WITHDRAW] = "withdraw",
	[ACTION_FORGET] = "forget",
	[ACTION_OVERTAKE] = "overtake",
	[ACTION_CANCEL] = "cancel",
	[ACTION_REPORT] = "report",
	[ACTION_GOAL_STATE] = "goal-state",
	[ACTION_ASSEMBLY_STATE] = "assembly-state",
};

const char *action_type_name(enum action_type t)
{
	return names[t];
}

bool action_is_effect(const struct action *a)
{
	return a->type_id <= ACTION_RESUME;
}

static void action_free(gpointer p)
{
	action_clear(p);
	g_free(p);
}

void actions_init(struct actions *as)
{
	as->list = g_ptr_array_new_with_free_func(action_free);
}

void actions_clear(struct actions *as)
{
	g_ptr_array_set_size(as->list, 0);
}

void actions_free(struct actions *as)
{
	g_clear_pointer(&as->list, g_ptr_array_unref);
}

struct action *actions_add(struct actions *as, enum action_type t)
{
	struct action *a = g_new0(struct action, 1);

	a->type_id = t;
	g_ptr_array_add(as->list, a);
	return a;
}

bool action_is_slow(enum action_type t)
{
	return t == ACTION_LUKS_OPEN || t == ACTION_FSCK;
}

unsigned action_quick_workers(unsigned hanging)
{
	return MIN(1 + hanging, ACTION_WORKERS);
}

void action_clear(struct action *a)
{
	record_clear(fields, G_N_ELEMENTS(fields), a);
	memset(a, 0, sizeof *a);
}

void action_copy(struct action *to, const struct action *from)
{
	memset(to, 0, sizeof *to);
	to->type_id = from->type_id;
	record_copy(fields, G_N_ELEMENTS(fields), to, from);
}

void action_encode(const struct action *a, GString *to)
{
	g_string_append(to, names[a->type_id]);
	record_encode(to, fields, G_N_ELEMENTS(fields), a);
}

int action_decode(const char *line, struct action *ret)
{
	const char *rest;
	g_autofree char *name = record_name(line, &rest);
	int r = -EBADMSG;

	memset(ret, 0, sizeof *ret);
	for (size_t i = 0; name && i < _ACTION_MAX; i++) {
		if (!g_str_equal(name, names[i]))
			continue;
		ret->type_id = (enum action_type)i;
		r = record_decode(rest, fields, G_N_ELEMENTS(fields), ret);
		break;
	}
	if (r < 0)
		action_clear(ret);
	return r;
}

char *action_name(const struct action *a)
{
	const char *what = a->uuid ?: a->target ?: a->name ?: a->node ?: a->text ?: "";

	if (a->type_id == ACTION_PROBE)
		return g_strdup_printf("probe%s %s", a->deep ? "-deep" : "", a->node);
	if (a->type_id == ACTION_LINK || a->type_id == ACTION_FSCK)
		what = a->node;
	return g_strdup_printf("%s %s", names[a->type_id], what);
}
