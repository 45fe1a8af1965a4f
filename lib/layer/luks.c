/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * LUKS.  A volume is opened when crypttab or the command line names it and a goal may need what is in
 * it: by key file first, then by an answer that is known to fit elsewhere, then by asking.
 *
 * Where header= says that the header is elsewhere, nothing on the device tells what it is: the entry
 * does.  Its UUID is not known then.
 */
#include "layer/luks.h"

#define PROBE_DEEP_TIMEOUT (60 * USEC_PER_SEC)
#define OPEN_TIMEOUT (300 * USEC_PER_SEC) /* argon2 on a small machine is slow, not hung */
#define TRIES_DEFAULT 3

static const char *const claims[] = { "crypto_LUKS", NULL };

/* A label of LUKS2 is no file system's, and so none of the device's names. */
bool luks_called(const struct device *d, const char *key)
{
	if (d->info.label && g_str_has_prefix(key, "LABEL=") && g_str_equal(key + strlen("LABEL="), d->info.label))
		return true;
	for (guint n = 0; n < d->names->len; n++)
		if (g_str_equal(d->names->pdata[n], key))
			return true;
	return false;
}

static bool tagged(const char *key, const char *tag, const char *value)
{
	return value && g_str_has_prefix(key, tag) && g_ascii_strcasecmp(key + strlen(tag), value) == 0;
}

/* The volume whose data it holds, and whose header is elsewhere. */
static struct volume *detached(const struct plan *p, const struct device *d)
{
	for (guint i = 0; p->headers && i < p->volumes->len; i++) {
		struct volume *v = p->volumes->pdata[i];

		if (v->config.header &&
		    (luks_called(d, v->key) || tagged(v->key, "UUID=", d->info.uuid) ||
		     tagged(v->key, "PARTUUID=", d->info.partuuid) || tagged(v->key, "PARTLABEL=", d->info.partlabel)))
			return v;
	}
	return NULL;
}

/* It carries none: such a one is known by configuration only. */
bool luks_is_data(const struct device *d)
{
	return streq0(d->info.type, claims[0]) && !d->info.uuid;
}

static bool is_device(const char *header)
{
	return g_str_has_prefix(header, "/dev/") || *header != '/';
}

/* NULL: it is on a device that has not come. */
static char *header_path(const struct plan *p, const char *header)
{
	g_autofree char *key = graph_key(header);
	const struct device *d = graph_lookup(p, key);

	if (!is_device(header))
		return g_strdup(header);
	return d && d->size ? g_strconcat("/dev/", d->node, NULL) : NULL;
}

/* Those whose header it may be look again. */
static void header_came(struct plan *p, const struct device *d)
{
	for (guint i = 0; p->headers && i < p->volumes->len; i++) {
		const struct volume *v = p->volumes->pdata[i];
		g_autofree char *key = v->config.header && v->assembly ? graph_key(v->config.header) : NULL;

		if (key && (luks_called(d, key) || tagged(key, "UUID=", d->info.uuid) ||
			    tagged(key, "PARTUUID=", d->info.partuuid) ||
			    tagged(key, "PARTLABEL=", d->info.partlabel)))
			assembly_touch(p, v->assembly);
	}
}

/*
 * Ciphertext may look like anything, and so may what was there before it.  One with a header of its own
 * that is named by the UUID of it is known as any other.
 */
static bool luks_take(struct plan *p, struct device *d)
{
	struct volume *v = detached(p, d);
	char *partuuid = NULL, *partlabel = NULL;

	header_came(p, d);
	if (!v || luks_is_data(d))
		return v != NULL;
	if (streq0(d->info.type, claims[0]) && tagged(v->key, "UUID=", d->info.uuid))
		return false;
	if (d->member_of)
		assembly_leave(p, d);
	partuuid = g_steal_pointer(&d->info.partuuid);
	partlabel = g_steal_pointer(&d->info.partlabel);
	input_clear(&d->info);
	d->info.type = g_strdup(claims[0]);
	d->info.partuuid = partuuid;
	d->info.partlabel = partlabel;
	names_drop(p, d);
	names_of_node(p, d);
	graph_name(p, d, v->key);
	return true;
}

static char *luks_identify(struct plan *p, struct device *d)
{
	const struct volume *v = luks_is_data(d) ? detached(p, d) : NULL;

	return g_strdup(v ? v->name : d->info.uuid);
}

