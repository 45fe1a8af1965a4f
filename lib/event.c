/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Events for the caller, and the questions among them. */
#include "context.h"

static sact_secret *secret_handle(const sact *s, uint64_t id)
{
	for (guint i = 0; i < s->questions->len; i++) {
		sact_secret *q = s->questions->pdata[i];

		if (q->id == id)
			return q;
	}
	return NULL;
}

static sact_secret *secret_handle_new(sact *s, const struct action *a)
{
	sact_secret *q = secret_handle(s, a->id);

	if (!q) {
		q = g_new0(sact_secret, 1);
		q->ref = 1;
		q->s = s;
		q->id = a->id;
		g_ptr_array_add(s->questions, q);
	}
	g_free(q->prompt);
	q->prompt = text_clean(a->text);
	return q;
}

static void withdraw(sact *s, sact_event *e, uint64_t id)
{
	sact_secret *q = secret_handle(s, id);
	guint index;

	if (!q)
		return;
	e->secret = q; /* the questions' reference */
	q->withdrawn = true;
	if (g_ptr_array_find(s->questions, q, &index))
		g_ptr_array_steal_index(s->questions, index);
}

void event_push(sact *s, const struct action *a)
{
	sact_event *e = g_new0(sact_event, 1);
	g_autofree char *name = NULL;

	e->text = text_clean(a->text);
	switch (a->type_id) {
	case ACTION_ASK:
		e->type = SACT_EVENT_QUESTION;
		e->secret = sact_secret_ref(secret_handle_new(s, a));
		e->subject = text_clean(a->name);
		break;
	case ACTION_WITHDRAW:
		e->type = SACT_EVENT_WITHDRAWN;
		withdraw(s, e, a->id);
		break;
	case ACTION_REPORT:
		e->type = SACT_EVENT_MESSAGE;
		e->number = (int)a->number;
		e->severity = (int)a->severity;
		e->subject = text_clean(a->name);
		break;
	case ACTION_GOAL_STATE:
		e->type = SACT_EVENT_GOAL;
		e->goal = sact_goal_ref(goal_handle(s, a->id));
		e->subject = text_clean(e->goal ? e->goal->wish.target ?: e->goal->wish.spec : NULL);
		str_set(&e->text, a->name);
		break;
	case ACTION_ASSEMBLY_STATE:
		e->type = SACT_EVENT_ASSEMBLY;
		name = text_clean(a->name ?: a->uuid);
		e->subject = g_strdup_printf("%s %s", a->layer, name);
		e->number = (int)a->number;
		break;
	case ACTION_PROBE:
	case ACTION_MODULES:
	case ACTION_LINK:
	case ACTION_MD_ASSEMBLE:
	case ACTION_MD_ADD:
	case ACTION_MD_STOP:
	case ACTION_DM_ACTIVATE:
	case ACTION_DM_REMOVE:
	case ACTION_LUKS_OPEN:
	case ACTION_FSCK:
	case ACTION_MOUNT:
	case ACTION_UMOUNT:
	case ACTION_SWAPON:
	case ACTION_SWAPOFF:
	case ACTION_RESUME:
	case ACTION_FORGET:
	case ACTION_OVERTAKE:
	case ACTION_CANCEL:
	case _ACTION_MAX:
		sact_event_unref(e);
		return;
	}
	g_queue_push_tail(&s->events, e);
}

void event_complaint(sact *s, const struct complaint *c)
{
	struct action a = { .type_id = ACTION_REPORT, .number = c->number, .severity = c->severity };

	a.name = c->where;
	a.text = c->text;
	event_push(s, &a);
}

_public_ int sact_next_event(sact *s, sact_event **ret)
{
	if (!s || !ret)
		return -EINVAL;
	if (!s->events.length)
		return 0;
	*ret = g_queue_pop_head(&s->events);
	return 1;
}

_public_ sact_event *sact_event_unref(sact_event *e)
{
	if (e) {
		sact_goal_unref(e->goal);
		sact_secret_unref(e->secret);
		g_free(e->subject);
		g_free(e->text);
		g_free(e);
	}
	return NULL;
}

_public_ int sact_event_get_type(const sact_event *e)
{
	return e ? e->type : -EINVAL;
}

_public_ sact_goal *sact_event_get_goal(const sact_event *e)
{
	return e ? e->goal : NULL;
}

_public_ sact_secret *sact_event_get_secret(const sact_event *e)
{
	return e ? e->secret : NULL;
}

_public_ int sact_event_get_number(const sact_event *e)
{
	return e ? e->number : -EINVAL;
}

_public_ int sact_event_get_severity(const sact_event *e)
{
	return e ? e->severity : -EINVAL;
}

_public_ const char *sact_event_get_subject(const sact_event *e)
{
	return e ? e->subject : NULL;
}

_public_ const char *sact_event_get_text(const sact_event *e)
{
	return e ? e->text : NULL;
}

/* ---- questions ---- */

_public_ sact_secret *sact_secret_ref(sact_secret *q)
{
	if (q)
		q->ref++;
	return q;
}

_public_ sact_secret *sact_secret_unref(sact_secret *q)
{
	if (q && --q->ref == 0) {
		g_free(q->prompt);
		g_free(q);
	}
	return NULL;
}

_public_ uint64_t sact_secret_get_id(const sact_secret *q)
{
	return q ? q->id : 0;
}

_public_ const char *sact_secret_get_prompt(const sact_secret *q)
{
	return q ? q->prompt : NULL;
}

_public_ int sact_secret_answer(sact_secret *q, const void *secret, size_t len)
{
	struct input in = { .type_id = INPUT_ANSWER };
	struct secret *copy;
	uint64_t *number;

	if (!q || (!secret && len))
		return -EINVAL;
	if (len > 8192)
		return -EMSGSIZE;
	if (q->withdrawn || !q->s)
		return -ESTALE;
	copy = secret_new(secret, len);
	if (!copy)
		return -ENOMEM;
	number = g_new(uint64_t, 1);
	in.id = q->id;
	in.secret = *number = ++q->s->next_secret;
	g_hash_table_insert(q->s->secrets, number, copy);
	loop_feed(q->s, &in);
	loop_arm(q->s);
	return 0;
}

_public_ int sact_secret_skip(sact_secret *q)
{
	struct input in = { .type_id = INPUT_SKIP };

	if (!q)
		return -EINVAL;
	if (q->withdrawn || !q->s)
		return -ESTALE;
	in.id = q->id;
	loop_feed(q->s, &in);
	loop_arm(q->s);
	return 0;
}
