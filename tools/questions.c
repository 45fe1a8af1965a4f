/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The standing questions.  The number that the world sees is random and new each time a question is
 * asked, so that an answer that comes late is refused instead of meeting another question.
 */
#include "tools.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static int new_id(const struct questions *qs, uint64_t *ret)
{
	uint64_t id;

	do {
		if (getrandom(&id, sizeof id, GRND_INSECURE) != sizeof id)
			return -EIO;
	} while (!id || questions_find((struct questions *)qs, id));
	*ret = id;
	return 0;
}

static struct question *find_lib(struct questions *qs, uint64_t lib_id)
{
	for (size_t i = 0; i < qs->n; i++)
		if (qs->list[i].lib_id == lib_id)
			return &qs->list[i];
	return NULL;
}

static char *make_prompt(const char *text)
{
	_cleanup_free_ char *clean = printable(text);
	size_t len = clean ? strlen(clean) : 0;
	char *prompt = NULL;

	if (!clean)
		return NULL;
	if (len && clean[len - 1] == ' ')
		return strdup(clean);
	return asprintf(&prompt, "%s%s ", clean, len && clean[len - 1] == ':' ? "" : ":") < 0 ? NULL
											      : prompt;
}

/* A question that is known is asked again: its answer was wrong. */
int questions_add(struct questions *qs, sact_secret *secret)
{
	uint64_t lib_id = sact_secret_get_id(secret), id;
	struct question *q = find_lib(qs, lib_id), *more;
	char *prompt = make_prompt(sact_secret_get_prompt(secret));
	int r = prompt ? new_id(qs, &id) : -ENOMEM;

	if (r >= 0 && !q) {
		more = reallocarray(qs->list, qs->n + 1, sizeof *more);
		if (more) {
			qs->list = more;
			q = &more[qs->n++];
			*q = (struct question){.lib_id = lib_id};
		} else {
			r = -ENOMEM;
		}
	}
	if (r < 0) {
		free(prompt);
		return r;
	}
	secret = sact_secret_ref(secret);
	sact_secret_unref(q->secret);
	q->secret = secret;
	free(q->prompt);
	q->prompt = prompt;
	q->id = id;
	q->answered = false;
	return 0;
}

static void question_clear(struct question *q)
{
	sact_secret_unref(q->secret);
	free(q->prompt);
}

void questions_remove(struct questions *qs, uint64_t lib_id)
{
	struct question *q = find_lib(qs, lib_id);

	if (!q)
		return;
	question_clear(q);
	memmove(q, q + 1, (qs->list + --qs->n - q) * sizeof *q);
}

void questions_free(struct questions *qs)
{
	for (size_t i = 0; i < qs->n; i++)
		question_clear(&qs->list[i]);
	free(qs->list);
	*qs = (struct questions){0};
}

/* While an answer is being tried the others wait: it may open their volumes too. */
struct question *questions_current(struct questions *qs)
{
	for (size_t i = 0; i < qs->n; i++)
		if (qs->list[i].answered)
			return NULL;
	return qs->n ? &qs->list[0] : NULL;
}

struct question *questions_find(struct questions *qs, uint64_t id)
{
	for (size_t i = 0; i < qs->n; i++)
		if (qs->list[i].id == id && !qs->list[i].answered)
			return &qs->list[i];
	return NULL;
}

int questions_answer(struct questions *qs, uint64_t id, const void *bytes, size_t len)
{
	struct question *q = questions_find(qs, id);
	int r;

	if (!q)
		return -ESTALE;
	if ((r = sact_secret_answer(q->secret, bytes, len)) < 0)
		return r;
	q->answered = true;
	return 0;
}

int questions_skip(struct questions *qs, uint64_t id)
{
	struct question *q = questions_find(qs, id);
	int r;

	if (!q)
		return -ESTALE;
	if ((r = sact_secret_skip(q->secret)) < 0)
		return r;
	q->answered = true;
	return 0;
}

static void json_string(FILE *to, const char *text)
{
	fputc('"', to);
	for (; *text; text++) { /* printable() has been over it: newlines and tabs are left */
		if (*text == '"' || *text == '\\')
			fputc('\\', to);
		fputc((unsigned char)*text < ' ' ? ' ' : *text, to);
	}
	fputc('"', to);
}

char *questions_json(const struct questions *qs)
{
	char *text = NULL;
	size_t len;
	const char *comma = "";
	FILE *to = open_memstream(&text, &len);

	if (!to)
		return NULL;
	fputc('[', to);
	for (size_t i = 0; i < qs->n; i++) {
		if (qs->list[i].answered)
			continue;
		fprintf(to, "%s{\"id\":\"%016" PRIx64 "\",\"prompt\":", comma, qs->list[i].id);
		json_string(to, qs->list[i].prompt);
		fputc('}', to);
		comma = ",";
	}
	fputs("]\n", to);
	if (fclose(to) != 0) {
		free(text);
		return NULL;
	}
	return text;
}