struct volume *luks_find_volume(const struct plan *p, const struct assembly *a)
{
	for (guint m = 0; m < a->members->len; m++) {
		const struct device *d = ((struct member *)a->members->pdata[m])->dev;

		if (luks_is_data(d))
			return detached(p, d);
	}
	for (guint i = 0; i < p->volumes->len; i++) {
		struct volume *v = p->volumes->pdata[i];

		for (guint m = 0; m < a->members->len; m++)
			if (luks_called(((struct member *)a->members->pdata[m])->dev, v->key))
				return v;
	}
	return NULL;
}

/* What comes back may be another one: everything begins anew. */
static void forget(struct luks *l)
{
	l->verified = l->header_seen = l->keyfile_done = false;
	g_array_set_size(l->tried, 0);
}

static void gone(struct plan *p, struct assembly *a)
{
	forget(luks_of(a));
	question_withdraw(p, a, "it is gone");
	assembly_set_state(p, a, ASSEMBLY_WAITING);
	assembly_touch_loose(p); /* it holds no clock any more */
}

static bool header_there(const struct plan *p, const struct volume *v)
{
	g_autofree char *path = v->config.header ? header_path(p, v->config.header) : NULL;

	return path || !v->config.header;
}

/* By what it carries others may be named, too: see choice.c. */
static bool may_be_chosen(struct plan *p, const struct assembly *a)
{
	const struct luks *l = luks_of(a);

	return a->state == ASSEMBLY_ACTIVATING || assembly_running(a) || !luks_by_identity(l->volume) || !goals_search(p) ||
	       !choice_waits(p, luks_data_device(a));
}

static void luks_evaluate(struct plan *p, struct assembly *a)
{
	struct luks *l = luks_of(a);

	if (!l) {
		a->data = l = g_new0(struct luks, 1);
		l->tried = g_array_new(FALSE, FALSE, sizeof(uint64_t));
	}
	a->needed = 1;
	a->present = a->members->len ? 1 : 0;
	luks_take_volume(p, a);
	a->startable = false;
	a->held = false;
	if (luks_judge(p, a)) {
		a->complete = luks_data_device(a) && l->volume && !strstr(l->volume->config.options ?: "", "noauto") &&
			      header_there(p, l->volume);
		a->held = a->complete && !may_be_chosen(p, a);
		a->complete = a->complete && !a->held;
	} else {
		a->complete = false;
	}
	if (a->state == ASSEMBLY_ACTIVATING && !a->request && !a->members->len)
		gone(p, a);
	else if (!a->request && !a->members->len)
		forget(l);
	/* Not when the demand only waits for one more driver: an answer on its way would be lost. */
	if (question_of(p, a) && !goals_search(p)) {
		question_withdraw(p, a, "not needed any more");
		if (a->state == ASSEMBLY_ACTIVATING && !a->request)
			assembly_set_state(p, a, ASSEMBLY_COMPLETE);
	}
	/* While it asks, answers to other questions may fit, too. */
	if (a->state == ASSEMBLY_ACTIVATING && !a->request && l->verified && (l->queued || question_of(p, a)))
		a->layer->start(p, a, false);
}

static bool tried(const struct luks *l, uint64_t secret)
{
	for (guint i = 0; i < l->tried->len; i++)
		if (g_array_index(l->tried, uint64_t, i) == secret)
			return true;
	return false;
}

/*
 * The kernel would call modprobe for each name in a cipher: "aes-xts-plain64" for crypto-aes and
 * crypto-xts (plain64 is dm-crypt's own, no module is called so).  What libcryptsetup cannot do itself
 * to decrypt a key slot it asks of the kernel.
 */
static char *luks_modules(struct plan *p, struct assembly *a)
{
	const struct device *d = luks_data_device(a);
	const char *unread = d && luks_is_data(d) ? "aes-xts-plain64" : ""; /* by far the most have it */
	const char *ciphers = d && d->info.luks_ciphers ? d->info.luks_ciphers : unread;
	GString *s = g_string_new("dm_mod dm-crypt");
	g_auto(GStrv) words = g_strsplit_set(ciphers, " -:,()", -1);
	g_auto(GStrv) whole = g_strsplit(ciphers, " ", -1);
	bool others = false;

	for (char **w = words; *w; w++)
		if (**w && !g_strv_contains((const char *const *)w + 1, *w))
			g_string_append_printf(s, " crypto-%s", *w);
	for (char **c = whole; *c; c++)
		others = others || !g_str_has_prefix(*c, "aes-");
	if (*ciphers && others)
		g_string_append(s, " ?af_alg ?algif_skcipher");
	return g_string_free(s, FALSE);
}

