/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A journal, line by line: "@USEC MARK NAME KEY=VALUE...".  Strings are unquoted where they are. */
#include "plot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define COMPLAINTS_MAX 10

struct plot_index {
	uint64_t id;
	size_t record;
	bool question;
};

static const char *const keys[PLOT_KEYS] = {
	[PLOT_ERROR] = "error",	    [PLOT_NODE] = "node",   [PLOT_NAME] = "name",
	[PLOT_UUID] = "uuid",	    [PLOT_LAYER] = "layer", [PLOT_TARGET] = "target",
	[PLOT_TEXT] = "text",	    [PLOT_SPEC] = "spec",   [PLOT_TYPE] = "type",
	[PLOT_DM_NAME] = "dm_name", [PLOT_OWNER] = "owner", [PLOT_REASON] = "reason",
	[PLOT_DEEP] = "deep",
};

bool plot_is(const struct plot_record *r, char mark, const char *name)
{
	return r->mark == mark && strcmp(r->name, name) == 0;
}

bool plot_same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One value; *at ends behind it.  What it stands for is never longer than how it is written. */
static const char *take_value(char **at, char **ret)
{
	char *from = *at, *to = *at;

	*ret = to;
	if (*from != '"') {
		*at = from + strcspn(from, " ");
		return NULL;
	}
	for (from++; *from && *from != '"'; from++) {
		if (*from != '\\') {
			*to++ = *from;
			continue;
		}
		from++;
		if (*from == 'x' && hex(from[1]) >= 0 && hex(from[2]) >= 0) {
			*to++ = (char)(hex(from[1]) * 16 + hex(from[2]));
			from += 2;
		} else if (*from == 'n' || *from == '"' || *from == '\\') {
			*to++ = *from == 'n' ? '\n' : *from;
		} else {
			return "an escape that does not exist";
		}
	}
	if (*from != '"' || (from[1] && from[1] != ' '))
		return "a quoted value does not end";
	*to = '\0';
	*at = from + 1;
	return NULL;
}

static const char *keep_value(struct plot_record *r, const char *key, char *value)
{
	if (strcmp(key, "id") == 0)
		return parse_number(value, &r->id) < 0 ? "id is not a number" : NULL;
	if (strcmp(key, "until") == 0)
		return parse_number(value, &r->until) < 0 ? "until is not a number" : NULL;
	for (size_t i = 0; i < PLOT_KEYS; i++) {
		if (strcmp(key, keys[i]) != 0)
			continue;
		if (r->value[i])
			return "a key comes twice";
		r->value[i] = value;
	}
	return NULL; /* a newer version may tell more */
}

static const char *take_pairs(struct plot_record *r, char *at)
{
	while (*at) {
		const char *wrong;
		char *key = at, *value;
		size_t len = strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789_");

		if (!len || at[len] != '=')
			return "not a pair of key and value";
		at[len] = '\0';
		at += len + 1;
		if ((wrong = take_value(&at, &value)))
			return wrong;
		while (*at == ' ')
			*at++ = '\0';
		if ((wrong = keep_value(r, key, value)))
			return wrong;
	}
	return NULL;
}

static const char *take_line(struct plot_record *r, char *line)
{
	char *space = strchr(line, ' '), *name;
	size_t len;

	if (*line != '@' || !space || !space[1] || space[2] != ' ')
		return "not a line of a journal";
	*space = '\0';
	if (parse_number(line + 1, &r->usec) < 0)
		return "the time is not a number";
	r->mark = space[1];
	if (!strchr("<>=", r->mark))
		return "neither input nor action nor deadline";
	name = space + 3;
	len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
	if (!len || (name[len] && name[len] != ' '))
		return "no name";
	r->name = name;
	if (!name[len])
		return NULL;
	name[len] = '\0';
	name += len + 1;
	return take_pairs(r, name + strspn(name, " "));
}

static int by_id(const void *a, const void *b)
{
	const struct plot_index *x = a, *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return x->record < y->record ? -1 : x->record > y->record;
}

/* Actions that a result answers; of the others only questions have an id of their own. */
static bool is_effect(const struct plot_record *r)
{
	static const char *const others[] = {"ask",    "withdraw",   "forget",	      "cancel",
					     "report", "goal-state", "assembly-state"};

	if (r->mark != '>' || !r->id)
		return false;
	for (size_t i = 0; i < N_ELEMENTS(others); i++)
		if (strcmp(r->name, others[i]) == 0)
			return false;
	return true;
}

