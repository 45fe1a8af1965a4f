/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the md layer share. */
#pragma once

#include "layer/layer.h"

struct md_data {
	char *said;	  /* the refusal last reported */
	GPtrArray *names; /* that it has, below /dev/md: what a goal may call it by */
	char *lost;	  /* the name of its superblock that another array has */
	char *full, *own; /* of its superblock: "box:root", "root" */
	bool local;	  /* this host's, as far as is known */
};

struct md_data *md_data(struct assembly *a);
void md_free_data(struct assembly *a);

/* ---- mdjudge.c: who belongs, what may start ---- */

bool md_flag(const struct input *info, const char *flag); /* of md_flags */
struct member *md_freshest(const struct assembly *a);
struct member *md_first(const struct assembly *a); /* of those that it starts from; NULL: none */
bool md_role_present(const struct assembly *a, int64_t role);
void md_evaluate(struct plan *p, struct assembly *a);

/* ---- mdname.c: what it is called ---- */

const char *md_number(const char *name); /* the digits of a name that is a number: "0"; NULL: it is none */
const char *md_link_name(const struct assembly *a);
void md_name_it(struct plan *p, struct assembly *a);
void md_name_output(struct plan *p, struct assembly *a, struct device *d);
bool md_answers_to(const struct assembly *a, const char *key);
bool md_ignored(const struct plan *p, const struct assembly *a); /* mdadm.conf: never to be started */
void md_refuse_goals(struct plan *p, struct assembly *a); /* that name two arrays */