/* The result counts for this incarnation only. */
static struct action *request_on(struct plan *p, struct assembly *a, enum action_type t, uint64_t timeout)
{
	struct action *act = assembly_request(p, a, t, timeout);
	struct request *r = g_hash_table_lookup(p->requests, &act->id);
	const struct device *d = luks_data_device(a);

	r->serial = d->serial;
	act->devnum = d->devnum;
	act->diskseq = d->diskseq;
	act->node = g_strdup(d->node);
	return act;
}

static bool still_there(const struct assembly *a, const struct request *r)
{
	for (guint i = 0; i < a->members->len; i++)
		if (((struct member *)a->members->pdata[i])->serial == r->serial)
			return true;
	return false;
}

static struct action *emit_open(struct plan *p, struct assembly *a)
{
	const struct input *c = &luks_of(a)->volume->config;
	struct action *act = request_on(p, a, ACTION_LUKS_OPEN, OPEN_TIMEOUT);

	act->uuid = luks_is_data(luks_data_device(a)) ? NULL : g_strdup(a->id);
	act->name = g_strdup(a->name);
	act->options = g_strdup(c->options);
	act->header = c->header ? header_path(p, c->header) : NULL;
	act->keyslot = c->keyslot;
	return act;
}

/*
 * A key on a device is read from the device, whatever it is called: its links may come later.  NULL: it has
 * not come, and still may with the first list.
 */
static char *key_path(const struct plan *p, const char *keyfile)
{
	g_autofree char *key = g_str_has_prefix(keyfile, "/dev/") ? graph_key(keyfile) : NULL;
	const struct device *d = key ? graph_lookup(p, key) : NULL;

	if (d && d->size)
		return g_strconcat("/dev/", d->node, NULL);
	return key && !graph_choice_allowed(p) ? NULL : g_strdup(keyfile);
}

static void open_by_keyfile(struct plan *p, struct assembly *a)
{
	const struct input *c = &luks_of(a)->volume->config;
	struct action *act = emit_open(p, a);

	act->keyfile = key_path(p, c->keyfile);
	act->key_offset = c->key_offset;
	act->key_size = c->key_size;
}

static void open_by_answer(struct plan *p, struct assembly *a, struct answer *ans)
{
	struct action *act = emit_open(p, a);
	struct request *r = g_hash_table_lookup(p->requests, &act->id);

	act->secret = r->secret = ans->secret;
	ans->pending++;
	if (ans->asked == a)
		ans->asked_tried = true;
	g_array_append_val(luks_of(a)->tried, ans->secret);
}

/* Given for this volume, or while its question stood, or known to fit elsewhere. */
static struct answer *untried_answer(const struct plan *p, const struct assembly *a)
{
	const struct question *q = question_of(p, a);

	for (guint i = 0; i < p->answers->len; i++) {
		struct answer *ans = p->answers->pdata[i];

		if (!tried(luks_of(a), ans->secret) && (ans->opened || (q && q->id < ans->number)))
			return ans;
	}
	return NULL;
}

/*
 * Argon2 takes what its keyslot says, up to gigabytes: as many run side by side as fit, and one always
 * runs.
 */
static bool memory_allows(const struct plan *p, const struct assembly *a)
{
	uint64_t used = 0;
	const struct device *d = luks_data_device(a);

	for (const GList *q = p->memory ? p->activating.head : NULL; q; q = q->next) {
		const struct assembly *o = q->data;
		const struct request *r = o->layer == &layer_luks && o->request ?
						  g_hash_table_lookup(p->requests, &o->request) :
						  NULL;

		const struct device *other = r && r->type == ACTION_LUKS_OPEN ? luks_data_device(o) : NULL;

		if (o != a && other) /* its disk may have gone meanwhile */
			used += MAX(other->info.luks_memory, 1);
	}
	return !used || used + d->info.luks_memory <= p->memory;
}

static bool answer_under_way(const struct plan *p, const struct assembly *a)
{
	for (guint i = 0; i < p->answers->len; i++) {
		const struct answer *ans = p->answers->pdata[i];

		if (ans->pending && !tried(luks_of(a), ans->secret))
			return true;
	}
	return false;
}

/* A key is no use beside a root that anybody may have put there. */
static bool by_key(const struct plan *p, const struct assembly *a)
{
	return luks_of(a)->volume->config.keyfile && !layout_root_exposed(p);
}

