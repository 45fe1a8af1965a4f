/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The graph as text for people and as JSON (version 1: add, never change) for programs. */
#include "layer/layer.h"

static void js(GString *s, const char *text)
{
	if (!text) {
		g_string_append(s, "null");
		return;
	}
	text_json(s, text);
}

static void key(GString *s, const char *name, const char *value)
{
	g_string_append_printf(s, "%s\"%s\":", s->str[s->len - 1] == '{' ? "" : ",", name);
	js(s, value);
}

static void number(GString *s, const char *name, uint64_t value)
{
	g_string_append_printf(s, "%s\"%s\":", s->str[s->len - 1] == '{' ? "" : ",", name);
	if (value == USEC_NEVER)
		g_string_append(s, "null");
	else
		g_string_append_printf(s, "%" PRIu64, value);
}

static void comma(GString *s)
{
	char last = s->str[s->len - 1];

	if (last != '[' && last != '{')
		g_string_append_c(s, ',');
}

static void node_key(GString *s, const char *name, const struct device *d)
{
	g_autofree char *path = d ? g_strconcat("/dev/", d->node, NULL) : NULL;

	key(s, name, path);
}

static void json_waits(GString *s, const struct plan *p, const struct goal *g)
{
	g_autoptr(GPtrArray) waits = explain_goal(p, g);

	g_string_append(s, ",\"waits_for\":[");
	for (guint i = 0; i < waits->len; i++) {
		const struct wait *w = waits->pdata[i];

		comma(s);
		g_string_append_c(s, '{');
		key(s, "leaf", w->leaf);
		key(s, "kind", w->kind);
		key(s, "reason", w->reason);
		number(s, "since_usec", w->since);
		number(s, "until_usec", w->until ? w->until : USEC_NEVER);
		g_string_append_c(s, '}');
	}
	g_string_append_c(s, ']');
}

static void json_goal(GString *s, const struct plan *p, const struct goal *g)
{
	comma(s);
	g_string_append_c(s, '{');
	number(s, "id", g->id);
	key(s, "kind", goal_kind_name(g->kind));
	key(s, "spec", g->spec);
	key(s, "target", g->target);
	key(s, "state", goal_state_name(g->state));
	node_key(s, "node", g->dev);
	if (g->error) {
		g_string_append(s, ",\"error\":{");
		number(s, "number", g->error_number);
		key(s, "text", g->error);
		g_string_append_c(s, '}');
	} else {
		g_string_append(s, ",\"error\":null");
	}
	json_waits(s, p, g);
	g_string_append_c(s, '}');
}

static void json_assembly(GString *s, const struct assembly *a)
{
	comma(s);
	g_string_append_c(s, '{');
	key(s, "id", a->id);
	key(s, "layer", a->layer->name);
	key(s, "name", a->name);
	key(s, "state", assembly_state_name(a->state));
	number(s, "needed", a->needed);
	number(s, "present", a->present);
	number(s, "degraded_at_usec", a->degraded_at ? a->degraded_at : USEC_NEVER);
	g_string_append(s, ",\"members\":[");
	for (guint i = 0; i < a->members->len; i++) {
		const struct member *m = a->members->pdata[i];

		comma(s);
		g_string_append_c(s, '{');
		key(s, "id", m->dev->info.uuid_sub ?: m->dev->info.uuid);
		node_key(s, "node", m->dev);
		g_string_append_printf(s, ",\"present\":%s", m->excluded ? "false" : "true");
		if (m->why)
			key(s, "why", m->why);
		g_string_append_c(s, '}');
	}
	g_string_append(s, "],\"outputs\":[");
	for (guint i = 0; i < a->outputs->len; i++) {
		g_autofree char *path = g_strconcat("/dev/", ((struct device *)a->outputs->pdata[i])->node, NULL);

		comma(s);
		js(s, path);
	}
	g_string_append(s, "]");
	if (a->error) {
		g_string_append(s, ",\"error\":{");
		number(s, "number", a->error_number);
		key(s, "text", a->error);
		g_string_append_c(s, '}');
	}
	g_string_append_c(s, '}');
}

