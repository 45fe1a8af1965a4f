/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The broker of questions: one standing question a locked volume, one right answer opens every waiting
 * volume that it fits, and only an answer that fitted nothing counts as a wrong try, against the
 * volume that was asked for.  Secrets are numbers here; their bytes are in the context's store.
 */
#include "layer/layer.h"

void question_free(struct question *q)
{
	g_free(q);
}

struct question *question_of(const struct plan *p, const struct assembly *a)
{
	return a->question;
}

static void emit_ask(struct plan *p, struct question *q)
{
	struct action *act = actions_add(p->out, ACTION_ASK);
	const struct assembly *a = q->about;

	q->until = q->timeout ? usec_add(p->now, q->timeout) : 0;
	act->id = q->id;
	act->name = g_strdup(a->name ?: a->id);
	act->uuid = g_strdup(a->id);
	act->tries = q->tries;
	if (a->members->len)
		act->node = g_strdup(((struct member *)a->members->pdata[0])->dev->node);
	act->text = g_strdup_printf("Passphrase for %s (/dev/%s)", act->name, act->node ?: "?");
}

void question_ask(struct plan *p, struct assembly *a, uint64_t timeout)
{
	struct question *q = question_of(p, a);

	if (q)
		return;
	q = g_new0(struct question, 1);
	q->id = ++p->next_id;
	q->about = a;
	a->question = q;
	q->since = p->now;
	q->timeout = timeout;
	g_ptr_array_add(p->questions, q);
	emit_ask(p, q);
	assembly_touch_loose(p); /* clocks of arrays that this volume may be part of are held */
}

void question_withdraw(struct plan *p, struct assembly *a, const char *why)
{
	struct question *q = question_of(p, a);
	struct action *act;

	if (!q)
		return;
	act = actions_add(p->out, ACTION_WITHDRAW);
	act->id = q->id;
	act->text = g_strdup(why);
	q->withdrawn = true;
	a->question = NULL;
}

static struct question *question_find(const struct plan *p, uint64_t id)
{
	for (guint i = 0; i < p->questions->len; i++) {
		struct question *q = p->questions->pdata[i];

		if (q->id == id && !q->withdrawn)
			return q;
	}
	return NULL;
}

void question_answered(struct plan *p, const struct input *in)
{
	struct question *q = question_find(p, in->id);
	struct answer *ans;

	if (!q) {
		actions_add(p->out, ACTION_FORGET)->secret = in->secret;
		return;
	}
	ans = g_new0(struct answer, 1);
	ans->secret = in->secret;
	ans->asked = q->about;
	ans->number = ++p->next_id;
	g_ptr_array_add(p->answers, ans);
	assembly_touch(p, q->about);
	assembly_touch_waiting(p); /* every waiting volume tries it, the one asked for first */
}

void question_skipped(struct plan *p, const struct input *in)
{
	struct question *q = question_find(p, in->id);

	if (!q)
		return;
	question_withdraw(p, q->about, "skipped");
	assembly_fail(p, q->about, MSG_LUKS_SKIPPED, "skipped at the prompt");
}

/* Nobody came within the time that crypttab gives: what lies on the volume counts as missing. */
void questions_expire(struct plan *p)
{
	for (guint i = 0; i < p->questions->len; i++) {
		struct question *q = p->questions->pdata[i];

		if (q->withdrawn || !q->until || q->until > p->now)
			continue;
		if (q->about->request) { /* somebody came: if it does not fit, others may */
			q->until = usec_add(p->now, q->timeout);
			continue;
		}
		question_withdraw(p, q->about, "nobody answered");
		assembly_fail(p, q->about, MSG_LUKS_SKIPPED, "nobody answered within its timeout=");
	}
}

static struct answer *answer_find(const struct plan *p, uint64_t secret)
{
	for (guint i = 0; i < p->answers->len; i++) {
		struct answer *ans = p->answers->pdata[i];

		if (ans->secret == secret)
			return ans;
	}
	return NULL;
}

static void wrong_try(struct plan *p, struct answer *ans)
{
	struct question *q = question_of(p, ans->asked);
	struct assembly *a = ans->asked;

	ans->asked = NULL;
	if (!q)
		return;
	q->tries++;
	plan_report(p, MSG_LUKS_WRONG, 4, a->name ?: a->id, "the passphrase does not fit (try %u)", q->tries);
	if (!a->layer->tries_left || a->layer->tries_left(a, q->tries)) {
		emit_ask(p, q);
	} else {
		question_withdraw(p, a, "no tries left");
		assembly_fail(p, a, MSG_LUKS_TRIES, "%u wrong passphrase%s, no tries left", q->tries,
			      q->tries == 1 ? "" : "s");
	}
}

void answer_tried(struct plan *p, struct assembly *a, uint64_t secret, bool opened)
{
	struct answer *ans = answer_find(p, secret);

	if (!ans)
		return;
	ans->pending--;
	ans->opened |= opened;
	if (opened && ans->asked == a)
		ans->asked = NULL;
	if (ans->pending || !ans->asked_tried || !ans->asked)
		return;
	if (!ans->opened)
		wrong_try(p, ans);
	else if (question_of(p, ans->asked))
		emit_ask(p, question_of(p, ans->asked)); /* it opened another volume: no try lost */
}

/* Once no named volume waits, the secrets have done their work. */
void answers_drop_if_unused(struct plan *p)
{
	if (!p->answers->len)
		return;
	for (guint i = 0; i < p->answers->len; i++)
		if (((struct answer *)p->answers->pdata[i])->pending)
			return;
	if (plan_wants_anything(p))
		for (guint i = 0; i < p->volumes->len; i++) {
			const struct volume *v = p->volumes->pdata[i];

			if (!v->assembly || (!assembly_running(v->assembly) && v->assembly->state != ASSEMBLY_FAILED))
				return;
		}
	for (guint i = 0; i < p->answers->len; i++)
		actions_add(p->out, ACTION_FORGET)->secret =
			((struct answer *)p->answers->pdata[i])->secret;
	g_ptr_array_set_size(p->answers, 0);
}