static void luks_start(struct plan *p, struct assembly *a, bool with_missing)
{
	struct luks *l = luks_of(a);
	g_autofree char *path = NULL;
	struct answer *ans;

	l->queued = false;
	if (!a->members->len)
		return;
	l->verified = l->verified || luks_is_data(luks_data_device(a));
	if (l->verified && l->volume->config.header && !l->header_seen) {
		(void)emit_open(p, a); /* without a key it only tells whether the header is there */
	} else if (!l->verified) {
		request_on(p, a, ACTION_PROBE, PROBE_DEEP_TIMEOUT)->deep = true;
	} else if (((by_key(p, a) && !l->keyfile_done) || untried_answer(p, a)) &&
		   !memory_allows(p, a)) {
		l->queued = true;
		return;
	} else if (by_key(p, a) && !l->keyfile_done && !(path = key_path(p, l->volume->config.keyfile))) {
		l->queued = true;
	} else if (by_key(p, a) && !l->keyfile_done) {
		open_by_keyfile(p, a);
	} else if ((ans = untried_answer(p, a))) {
		open_by_answer(p, a, ans);
	} else if (strstr(l->volume->config.options ?: "", "headless")) {
		assembly_fail(p, a, MSG_LUKS_FAILED, "no key opens it and it is marked headless");
	} else if (answer_under_way(p, a)) {
		l->queued = true; /* it may fit here, too: nobody is asked before that is known */
	} else {
		question_ask(p, a, l->volume->config.timeout);
	}
}

static void verified(struct plan *p, struct assembly *a, const struct input *in)
{
	if (in->error < 0 || !streq0(in->type, "crypto_LUKS") || !uuid_equal(in->uuid, a->id)) {
		assembly_fail(p, a, in->error == -EUCLEAN ? MSG_AMBIVALENT : MSG_LUKS_FAILED, "%s",
			      in->error < 0 ? in->text ?: g_strerror((int)-in->error) : "it is no LUKS volume any more");
		return;
	}
	luks_of(a)->verified = true;
	luks_start(p, a, false);
}

/* Nobody is asked for what cannot be opened. */
static void header_looked_at(struct plan *p, struct assembly *a, const struct input *in)
{
	const struct volume *v = luks_of(a)->volume;

	if (in->error == -ENOENT) {
		assembly_fail(p, a, MSG_LUKS_FAILED, "the header %s is not there; %s names it", v->config.header,
			      v->config.where ?: "crypttab");
	} else if (in->error < 0 && in->error != -ENOKEY) {
		assembly_fail(p, a, MSG_LUKS_FAILED, "%s", in->text ?: g_strerror((int)-in->error));
	} else {
		luks_of(a)->header_seen = true;
		luks_start(p, a, false);
	}
}

/* Whoever offers a shell has to know: it would give away what the key protects. */
static void automatic(struct plan *p, struct assembly *a)
{
	if (!a->automatic)
		plan_report(p, MSG_LUKS_AUTOMATIC, 6, a->name, "opened, and nobody typed a passphrase");
	a->automatic = true;
}

static void opened(struct plan *p, struct assembly *a, const struct request *r, const struct input *in)
{
	a->ours = true;
	if (!r->secret)
		automatic(p, a);
	question_withdraw(p, a, "opened");
	assembly_set_state(p, a, ASSEMBLY_ACTIVE);
	outputs_made(p, a, in->devnum);
	assembly_touch_loose(p); /* it holds no clock any more */
	assembly_touch_waiting(p); /* its answer may fit others */
}

static void not_opened(struct plan *p, struct assembly *a, const struct request *r, const struct input *in)
{
	struct luks *l = luks_of(a);
	const char *text = in->text ?: g_strerror((int)-in->error);

	if (!r->secret && l->volume->config.keyfile && !l->keyfile_done) {
		l->keyfile_done = true;
		plan_report(p, MSG_LUKS_KEYFILE, 4, a->name, "key file %s: %s", l->volume->config.keyfile, text);
		if (in->error != -EPERM && in->error != -ENOENT && in->error != -EACCES && in->error != -EINVAL)
			assembly_fail(p, a, MSG_LUKS_FAILED, "%s", text);
		else
			luks_start(p, a, false);
		return;
	}
	if (r->secret && in->error == -EPERM) {
		assembly_touch(p, a);
		answer_tried(p, a, r->secret, false);
		if (a->state == ASSEMBLY_ACTIVATING && !question_of(p, a))
			luks_start(p, a, false); /* it was another volume's: now it is asked for */
		return;
	}
	if (r->secret)
		answer_tried(p, a, r->secret, true); /* not a wrong try: the volume is at fault */
	question_withdraw(p, a, "cannot be opened");
	assembly_fail(p, a, MSG_LUKS_FAILED, "%s", text);
}