static void json_device(GString *s, const struct device *d)
{
	g_autofree char *num = g_strdup_printf("%u:%u", major(d->devnum), minor(d->devnum));
	const struct assembly *in = d->member_of, *of = d->output_of;

	comma(s);
	g_string_append_c(s, '{');
	node_key(s, "node", d);
	key(s, "devnum", num);
	key(s, "type", d->info.type);
	key(s, "uuid", d->info.uuid);
	key(s, "label", d->info.label);
	key(s, "partuuid", d->info.partuuid);
	number(s, "size", d->size);
	g_string_append(s, ",\"members_of\":[");
	if (in)
		js(s, in->id);
	g_string_append(s, "],\"outputs_of\":[");
	if (of)
		js(s, of->id);
	g_string_append(s, "]");
	if (d->error_text)
		key(s, "error", d->error_text);
	g_string_append_c(s, '}');
}

static void json_deadline(void *data, const struct deadline *d)
{
	GString *s = data;

	comma(s);
	g_string_append_c(s, '{');
	key(s, "owner", d->owner);
	key(s, "reason", d->reason);
	number(s, "until_usec", d->until);
	g_string_append_c(s, '}');
}

char *status_json(const struct plan *p)
{
	GString *s = g_string_new("{\"version\":1,\"goals\":[");

	for (guint i = 0; i < p->goals->len; i++)
		json_goal(s, p, p->goals->pdata[i]);
	g_string_append(s, "],\"assemblies\":[");
	for (guint i = 0; i < p->assemblies->len; i++)
		json_assembly(s, p->assemblies->pdata[i]);
	g_string_append(s, "],\"devices\":[");
	for (GList *l = p->devices.head; l; l = l->next)
		json_device(s, l->data);
	g_string_append(s, "],\"deadlines\":[");
	deadlines_each(p, json_deadline, s);
	g_string_append(s, "]}");
	return g_string_free(s, FALSE);
}

/* ---- the tree: each goal, and below it what it lies on ---- */

/* One line of the tree, whatever bytes its parts hold. */
static _printf_(3, 4) void line(GString *s, unsigned depth, const char *format, ...)
{
	g_autofree char *text = NULL, *clean = NULL;
	va_list ap;

	va_start(ap, format);
	text = g_strdup_vprintf(format, ap);
	va_end(ap);
	clean = text_clean(text);
	g_string_append_printf(s, "%*s%s\n", (int)(2 * depth), "", clean);
}

static void tree_device(GString *s, const struct device *d, unsigned depth)
{
	const struct assembly *a = d->output_of;
	g_autofree char *dm_name = d->dm_name ? g_strdup_printf(" (%s)", d->dm_name) : NULL;

	line(s, depth, "/dev/%s%s%s%s", d->node, dm_name ?: "", d->info.type ? " " : "", d->info.type ?: "");
	if (!a || depth > 16)
		return;
	line(s, depth + 1, "%s %s: %s, %u of %u", a->layer->name, a->name ?: a->id, assembly_state_name(a->state),
	     a->present, a->needed);
	for (guint i = 0; i < a->members->len; i++)
		tree_device(s, ((struct member *)a->members->pdata[i])->dev, depth + 2);
}

static void tree_assembly(GString *s, const struct assembly *a)
{
	g_autofree char *error = a->error ? g_strdup_printf(" - SACT-%03u %s", a->error_number, a->error) : NULL;

	line(s, 0, "%s %s: %s, %u of %u%s", a->layer->name, a->name ?: a->id, assembly_state_name(a->state),
	     a->present, a->needed, error ?: "");
	for (guint i = 0; i < a->members->len; i++) {
		const struct member *m = a->members->pdata[i];

		line(s, 1, "/dev/%s%s%s", m->dev->node, m->excluded ? " left out: " : "",
		     m->excluded && m->why ? m->why : "");
	}
}

static void tree_goal(GString *s, const struct plan *p, const struct goal *g)
{
	g_autofree char *error = g->error ? g_strdup_printf(" - SACT-%03u %s", g->error_number, g->error) : NULL;

	line(s, 0, "%s %s%s%s: %s%s", goal_kind_name(g->kind), g->spec, g->target ? " on " : "", g->target ?: "",
	     goal_state_name(g->state), error ?: "");
	if (g->dev) {
		tree_device(s, g->dev, 1);
	} else if (goal_unmet(g)) {
		g_autofree char *why = explain_text(p, g);

		line(s, 1, "%s", why);
	}
}

char *status_text(const struct plan *p)
{
	GString *s = g_string_new(NULL);

	for (guint i = 0; i < p->goals->len; i++)
		tree_goal(s, p, p->goals->pdata[i]);
	for (guint i = 0; i < p->assemblies->len; i++) {
		const struct assembly *a = p->assemblies->pdata[i];

		if (!assembly_running(a))
			tree_assembly(s, a);
	}
	return g_string_free(s, FALSE);
}