static const struct plot_record *find(const struct plot_journal *j, uint64_t id, size_t before,
				      bool question)
{
	size_t low = 0, high = j->n_index;

	while (low < high) { /* the first that is not before (id, before) */
		size_t middle = low + (high - low) / 2;
		const struct plot_index *x = &j->index[middle];

		if (x->id < id || (x->id == id && x->record < before))
			low = middle + 1;
		else
			high = middle;
	}
	for (; low > 0 && j->index[low - 1].id == id; low--)
		if (j->index[low - 1].question == question)
			return &j->records[j->index[low - 1].record];
	return NULL;
}

const struct plot_record *plot_effect(const struct plot_journal *j, uint64_t id, size_t before)
{
	return find(j, id, before, false);
}

const struct plot_record *plot_question(const struct plot_journal *j, uint64_t id, size_t before)
{
	return find(j, id, before, true);
}

static int make_index(struct plot_journal *j)
{
	j->index = calloc(j->n, sizeof *j->index);
	if (!j->index)
		return -ENOMEM;
	for (size_t i = 0; i < j->n; i++) {
		bool question = plot_is(&j->records[i], '>', "ask");

		if (question || is_effect(&j->records[i]))
			j->index[j->n_index++] = (struct plot_index){
				.id = j->records[i].id, .record = i, .question = question};
	}
	qsort(j->index, j->n_index, sizeof *j->index, by_id);
	for (size_t i = 0; i < j->n; i++) {
		const struct plot_record *effect;

		if (!plot_is(&j->records[i], '<', "result"))
			continue;
		effect = plot_effect(j, j->records[i].id, i);
		if (effect && !effect->result)
			j->records[effect - j->records].result = i;
	}
	return 0;
}

static void complain(const char *file, unsigned line, const char *wrong, unsigned *bad)
{
	_cleanup_free_ char *subject = NULL;

	if ((*bad)++ < COMPLAINTS_MAX && asprintf(&subject, "%s:%u", file, line) >= 0)
		say_error(MSG_JOURNAL, subject, "%s", wrong);
}

static struct plot_record *add_record(struct plot_journal *j, size_t *size)
{
	if (j->n == *size) {
		size_t more = *size ? *size * 2 : 256;
		struct plot_record *list = realloc(j->records, more * sizeof *list);

		if (!list)
			return NULL;
		j->records = list;
		*size = more;
	}
	memset(&j->records[j->n], 0, sizeof j->records[j->n]);
	return &j->records[j->n];
}

static const char *fits(const struct plot_journal *j, struct plot_record *r, size_t *cause)
{
	if (r->mark == '<') {
		*cause = j->n;
	} else if (r->mark == '>' && *cause == SIZE_MAX) {
		return "an action without an input before it";
	}
	r->cause = *cause == SIZE_MAX ? 0 : *cause;
	return NULL;
}

static int read_lines(struct plot_journal *j, char *text, const char *file, unsigned *bad)
{
	size_t size = 0, cause = SIZE_MAX;
	uint64_t last = 0;
	unsigned number = 0;

	for (char *line = text, *end; *line; line = end) {
		struct plot_record *r;
		const char *wrong;
		bool cut;

		number++;
		end = line + strcspn(line, "\n");
		cut = !*end;
		if (!cut)
			*end++ = '\0';
		if (!cut && line[0] && end[-2] == '\r') /* copied from a serial console */
			end[-2] = '\0';
		if (!*line)
			continue;
		if (j->n == PLOT_MAX_RECORDS) {
			complain(file, number, "more lines than can be drawn", bad);
			return -EFBIG;
		}
		if (!(r = add_record(j, &size)))
			return -ENOMEM;
		wrong = take_line(r, line);
		if (wrong && cut) /* what was written when the power went */
			break;
		r->line = number;
		if (!wrong && r->usec < last)
			wrong = "the time goes back";
		if (!wrong)
			wrong = fits(j, r, &cause);
		if (wrong) {
			complain(file, number, wrong, bad);
			continue;
		}
		last = r->usec;
		j->n++;
	}
	return 0;
}

int plot_read(struct plot_journal *j, char *text, const char *file)
{
	unsigned bad = 0;
	int r;

	*j = (struct plot_journal){0};
	r = read_lines(j, text, file, &bad);
	if (r == -ENOMEM)
		return r;
	if (bad > COMPLAINTS_MAX)
		say_error(MSG_JOURNAL, file, "%u more lines are wrong", bad - COMPLAINTS_MAX);
	if (!bad && !j->n) {
		say_error(MSG_JOURNAL, file, "holds no journal");
		bad++;
	}
	if (bad)
		return r < 0 ? r : -EBADMSG;
	return make_index(j);
}

void plot_journal_free(struct plot_journal *j)
{
	free(j->records);
	free(j->index);
	*j = (struct plot_journal){0};
}