static void luks_finished(struct plan *p, struct assembly *a, const struct request *r, const struct input *in)
{
	if (r->type == ACTION_LUKS_OPEN)
		assembly_touch_waiting(p); /* its memory is free for another */
	if (!still_there(a, r) && (in->error < 0 || r->type == ACTION_PROBE)) {
		if (r->secret)
			answer_tried(p, a, r->secret, true); /* no wrong try */
		gone(p, a);
	} else if (r->type == ACTION_PROBE) {
		verified(p, a, in);
	} else if (in->error < 0 && !r->secret && luks_of(a)->volume->config.header && !luks_of(a)->header_seen) {
		header_looked_at(p, a, in);
	} else if (r->type == ACTION_LUKS_OPEN) {
		if (in->error < 0) {
			not_opened(p, a, r, in);
			return;
		}
		if (r->secret)
			answer_tried(p, a, r->secret, true);
		opened(p, a, r, in);
	}
}

static void luks_missing(const struct plan *p, const struct assembly *a, GPtrArray *waits)
{
	const struct luks *l = luks_of(a);
	const struct question *q = question_of(p, a);
	const struct device *d = a->members->len ? ((struct member *)a->members->pdata[0])->dev : NULL;

	if (q)
		wait_add(waits, "secret", q->since, q->until, g_strdup(a->name),
			 g_strdup_printf("/dev/%s is locked; a passphrase is asked for", d ? d->node : "?"));
	else if (d && l && !l->volume)
		wait_add(waits, "secret", a->since, 0, g_strconcat("/dev/", d->node, NULL),
			 g_strdup_printf("LUKS %s is named neither by crypttab nor by the command line", a->id));
	else if (d && l && !header_there(p, l->volume))
		wait_add(waits, "device", a->since, 0, g_strdup(l->volume->config.header),
			 g_strdup_printf("has not appeared; %s names it as the header of %s",
					 l->volume->config.where ?: "crypttab", a->name));
	else if (d && l && assembly_demanded(p, a))
		wait_add(waits, "secret", a->since, 0, g_strdup(a->name), g_strdup("is about to be opened"));
}

/* Somebody may have opened it under another name: what is in it is in reach all the same. */
static void luks_name_output(struct plan *p, struct assembly *a, struct device *d)
{
	const struct luks *l = luks_of(a);
	g_autofree char *path = l && l->volume && !d->partn ? g_strconcat("/dev/mapper/", l->volume->name, NULL) : NULL;

	if (path && !graph_named(p, path))
		graph_name(p, d, path);
}

static bool luks_answers_to(const struct assembly *a, const char *key)
{
	return a->name && g_str_has_prefix(key, "/dev/mapper/") && streq0(key + strlen("/dev/mapper/"), a->name);
}

static bool luks_tries_left(const struct assembly *a, unsigned wrong)
{
	uint64_t max = luks_of(a)->volume->config.tries ? luks_of(a)->volume->config.tries - 1 : TRIES_DEFAULT;

	return max == 0 || wrong < max;
}

static void luks_free(struct assembly *a)
{
	struct luks *l = a->data;

	if (l) {
		g_array_unref(l->tried);
		g_free(l);
	}
}

/* Found open: an earlier life of ours may have done it, and not have come to say so. */
static void luks_running(struct plan *p, struct assembly *a)
{
	const struct luks *l = luks_of(a);

	if (a->adopted && !a->ours && l->volume && l->volume->config.keyfile)
		automatic(p, a);
}

const struct layer layer_luks = {
	.name = "luks",
	.claims = claims,
	.identify = luks_identify,
	.take = luks_take,
	.evaluate = luks_evaluate,
	.modules = luks_modules,
	.needs_modules = true,
	.start = luks_start,
	.finished = luks_finished,
	.running = luks_running,
	.missing = luks_missing,
	.gives = luks_gives,
	.name_output = luks_name_output,
	.answers_to = luks_answers_to,
	.tries_left = luks_tries_left,
	.mapper = true,
	.grace = USEC_NEVER,
	.free_data = luks_free,
};
